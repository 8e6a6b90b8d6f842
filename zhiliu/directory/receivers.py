"""Receivers of Django's signals."""

from django.contrib.auth.signals import user_logged_in

from .sessions import note_coming_in, note_start

user_logged_in.connect(note_start, dispatch_uid="directory.note_start")
user_logged_in.connect(note_coming_in, dispatch_uid="directory.note_coming_in")
