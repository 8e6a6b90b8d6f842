"""The list of every place and setting, which phones show in a sheet."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from zhiliu.communities.models import Community
from zhiliu.directory.models import Person

pytestmark = pytest.mark.django_db
SETTINGS = ["following", "notifications:preferences", "discussions:limit", "password"]


def links(browse: Any, person: Person, path: str) -> list[str]:
    """The addresses of the list on a page: in the sheet, or in the page itself."""
    html = browse(person).get(path).content.decode()
    part = html.split('me-list">')[1 if path != reverse("me") else -1].split("</ul></div>")[0]
    listed = [piece.split('"')[0] for piece in part.split('href="')[1:]]
    return [address for address in listed if address.startswith("/") and "/icons-" not in address]


@pytest.mark.parametrize("page", ["home", "me"])
def test_the_list_has_the_places_the_bar_has_not_and_what_is_ones_own(
    community: Community, lin: Person, wang: Person, admin: Person, zhao: Person, browse: Any, page: str
) -> None:
    inbox, gatherings, people = map(reverse, ["notifications:inbox", "gatherings:list", "directory:people"])
    goals, communities = reverse("governance:goals"), reverse("communities:list")
    search, settings = reverse("search:search"), [reverse(name) for name in SETTINGS]

    def listed(person: Person) -> list[str]:
        return links(browse, person, reverse(page))

    me = wang.get_absolute_url()
    assert listed(wang) == [search, inbox, gatherings, people, goals, communities, me, *settings]
    assert listed(zhao) == [search, inbox, gatherings, people, communities, zhao.get_absolute_url(), *settings]
    assert reverse("week") in listed(lin)
    assert reverse("console:overview") in listed(admin)
    assert not {reverse("week"), reverse("console:overview")} & set(listed(wang))
