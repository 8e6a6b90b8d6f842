"""Who decides, who may appeal and who may see a sanction; and which mute silences whom for how long."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone, translation
from freezegun import freeze_time

from tests.cast import fresh, gone, who_may
from zhiliu.communities.models import Community, Membership
from zhiliu.communities.role_permissions import Role
from zhiliu.directory.models import Person
from zhiliu.moderation import rules
from zhiliu.moderation.models import Sanction

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _everybody(community: Community, xu: Person, sun: Person, admin: Person) -> None:
    """Xu is the sponsor, who decides about appeals."""
    Membership.objects.filter(person=xu).update(role=Role.SPONSOR)


def sanction(community: Community, person: Person, kind: str = "mute", **fields: Any) -> Sanction:
    until = timezone.now() + dt.timedelta(days=1)
    return Sanction.objects.create(community=community, person=person, kind=kind, reason="骂人", until=until, **fields)


def test_who_looks_after_a_community_decides_there_and_administrators_outside(
    community: Community, admin: Person
) -> None:
    for rule in (rules.can_moderate, rules.can_mute, rules.can_remove):
        assert (who_may(rule, community), who_may(rule, None)) == ("lin admin", "admin")
    assert (who_may(rules.can_set_policy, community), who_may(rules.can_keep_words, None)) == ("lin admin", "admin")
    gone(admin)
    assert who_may(rules.can_keep_words, None) == ""


def test_only_the_person_themselves_appeals_while_they_are_here(community: Community, wang: Person) -> None:
    about_wang = Sanction(community=community, person=wang)
    assert who_may(rules.can_appeal, about_wang) == "wang"
    gone(wang)
    assert who_may(rules.can_appeal, about_wang) == ""


def test_an_appeal_is_decided_by_somebody_who_has_no_part_in_it(
    community: Community, lin: Person, wang: Person, xu: Person
) -> None:
    def deciders(person: Person, by: Person) -> str:
        return who_may(rules.can_decide_appeal, Sanction(community=community, person=person, by=by))

    assert (deciders(wang, lin), deciders(wang, xu), deciders(xu, lin)) == ("xu admin", "admin", "admin")


def test_a_sanction_is_seen_by_who_got_it_who_moderates_and_who_decides_about_appeals(
    community: Community, wang: Person
) -> None:
    about_wang = sanction(community, wang)
    assert who_may(rules.can_see_sanction, about_wang) == "lin wang xu admin"
    seen = [person.handle for person in Person.objects.order_by("pk") if Sanction.objects.visible_to(person).exists()]
    assert seen == ["lin", "wang", "xu", "admin"]


def test_only_a_mute_in_force_of_this_person_in_this_community_silences(
    community: Community, closed_community: Community, wang: Person, lin: Person
) -> None:
    assert who_may(rules.may_write, community) == "lin wang xu zhao sun admin"
    sanction(community, wang, "remove")
    sanction(community, wang, lifted_at=timezone.now())
    sanction(closed_community, wang)
    assert who_may(rules.may_write, community) == "lin wang xu zhao sun admin"
    sanction(community, wang)
    assert who_may(rules.may_write, community) == "lin xu zhao sun admin"
    assert rules.may_write(fresh(wang), None)


def test_a_mute_ends_by_itself_also_for_a_person_loaded_before(community: Community, wang: Person) -> None:
    mute = sanction(community, wang)
    loaded = fresh(wang)
    assert not rules.may_write(loaded, community)
    with freeze_time(mute.until + dt.timedelta(seconds=1)):
        assert rules.may_write(loaded, community)


def test_a_reason_says_until_when_and_what_for(community: Community, wang: Person) -> None:
    mute = sanction(community, wang)
    until = timezone.localtime(mute.until).strftime("%-d %b %Y %H:%M")
    with translation.override("en"):
        assert rules.may_write.why_not(fresh(wang), community) == f"You can’t write here until {until}: 骂人"
        outside = "Only administrators decide on content outside communities."
        assert str(rules.can_moderate.why_not(wang, None)) == outside
        assert str(rules.can_moderate.why_not(wang, community)).startswith("Who can moderate")


def test_a_mute_imposed_meanwhile_is_known_when_mutes_are_forgotten(community: Community, wang: Person) -> None:
    loaded = fresh(wang)
    rules.forget_mutes(loaded)
    assert rules.may_write(loaded, community)
    sanction(community, wang)
    assert rules.may_write(loaded, community)
    rules.forget_mutes(loaded)
    assert not rules.may_write(loaded, community)
