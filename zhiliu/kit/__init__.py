"""The bottom floor: shapes every app shares, and no word of the domain.

Facts (what happened), rules (who may, and why not), providers and registries (how a lower floor offers a place that a
higher one fills), ``Refused``, doors, paging by key, prose, Chinese text, and the parts pages are built from.
"""
