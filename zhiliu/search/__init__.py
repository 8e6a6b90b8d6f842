"""One full-text index over everything readable; every query includes the reader's permission keys.

Words: tag 标签, hit 结果, gap 缺口 (a search without result).
"""
