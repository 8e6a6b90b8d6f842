"""Who is told what: those who moderate, the author, who reported, whoever is sanctioned, who decides about appeals."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from tests.cast import fresh
from zhiliu.activity.models import Activity
from zhiliu.communities.models import Community, Membership
from zhiliu.conversations.models import Channel, Message
from zhiliu.conversations.opening import open_talk
from zhiliu.conversations.posting import post
from zhiliu.directory.models import Person
from zhiliu.moderation.appealing import appeal, decide_appeal
from zhiliu.moderation.deciding import decide_held_post, decide_thing, undo
from zhiliu.moderation.models import HeldPost
from zhiliu.moderation.reporting import report
from zhiliu.moderation.sanctioning import impose, lift
from zhiliu.notifications.models import Notification
from zhiliu.notifications.presentation import show

from .test_screening import ADVERT, WEAK_ADVERT


def told(person: Person) -> list[str]:
    """What moderation has told somebody, in sentences."""
    rows = Notification.objects.filter(person=person, notice__startswith="moderation.").order_by("at", "pk")
    return [shown.sentence for shown in show(rows, fresh(person))]


@pytest.fixture
def held(channel: Channel, xu: Person) -> HeldPost:
    made = post(channel, body=ADVERT, by=xu)
    assert isinstance(made, HeldPost)
    return made


def test_who_moderates_gets_one_row_for_a_community_that_counts(
    held: HeldPost, channel: Channel, xu: Person, wang: Person, lin: Person, wu: Person, catch_up: Any
) -> None:
    message = post(channel, body="你行你上", by=wang)
    report("message", message.pk, reason="insult", by=fresh(xu))
    post(channel, body=WEAK_ADVERT, by=fresh(wang))
    catch_up()
    for person in (lin, wu):
        assert told(person) == ["2 items in “售后互助站” need your review"]
    assert (told(wang), told(xu)) == ([], [])


def test_where_nobody_moderates_administrators_are_told(held: HeldPost, admin: Person, catch_up: Any) -> None:
    Membership.objects.filter(role="manager").delete()
    catch_up()
    assert told(admin) == ["An item in “售后互助站” needs your review"]


def test_the_author_is_told_what_was_decided_with_the_words(
    held: HeldPost, xu: Person, lin: Person, catch_up: Any
) -> None:
    decide_held_post(held, publish=False, by=lin, words="请不要发广告。")
    catch_up()
    assert told(xu) == ["Your message in “售后互助站” was not published. 请不要发广告。"]


def test_an_undone_decision_is_told_as_none(held: HeldPost, xu: Person, lin: Person, catch_up: Any) -> None:
    decision = decide_held_post(held, publish=False, by=lin, words="请不要发广告。")
    catch_up()
    undo(decision, by=lin)
    held.refresh_from_db()
    assert told(xu) == ["Your message in “售后互助站” is being reviewed again"]
    decide_held_post(held, publish=True, by=lin)
    catch_up()
    assert told(xu)[-1] == "Your message in “售后互助站” is published"
    row = Notification.objects.filter(person=xu).latest("at")
    message = Message.objects.get(body=ADVERT)
    assert show([row], fresh(xu))[0].url == message.get_absolute_url()


def test_who_reported_is_told_and_the_author_only_if_it_was_taken_down(
    channel: Channel, wang: Person, xu: Person, zhao: Person, lin: Person, catch_up: Any
) -> None:
    left, gone = (post(channel, body=text, by=wang) for text in ("你行你上", "外行"))
    for message in (left, gone):
        report("message", message.pk, reason="insult", by=xu)
    report("message", gone.pk, reason="insult", by=zhao)
    decide_thing("message", left.pk, leave=True, by=lin)
    decide_thing("message", gone.pk, leave=False, by=lin, words="请对事不对人。")
    catch_up()
    assert told(xu) == [
        "Your report in “售后互助站” was reviewed and the post stays. Thank you.",
        "Action was taken on your report in “售后互助站”. Thank you.",
    ]
    assert told(zhao) == ["Action was taken on your report in “售后互助站”. Thank you."]
    assert told(wang) == ["Your message in “售后互助站” was removed. 请对事不对人。"]


def test_the_log_does_not_say_who_reported(channel: Channel, wang: Person, xu: Person) -> None:
    message = post(channel, body="你行你上", by=wang)
    report("message", message.pk, reason="insult", by=xu)
    fact = Activity.objects.get(verb="moderation.content_reported")
    assert fact.by_id is None
    assert xu.pk not in [value for key, value in fact.data.items() if key.endswith("by_id")]


def test_a_report_from_a_talk_is_told_to_administrators(
    wang: Person, xu: Person, lin: Person, admin: Person, community: Community, catch_up: Any
) -> None:
    message = post(open_talk([wang], by=xu), body="你是谁", by=fresh(xu))
    report("message", message.pk, reason="insult", by=fresh(wang))
    catch_up()
    assert (told(admin), told(lin)) == (["An item in “Direct messages” needs your review"], [])


def test_a_sanction_its_appeal_and_the_answer(
    community: Community, wang: Person, lin: Person, wu: Person, catch_up: Any
) -> None:
    until = timezone.now() + dt.timedelta(days=3)
    sanction = impose(community, wang, "mute", reason="骂人", until=until, by=lin)
    catch_up()
    day = timezone.localtime(until).strftime("%-d %b %Y %H:%M")
    assert told(wang) == [f"You can’t write in “售后互助站” until {day}: 骂人"]
    said = appeal(sanction, words="是玩笑", by=wang)
    catch_up()
    assert told(wu) == ["王一帆 appeals: Mute · 售后互助站. Please decide."]
    assert told(lin) == []
    decide_appeal(said, grant=True, answer="好", by=wu)
    catch_up()
    assert told(wang)[1:] == ["Your appeal was granted: Mute · 售后互助站"]


def test_warnings_removals_and_what_is_lifted(community: Community, wang: Person, lin: Person, catch_up: Any) -> None:
    warning = impose(community, wang, "warn", reason="跑题", by=lin)
    until = timezone.now() + dt.timedelta(days=3)
    impose(community, wang, "remove", reason="广告", until=until, by=lin)
    lift(warning, by=lin)
    catch_up()
    day = timezone.localtime(until).strftime("%-d %b %Y %H:%M")
    assert sorted(told(wang)) == [
        "Ended: Warning · 售后互助站",
        "You got a warning in “售后互助站”: 跑题",
        f"You were removed from “售后互助站” until {day}: 广告",
    ]
