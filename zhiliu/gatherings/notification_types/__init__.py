"""Notification types of gatherings."""

from . import audience, inviting, nominating, room, scheduling, wrapping_up

__all__ = ["audience", "inviting", "nominating", "room", "scheduling", "wrapping_up"]
