"""What counts for people who have not chosen: the organisation's choice, else that of the installation."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.conf import settings

from .models import Organisation, Person


def default_language() -> str:
    """Code of the language, like ``zh-hans``."""
    return Organisation.current().language or settings.LANGUAGE_CODE


def default_zone() -> ZoneInfo:
    """The time zone of the organisation."""
    return ZoneInfo(Organisation.current().time_zone or settings.TIME_ZONE)


def language_of(person: Person) -> str:
    """The language a person reads."""
    return person.language or default_language()


def zone_of(person: Person) -> ZoneInfo:
    """The time zone a person lives in."""
    return ZoneInfo(person.time_zone) if person.time_zone else default_zone()
