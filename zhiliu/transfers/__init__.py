"""Import files: read them, check them line by line, let a person correct lines, and apply them in short batches.

Words: import run 导入, staged line 行, dry run 试跑, proposal 建议, full list 完整名单.
"""
