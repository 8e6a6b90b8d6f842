"""Who may do what with the files of a community."""

from __future__ import annotations

import pytest

from tests.cast import gone, make_community, who_may
from zhiliu.communities.models import Community
from zhiliu.directory.models import Person
from zhiliu.files import rules
from zhiliu.files.models import SharedFile

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _everybody(lin: Person, wang: Person, xu: Person, zhao: Person, sun: Person, admin: Person) -> None:
    """The whole cast."""


def test_a_file_is_seen_by_whoever_sees_its_community(community: Community, closed_community: Community) -> None:
    assert who_may(rules.can_see, SharedFile(community=community)) == "lin wang xu zhao sun admin"
    assert who_may(rules.can_see, SharedFile(community=closed_community)) == "lin wang admin"


def test_members_share_files_where_files_are_switched_on(community: Community, lin: Person, wang: Person) -> None:
    assert who_may(rules.can_share, community) == "lin wang xu zhao admin"
    without_files = make_community(lin, wang, name="跑团", kind="interest")
    assert who_may(rules.can_share, without_files) == ""


def test_a_file_is_tended_by_who_put_it_here_and_by_moderators(community: Community, wang: Person) -> None:
    shared = SharedFile(community=community, by=wang)
    assert who_may(rules.can_tend, shared) == "lin wang admin"
    gone(wang)
    assert who_may(rules.can_tend, shared) == "lin admin"


def test_nobody_tends_files_of_an_archived_community(community: Community, wang: Person) -> None:
    community.phase = Community.Phase.ARCHIVED
    assert who_may(rules.can_tend, SharedFile(community=community, by=wang)) == ""
