"""Pages of questions and posts."""
