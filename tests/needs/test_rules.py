"""Who may do what with needs and topics."""

from __future__ import annotations

import pytest

from tests.cast import who_may
from zhiliu.communities.models import Community
from zhiliu.directory.models import Person
from zhiliu.needs import rules
from zhiliu.needs.models import Need, Topic

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _everybody(lin: Person, wang: Person, xu: Person, zhao: Person, sun: Person, admin: Person) -> None:
    """The whole cast."""


def test_a_need_is_seen_and_voiced_by_whoever_sees_the_community(
    community: Community, closed_community: Community, wang: Person
) -> None:
    assert who_may(rules.can_see, Need(community=community)) == "lin wang xu zhao sun admin"
    assert who_may(rules.can_see, Need(community=closed_community)) == "lin wang admin"
    assert who_may(rules.can_voice, closed_community) == "lin wang admin"
    closed_community.phase = Community.Phase.ARCHIVED
    assert who_may(rules.can_voice, closed_community) == ""


def test_a_need_is_edited_by_its_author_and_moderators_and_an_anonymous_one_by_moderators(
    community: Community, wang: Person
) -> None:
    assert who_may(rules.can_edit, Need(community=community, by=wang)) == "lin wang admin"
    assert who_may(rules.can_edit, Need(community=community)) == "lin admin"
    community.phase = Community.Phase.ARCHIVED
    assert who_may(rules.can_edit, Need(community=community, by=wang)) == ""


def test_whoever_sees_a_need_or_topic_supports_it_until_the_archive(
    community: Community, closed_community: Community
) -> None:
    for kind in (Need, Topic):
        assert who_may(rules.can_support, kind(community=community)) == "lin wang xu zhao sun admin"
        assert who_may(rules.can_support, kind(community=closed_community)) == "lin wang admin"
    community.phase = Community.Phase.ARCHIVED
    for kind in (Need, Topic):
        assert who_may(rules.can_support, kind(community=community)) == ""


def test_members_make_topics_and_moderators_moderate(community: Community) -> None:
    assert who_may(rules.can_make_topic, Need(community=community)) == "lin wang xu zhao admin"
    assert who_may(rules.can_moderate, Need(community=community)) == "lin admin"
