"""What came out of what: the line from need to effect (来龙去脉), walked in both directions.

Words: link 联系, station 站.
"""
