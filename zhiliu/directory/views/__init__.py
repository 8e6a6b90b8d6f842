"""Pages of the directory: people for everybody, working time, and the pages of administrators."""
