"""Many things come in from a file: read, checked line by line, mended by a person, brought in by short batches.

Words: import run 导入, staged line 行, dry run 试跑, proposal 建议, full list 完整名单.
"""
