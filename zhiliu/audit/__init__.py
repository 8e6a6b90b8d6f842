"""The audit of administrative acts: who did what, when, from where, with values before and after.

Append-only: rows are only added, the databases refuse changes, and each row is sealed with a digest over itself and its
predecessor, so that rows changed or removed outside the program are detected.
"""
