"""Compare reasons in English, whatever the language of the installation."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from django.utils import timezone, translation

from tests.cast import make_person
from zhiliu.communities.joining import add_members
from zhiliu.communities.models import Community
from zhiliu.communities.role_permissions import Role
from zhiliu.conversations.models import Channel
from zhiliu.conversations.opening import open_channel
from zhiliu.directory.models import Person


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def channel(community: Community) -> Channel:
    """A channel of the community."""
    return open_channel(community, name="售后日常", by=Person.objects.get(handle="lin"))


@pytest.fixture
def xu(xu: Person) -> Person:
    """Hired two days ago: a newcomer whose adverts are held for review."""
    xu.hired_on = timezone.localdate() - dt.timedelta(days=2)
    xu.save(update_fields=["hired_on"])
    return xu


@pytest.fixture
def wu(community: Community) -> Person:
    """The leader of the community, who decides appeals."""
    leader = make_person("wu", name="吴桐")
    add_members(community, {leader: Role.LEADER}, by=Person.objects.get(handle="lin"))
    return leader
