"""Doors of conversations: pages of channels, and what their page asks and sends while it is open."""
