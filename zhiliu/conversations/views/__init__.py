"""Views of conversations: pages of channels, and the requests of an open channel."""
