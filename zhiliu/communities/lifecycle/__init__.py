"""The life of a community: phases, merging, splitting, and undo."""
