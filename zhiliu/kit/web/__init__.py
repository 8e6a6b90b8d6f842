"""Plumbing of pages: requests, middleware, forms, sessions, addresses, the frame, what protects them."""
