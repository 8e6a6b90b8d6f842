"""Notification types of gatherings."""

from . import inviting, nominating, room, scheduling, wrapping_up

__all__ = ["inviting", "nominating", "room", "scheduling", "wrapping_up"]
