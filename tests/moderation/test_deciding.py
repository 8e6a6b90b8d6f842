"""Reports, decisions, undo: the first decision stands, and detectors learn what they are worth."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.http import Http404
from django.utils import timezone

from tests.cast import fresh
from zhiliu.audit.models import Entry
from zhiliu.comments.commenting import comment
from zhiliu.communities.models import Community
from zhiliu.conversations.models import Channel, Message
from zhiliu.conversations.opening import open_talk
from zhiliu.conversations.posting import post, withdraw_message
from zhiliu.directory.accounts import deactivate
from zhiliu.directory.models import Person
from zhiliu.kit.errors import Forbidden, Refused
from zhiliu.moderation.deciding import decide_held_post, decide_thing, undo
from zhiliu.moderation.models import Decision, Flag, HeldPost, Report, Verdict
from zhiliu.moderation.reporting import report
from zhiliu.needs.voicing import voice_need

from .test_screening import ADVERT, WEAK_ADVERT


@pytest.fixture
def held(channel: Channel, xu: Person) -> HeldPost:
    made = post(channel, body=ADVERT, by=xu, client_id="a-1")
    assert isinstance(made, HeldPost)
    return made


@pytest.fixture
def message(channel: Channel, wang: Person) -> Message:
    made = post(channel, body="你这个方案是给外行看的", by=wang)
    assert isinstance(made, Message)
    return made


# -- what was held ----------------------------------------------------------------------------------------------------


def test_published_it_stands_at_the_end_with_its_author(
    held: HeldPost, channel: Channel, wang: Person, lin: Person
) -> None:
    post(channel, body="早", by=wang)
    decision = decide_held_post(held, publish=True, by=lin)
    message = Message.objects.get(body=ADVERT)
    assert (message.by_id, message.number, message.client_id) == (held.by_id, 2, "a-1")
    assert (held.state, held.thing_id, held.decision) == ("released", message.pk, decision)
    assert timezone.now() - message.at < dt.timedelta(minutes=1)


def test_kept_out_its_author_gets_the_words(held: HeldPost, lin: Person) -> None:
    decision = decide_held_post(held, publish=False, by=lin, words="请不要在这里发广告。")
    assert (held.state, decision.words, decision.author_id) == ("refused", "请不要在这里发广告。", held.by_id)
    assert not Message.objects.exists()


def test_the_first_of_two_who_decide_stands(held: HeldPost, lin: Person, admin: Person) -> None:
    other = HeldPost.objects.get(pk=held.pk)
    decide_held_post(held, publish=False, by=lin)
    with pytest.raises(Refused):
        decide_held_post(other, publish=True, by=admin)
    assert (Decision.objects.count(), Message.objects.count()) == (1, 0)


@pytest.mark.parametrize("who", ["wang", "zhao", "sun"])
def test_only_who_moderates_decides(held: HeldPost, who: str, lin: Person, sun: Person) -> None:
    with pytest.raises(Forbidden):
        decide_held_post(held, publish=True, by=Person.objects.get(handle=who))
    assert HeldPost.objects.waiting().count() == 1


def test_nobody_decides_about_their_own(channel: Channel, message: Message, lin: Person, wang: Person) -> None:
    mine = post(channel, body="我说两句", by=lin)
    report("message", mine.pk, reason="other", by=fresh(wang))
    with pytest.raises(Forbidden, match="Someone else"):
        decide_thing("message", mine.pk, leave=True, by=fresh(lin))


def test_detectors_are_judged_by_decisions(held: HeldPost, channel: Channel, wang: Person, lin: Person) -> None:
    made = post(channel, body=WEAK_ADVERT, by=wang)
    decide_held_post(held, publish=False, by=lin)
    decide_thing("message", made.pk, leave=True, by=lin)
    judged = set(Verdict.objects.values_list("detector", "was_held", "is_confirmed"))
    assert judged == {("adverts", True, True), ("adverts", False, False)}


def test_decisions_are_in_the_audit_with_the_words(held: HeldPost, lin: Person) -> None:
    decide_held_post(held, publish=False, by=lin, words="请不要发广告")
    entry = Entry.objects.get(verb="moderation.decided")
    assert (entry.by_id, entry.community_id, entry.subject) == (lin.pk, held.community_id, "徐小满 消息")
    assert entry.after == {"decision": "Not published", "text": ADVERT, "words": "请不要发广告"}


# -- what was reported ------------------------------------------------------------------------------------------------


def test_reporting_twice_is_harmless(message: Message, xu: Person) -> None:
    item = report("message", message.pk, reason="insult", by=xu, words="不友好")
    again = report("message", message.pk, reason="advert", by=xu)
    assert (again, Report.objects.count(), item.author_id) == (item, 1, message.by_id)


def test_what_is_out_of_reach_or_ones_own_cannot_be_reported(message: Message, zhao: Person, sun: Person) -> None:
    hidden = post(
        open_talk([Person.objects.get(handle="lin")], by=fresh(message.by)), body="悄悄话", by=fresh(message.by)
    )
    with pytest.raises(Http404):
        report("message", hidden.pk, reason="other", by=zhao)
    with pytest.raises(Refused, match="yours"):
        report("message", message.pk, reason="other", by=message.by)
    assert not Report.objects.exists()


def test_taken_down_it_is_out_of_sight_and_all_reports_are_answered(
    message: Message, xu: Person, zhao: Person, lin: Person
) -> None:
    for person in (xu, zhao):
        report("message", message.pk, reason="insult", by=person)
    decision = decide_thing("message", message.pk, leave=False, by=lin, words="请对事不对人。")
    message.refresh_from_db()
    assert (message.withdrawn_by, Report.objects.filter(decision=decision).count()) == (lin, 2)


def test_left_it_stands_and_can_be_reported_by_others(message: Message, xu: Person, zhao: Person, lin: Person) -> None:
    report("message", message.pk, reason="insult", by=xu)
    decide_thing("message", message.pk, leave=True, by=lin)
    report("message", message.pk, reason="insult", by=zhao)
    message.refresh_from_db()
    assert (message.withdrawn_at, Report.objects.waiting().count()) == (None, 1)


def test_about_what_nobody_asked_nothing_is_decided(message: Message, lin: Person) -> None:
    with pytest.raises(Refused):
        decide_thing("message", message.pk, leave=False, by=lin)
    message.refresh_from_db()
    assert message.withdrawn_at is None


def test_a_message_of_a_talk_goes_to_administrators_only(
    wang: Person, xu: Person, lin: Person, admin: Person, community: Community
) -> None:
    made = post(open_talk([wang], by=xu), body="你是谁", by=fresh(xu))
    item = report("message", made.pk, reason="insult", by=fresh(wang))
    assert item.community is None
    with pytest.raises(Forbidden):
        decide_thing("message", made.pk, leave=False, by=lin)
    decide_thing("message", made.pk, leave=False, by=admin)
    made.refresh_from_db()
    assert made.withdrawn_by == admin


def test_a_need_can_be_reported_and_answered(community: Community, wang: Person, xu: Person, lin: Person) -> None:
    need = voice_need(community, title="压缩机半夜停机", by=wang)
    report("need", need.pk, reason="leak", by=xu)
    decision = decide_thing("need", need.pk, leave=False, by=lin)
    assert (decision.author, decision.community, decision.thing_id) == (wang, community, need.pk)


def test_a_comment_is_reported_and_taken_down(community: Community, wang: Person, xu: Person, lin: Person) -> None:
    need = voice_need(community, title="压缩机半夜停机", by=wang)
    made: Any = comment("need", need.pk, body="这也要问", by=wang)
    report("comment", made.pk, reason="insult", by=xu)
    decide_thing("comment", made.pk, leave=False, by=lin)
    made.refresh_from_db()
    assert made.withdrawn_by == lin


# -- undo -------------------------------------------------------------------------------------------------------------


def test_undone_what_was_published_is_gone_and_waits_again(held: HeldPost, lin: Person) -> None:
    undo(decide_held_post(held, publish=True, by=lin), by=lin)
    held.refresh_from_db()
    assert (held.state, held.decision) == ("waiting", None)
    assert Message.objects.get().withdrawn_at is not None
    assert not Verdict.objects.exists()


def test_published_again_after_an_undo_it_is_the_same_message(held: HeldPost, lin: Person) -> None:
    undo(decide_held_post(held, publish=True, by=lin), by=lin)
    held.refresh_from_db()
    decide_held_post(held, publish=True, by=lin)
    message = Message.objects.get()
    assert (message.withdrawn_at, held.thing_id) == (None, message.pk)


def test_undone_what_was_taken_down_stands_again(message: Message, xu: Person, lin: Person) -> None:
    report("message", message.pk, reason="insult", by=xu)
    decision = decide_thing("message", message.pk, leave=False, by=lin)
    undo(decision, by=lin)
    undo(decision, by=lin)
    message.refresh_from_db()
    assert (message.withdrawn_at, Report.objects.waiting().count()) == (None, 1)


def test_what_its_author_took_back_stays_so_after_an_undo(
    message: Message, xu: Person, lin: Person, wang: Person
) -> None:
    report("message", message.pk, reason="insult", by=xu)
    withdraw_message(message, by=wang)
    undo(decide_thing("message", message.pk, leave=False, by=lin), by=lin)
    message.refresh_from_db()
    assert message.withdrawn_by == wang


def test_after_ten_minutes_it_is_too_late(held: HeldPost, lin: Person) -> None:
    decision = decide_held_post(held, publish=False, by=lin)
    Decision.objects.filter(pk=decision.pk).update(at=timezone.now() - dt.timedelta(minutes=11))
    with pytest.raises(Refused):
        undo(decision, by=lin)
    held.refresh_from_db()
    assert held.state == "refused"


def test_a_flag_decided_and_put_differently_waits_again(channel: Channel, wang: Person, lin: Person) -> None:
    from zhiliu.conversations.posting import edit

    made = post(channel, body=WEAK_ADVERT, by=wang)
    decide_thing("message", made.pk, leave=True, by=lin)
    edit(made, body=f"{WEAK_ADVERT}，见 https://shop.example.com", by=fresh(wang))
    assert Flag.objects.waiting().count() == 1


def test_nobody_undoes_what_was_decided_about_their_own(
    channel: Channel, lin: Person, wang: Person, wu: Person
) -> None:
    mine = post(channel, body="我说两句", by=lin)
    report("message", mine.pk, reason="other", by=fresh(wang))
    decision = decide_thing("message", mine.pk, leave=False, by=fresh(wu))
    with pytest.raises(Forbidden, match="Someone else"):
        undo(decision, by=fresh(lin))
    mine.refresh_from_db()
    assert mine.withdrawn_by == wu


def test_nothing_new_is_published_in_the_name_of_who_has_left(
    held: HeldPost, channel: Channel, xu: Person, lin: Person, admin: Person, catch_up: Any
) -> None:
    deactivate(xu, by=admin)
    catch_up()
    hold = HeldPost.objects.get(pk=held.pk)
    with pytest.raises(Refused, match="has left"):
        decide_held_post(hold, publish=True, by=lin)
    hold.refresh_from_db()
    assert hold.state == "waiting" and not Message.objects.exists()
    decide_held_post(hold, publish=False, by=lin)
    assert hold.state == "refused"
