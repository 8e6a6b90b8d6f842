"""What operates an installation: the command ``zhiliu`` and its supervisor, and the pages of administrators."""
