"""The life of a community: phases, merging, splitting, and the way back."""
