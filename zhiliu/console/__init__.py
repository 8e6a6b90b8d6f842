"""Operation of an installation: the command ``zhiliu`` with its supervisor, and the pages of administrators."""
