"""Text: Markdown, Chinese text, dates written by people."""
