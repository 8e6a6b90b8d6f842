"""Today: what waits for me, what is new, what is coming; and for a newcomer, what to do first."""
