"""Administration of people and structure; one topic per file."""
