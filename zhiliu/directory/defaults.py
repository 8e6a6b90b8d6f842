"""Defaults for people who have not chosen: the organisation's setting, else the installation's."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.conf import settings

from .models import Organisation, Person


def default_language() -> str:
    """Return the language code, like ``zh-hans``."""
    return Organisation.current().language or settings.LANGUAGE_CODE


def default_zone() -> ZoneInfo:
    """Return the organisation's time zone."""
    return ZoneInfo(Organisation.current().time_zone or settings.TIME_ZONE)


def language_of(person: Person) -> str:
    """Return a person's language."""
    return person.language or default_language()


def zone_of(person: Person) -> ZoneInfo:
    """Return a person's time zone."""
    return ZoneInfo(person.time_zone) if person.time_zone else default_zone()
