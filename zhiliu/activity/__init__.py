"""The append-only log of facts: ids, verb, time, and no text. Health, points, webhooks, audit, lineage and live
read it.

Positions are in commit order; whoever must miss nothing follows the log with a cursor (:class:`Follower`).
"""
