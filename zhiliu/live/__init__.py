"""Live updates: server-sent events that follow the activity log and resume where a browser stopped."""
