"""Pages of the directory: people, working time, and administration."""
