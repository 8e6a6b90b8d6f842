"""Bulk import of people: how rows of a roster are read, checked and stored."""
