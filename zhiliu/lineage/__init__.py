"""The lineage (来龙去脉) from need to effect: what came out of what, followed in both directions.

Words: link 联系, station 站.
"""
