"""Plumbing of pages: requests, middleware, forms, sessions, addresses, the page frame, security."""
