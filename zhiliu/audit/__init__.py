"""The audit of administrative acts: who did what, when, from where, and how it was before and after.

Append-only: rows are only added, databases refuse changes, and each row is sealed with a digest over itself and the one
before, so that a row changed or taken out behind the back of the program shows.
"""
