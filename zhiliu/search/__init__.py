"""One index over everything readable; the reader's permission keys are part of every query.

Words: tag 标签, hit 结果, gap 缺口 (a search without result).
"""
