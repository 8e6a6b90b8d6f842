"""Admission by a rule, by invitation, and from the waiting list.

A *rule* defines whom a community is for. People who fit become members automatically and, having come by the rule,
leave when they no longer fit (an *admission change*). People who leave by choice *opt out* until they join themselves.
"""
