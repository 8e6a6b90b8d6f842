"""The doors of a community that open by a rule, by an invitation, or when a place gets free.

A *rule* says whom a community is for; who fits comes in by itself and, having come by the rule, leaves when it fits no
more (a *move*). Who left such a community by choice *stays out* until they come back themselves.
"""
