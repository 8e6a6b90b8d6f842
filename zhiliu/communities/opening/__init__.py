"""Open a tree of communities in stages.

An *opening* is a community being prepared and the time it opens; until then only its preparers join. A *prepared
announcement* is sent some days before or after, to the parent community or to its own.
"""
