"""The append-only log of facts: ids, verb, time, and no text. Health, points, webhooks, audit, lineage and live updates
read it.

Positions are in commit order; consumers that must not miss anything follow the log with a cursor (:mod:`.consumers`).
"""
