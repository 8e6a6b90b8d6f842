"""A tree of communities opens in stages.

An *opening* is a community that is being prepared and the moment it opens; until then nobody joins it but those who
prepare it. A *prepared announcement* goes out some days before or after, to the community above or to its own.
"""
