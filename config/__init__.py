"""Wiring only: settings, URL map, ASGI and WSGI entry points."""
