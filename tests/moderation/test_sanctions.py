"""Warnings, mutes, removals, and appeals that somebody else decides."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from tests.cast import fresh
from zhiliu.audit.models import Entry
from zhiliu.comments.commenting import comment
from zhiliu.communities.joining import decide_request, join, why_closed
from zhiliu.communities.models import Community, JoinRequest, Membership
from zhiliu.communities.role_permissions import Admission, Role
from zhiliu.conversations.models import Channel, Message
from zhiliu.conversations.opening import open_talk
from zhiliu.conversations.posting import edit, post
from zhiliu.directory.models import Person
from zhiliu.kit.errors import Forbidden, Refused
from zhiliu.moderation.appealing import appeal, decide_appeal, deciders
from zhiliu.moderation.deciding import decide_held_post, undo
from zhiliu.moderation.models import Appeal, HeldPost, Sanction
from zhiliu.moderation.sanctioning import impose, lift
from zhiliu.needs.voicing import voice_need

from .test_screening import ADVERT


def in_days(days: float) -> dt.datetime:
    return timezone.now() + dt.timedelta(days=days)


@pytest.fixture
def mute(community: Community, wang: Person, lin: Person) -> Sanction:
    return impose(community, wang, "mute", reason="骂人", rule="对事不对人", until=in_days(3), by=lin)


def test_a_muted_person_cannot_write_and_learns_why_and_until_when(
    mute: Sanction, channel: Channel, wang: Person
) -> None:
    until = timezone.localtime(mute.until).strftime("%-d %b %Y %H:%M")
    with pytest.raises(Forbidden, match=f"You can’t write here until {until}: 骂人"):
        post(channel, body="我不服", by=fresh(wang))
    assert not Message.objects.exists()


def test_nor_comment_nor_edit(
    mute: Sanction, community: Community, channel: Channel, wang: Person, lin: Person
) -> None:
    message = Message.objects.create(channel=channel, by=wang, body="早", html="早", number=1, changed=1)
    need = voice_need(community, title="压缩机半夜停机", by=lin)
    with pytest.raises(Forbidden):
        comment("need", need.pk, body="我不服", by=fresh(wang))
    with pytest.raises(Forbidden):
        edit(message, body="我不服", by=fresh(wang))


def test_elsewhere_they_write(mute: Sanction, wang: Person, lin: Person, closed_community: Community) -> None:
    talk = open_talk([lin], by=fresh(wang))
    assert isinstance(post(talk, body="我不服", by=fresh(wang)), Message)


def test_when_the_term_is_over_or_the_mute_lifted_they_write_again(
    mute: Sanction, channel: Channel, wang: Person, lin: Person
) -> None:
    Sanction.objects.filter(pk=mute.pk).update(until=timezone.now() - dt.timedelta(seconds=1))
    assert isinstance(post(channel, body="早", by=fresh(wang)), Message)
    Sanction.objects.filter(pk=mute.pk).update(until=in_days(1))
    lift(mute, by=lin)
    lift(mute, by=lin)
    assert isinstance(post(channel, body="早", by=fresh(wang)), Message)
    assert Entry.objects.filter(verb="moderation.sanction_lifted").count() == 1


def test_a_warning_has_no_term_and_keeps_nobody_from_writing(
    community: Community, channel: Channel, wang: Person, lin: Person
) -> None:
    sanction = impose(community, wang, "warn", reason="跑题", by=lin)
    assert (sanction.until, sanction.is_in_force) == (None, False)
    assert isinstance(post(channel, body="早", by=fresh(wang)), Message)


def test_taken_out_they_do_not_come_back_before_the_term(community: Community, wang: Person, lin: Person) -> None:
    sanction = impose(community, wang, "remove", reason="发广告", until=in_days(30), by=lin)
    assert not Membership.objects.filter(community=community, person=wang).exists()
    rules: Any = community.rulebooks.first()
    with pytest.raises(Refused, match="王一帆 was removed"):
        join(community, by=fresh(wang), accepts=rules)
    Sanction.objects.filter(pk=sanction.pk).update(until=timezone.now())
    assert why_closed(community, fresh(wang)) is None
    join(community, by=fresh(wang), accepts=rules)
    assert Membership.objects.filter(community=community, person=wang).exists()


def test_lifted_before_its_term_they_are_a_member_as_they_were(
    community: Community, wang: Person, xu: Person, lin: Person
) -> None:
    Community.objects.filter(pk=community.pk).update(admission=Admission.INVITED)
    members = Membership.objects.filter(community=community, person=wang)
    members.update(role=Role.EXPERT)
    for _time in range(2):
        lift(impose(community, wang, "remove", reason="发广告", until=in_days(30), by=lin), by=lin)
        assert members.get().role == Role.EXPERT


def test_lifted_they_stay_out_who_never_were_in_or_whose_term_was_over(
    community: Community, wang: Person, sun: Person, lin: Person
) -> None:
    lift(impose(community, sun, "remove", reason="发广告", until=in_days(30), by=lin), by=lin)
    over = impose(community, wang, "remove", reason="发广告", until=in_days(30), by=lin)
    Sanction.objects.filter(pk=over.pk).update(until=timezone.now())
    over.refresh_from_db()
    lift(over, by=lin)
    assert not Membership.objects.filter(community=community, person__in=[wang, sun]).exists()


@pytest.mark.parametrize("kind", ["warn", "mute", "remove"])
def test_only_who_may_imposes(community: Community, wang: Person, xu: Person, kind: str) -> None:
    with pytest.raises(Forbidden):
        impose(community, xu, kind, reason="不喜欢", until=in_days(1), by=wang)
    assert not Sanction.objects.exists()


def test_an_adviser_warns_but_does_not_mute(community: Community, wang: Person, xu: Person) -> None:
    Membership.objects.filter(community=community, person=wang).update(role=Role.ADVISER)
    assert impose(community, xu, "warn", reason="跑题", by=fresh(wang)).kind == "warn"
    with pytest.raises(Forbidden):
        impose(community, xu, "mute", reason="跑题", until=in_days(1), by=fresh(wang))


def test_neither_oneself_nor_who_moderates(community: Community, lin: Person, wu: Person) -> None:
    for person in (lin, wu):
        with pytest.raises(Refused):
            impose(community, person, "mute", reason="试试", until=in_days(1), by=fresh(lin))
    assert not Sanction.objects.exists()


@pytest.mark.parametrize("days", [-1, 367])
def test_a_term_is_within_a_year(community: Community, wang: Person, lin: Person, days: int) -> None:
    with pytest.raises(Refused) as refused:
        impose(community, wang, "mute", reason="骂人", until=in_days(days), by=lin)
    assert (refused.value.field, Sanction.objects.count()) == ("until", 0)


def test_out_of_one_decision_it_comes_once_and_goes_with_it(channel: Channel, xu: Person, lin: Person) -> None:
    held = post(channel, body=ADVERT, by=xu)
    assert isinstance(held, HeldPost)
    decision = decide_held_post(held, publish=False, by=lin)
    for _time in range(2):
        sanction = impose(channel.community, xu, "mute", reason="广告", until=in_days(1), by=lin, decision=decision)
    assert (Sanction.objects.count(), sanction.about_kind) == (1, "message")
    undo(decision, by=lin)
    sanction.refresh_from_db()
    assert sanction.lifted_at is not None


def test_sanctions_are_in_the_audit(mute: Sanction) -> None:
    entry = Entry.objects.get(verb="moderation.sanction_imposed")
    assert (entry.after["reason"], entry.after["rule"], entry.after["person"]) == ("骂人", "对事不对人", "王一帆")


def test_nobody_lifts_their_own(mute: Sanction, community: Community, wang: Person) -> None:
    Membership.objects.filter(community=community, person=wang).update(role=Role.LEADER)
    with pytest.raises(Forbidden, match="Someone else"):
        lift(mute, by=fresh(wang))
    mute.refresh_from_db()
    assert mute.is_in_force


# -- appeals ----------------------------------------------------------------------------------------------------------


def test_one_appeals_once(mute: Sanction, wang: Person, xu: Person) -> None:
    item = appeal(mute, words="是玩笑", by=wang)
    again = appeal(mute, words="真的", by=wang)
    assert (again, again.words, Appeal.objects.count()) == (item, "是玩笑", 1)
    with pytest.raises(Forbidden):
        appeal(mute, words="替他说", by=xu)


def test_somebody_else_than_the_one_who_imposed_it_decides(
    mute: Sanction, channel: Channel, wang: Person, lin: Person, wu: Person
) -> None:
    made = appeal(mute, words="是玩笑", by=wang)
    for nobody in (lin, wang):
        with pytest.raises(Forbidden):
            decide_appeal(made, grant=True, answer="好", by=fresh(nobody))
    decide_appeal(made, grant=True, answer="确实是玩笑", by=wu)
    decide_appeal(made, grant=False, answer="反悔", by=wu)
    mute.refresh_from_db()
    assert (made.outcome, made.answer, mute.lifted_by) == ("granted", "确实是玩笑", wu)
    assert isinstance(post(channel, body="谢谢", by=fresh(wang)), Message)


def test_not_granted_the_term_runs_on(mute: Sanction, wang: Person, wu: Person) -> None:
    decide_appeal(appeal(mute, words="是玩笑", by=wang), grant=False, answer="不是", by=wu)
    mute.refresh_from_db()
    assert mute.is_in_force


def test_where_the_only_one_who_could_decide_imposed_it_administrators_do(
    community: Community, wang: Person, wu: Person, lin: Person, admin: Person
) -> None:
    by_lin = impose(community, wang, "mute", reason="骂人", until=in_days(1), by=lin)
    by_wu = impose(community, wang, "warn", reason="骂人", by=wu)
    assert (deciders(by_lin), deciders(by_wu)) == ({wu.pk}, {admin.pk})
    decide_appeal(appeal(by_wu, words="不是我", by=wang), grant=True, answer="查过了", by=admin)
    by_wu.refresh_from_db()
    assert by_wu.lifted_by == admin


def test_what_was_lifted_or_is_long_ago_is_not_appealed(mute: Sanction, wang: Person, lin: Person) -> None:
    Sanction.objects.filter(pk=mute.pk).update(at=in_days(-31))
    mute.refresh_from_db()
    with pytest.raises(Refused, match="30 days"):
        appeal(mute, words="是玩笑", by=wang)
    lift(mute, by=lin)
    with pytest.raises(Refused, match="already ended"):
        appeal(mute, words="是玩笑", by=wang)
    assert not Appeal.objects.exists()


def test_who_was_removed_for_a_time_is_not_admitted_by_an_older_request(
    closed_community: Community, lin: Person, sun: Person
) -> None:
    Community.objects.filter(pk=closed_community.pk).update(admission="request")
    closed_community.refresh_from_db()
    asked = JoinRequest.objects.create(community=closed_community, person=sun)
    until = timezone.now() + dt.timedelta(days=3)
    Sanction.objects.create(
        community=closed_community, person=sun, kind=Sanction.Kind.REMOVE, reason="骂人", until=until, by=lin
    )
    with pytest.raises(Refused):
        decide_request(asked, admit=True, by=lin)
    asked.refresh_from_db()
    assert (asked.decision, Membership.objects.filter(community=closed_community, person=sun).exists()) == ("", False)
    decide_request(asked, admit=False, by=lin)
    assert JoinRequest.objects.get().decision == JoinRequest.Decision.DECLINED
