"""Text: Markdown, Chinese words, dates written by people."""
