"""Many people come in at once: how lines of a roster are read, checked, and brought in."""
