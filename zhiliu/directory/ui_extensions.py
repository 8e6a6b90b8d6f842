"""The directory's own parts of the profile page."""

from __future__ import annotations

from django.utils.translation import ngettext

from .following import follower_count
from .models import Person
from .queries import profile_figures


@profile_figures.register(key="directory.followers", weight=40)
def followers(person: Person, viewer: Person) -> tuple[int, str]:
    """Return the number of followers; never who."""
    count = follower_count(person)
    return count, ngettext("person follows them", "people follow them", count)
