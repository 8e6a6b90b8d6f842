"""What the directory itself puts on the profile page."""

from __future__ import annotations

from django.utils.translation import ngettext

from .following import follower_count
from .models import Person
from .queries import profile_figures


@profile_figures.register(key="directory.followers", weight=40)
def followers(person: Person, viewer: Person) -> tuple[int, str]:
    """How many follow them; never who."""
    count = follower_count(person)
    return count, ngettext("person follows them", "people follow them", count)
