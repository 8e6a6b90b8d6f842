"""Pages of gatherings: lists and the gathering itself, preparing, meeting, afterwards, calendars."""
