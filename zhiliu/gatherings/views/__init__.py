"""Pages of gatherings: lists, the gathering itself, planning, the room, the wrap-up, calendars."""
