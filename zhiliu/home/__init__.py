"""Today: todos, news, coming gatherings, and onboarding for newcomers."""
