"""Each act of moderation asks its rule, touches what it names, and is announced when it changes something."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.http import Http404
from django.utils import timezone
from freezegun import freeze_time

from tests.cast import fresh, gone
from zhiliu.activity.models import Activity
from zhiliu.communities.models import Community, Membership
from zhiliu.conversations.models import Channel, Message
from zhiliu.conversations.posting import post
from zhiliu.directory.models import Person
from zhiliu.kit.errors import Forbidden, Refused
from zhiliu.knowledge.drafting import library_of, start_draft
from zhiliu.knowledge.models import Article
from zhiliu.knowledge.publishing import publish
from zhiliu.moderation.appealing import APPEAL_FOR, appeal, decide_appeal
from zhiliu.moderation.configuring import (
    MOST_WORDS,
    change_policy,
    drop_template,
    list_words,
    save_template,
    unlist_word,
)
from zhiliu.moderation.deciding import decide_held_post, decide_thing, undo
from zhiliu.moderation.models import (
    UNDO_FOR,
    Appeal,
    CannedResponse,
    Decision,
    Flag,
    HeldPost,
    Policy,
    Report,
    Sanction,
    Word,
)
from zhiliu.moderation.reporting import report
from zhiliu.moderation.sanctioning import LONGEST, impose, lift
from zhiliu.moderation.screening import flag, hold_for_review, screen
from zhiliu.notifications.models import Notification

from .test_screening import ADVERT, WEAK_ADVERT

pytestmark = pytest.mark.django_db
SECOND = dt.timedelta(seconds=1)


def log(verb: str) -> list[int | None]:
    """Who did it, each time."""
    rows = Activity.objects.filter(verb=f"moderation.{verb}").order_by("pk")
    return [row.by_id for row in rows]


def in_days(days: float) -> dt.datetime:
    return timezone.now() + dt.timedelta(days=days)


def said(channel: Channel, by: Person, body: str = "你这个方案是给外行看的") -> Message:
    message = post(channel, body=body, by=by)
    assert isinstance(message, Message)
    return message


def held_post(channel: Channel, by: Person, client_id: str) -> HeldPost:
    held = post(channel, body=f"{ADVERT} {client_id}", by=by, client_id=client_id)
    assert isinstance(held, HeldPost)
    return held


@pytest.fixture
def held(channel: Channel, xu: Person) -> HeldPost:
    return held_post(channel, xu, "a-1")


@pytest.fixture
def message(channel: Channel, wang: Person) -> Message:
    return said(channel, wang)


@pytest.fixture
def mute(community: Community, wang: Person, lin: Person) -> Sanction:
    return impose(community, wang, "mute", reason="骂人", until=in_days(3), by=lin)


# -- reports ----------------------------------------------------------------------------------------------------------


def test_a_report_is_announced_once_and_names_nobody(message: Message, xu: Person) -> None:
    for reason in ("insult", "advert"):
        report("message", message.pk, reason=reason, by=xu)
    assert list(Report.objects.values_list("reason", flat=True)) == ["insult"]
    assert log("content_reported") == [None]


def test_two_people_report_one_thing_each_for_themselves(message: Message, xu: Person, zhao: Person) -> None:
    for person in (xu, zhao):
        report("message", message.pk, reason="insult", by=person)
    assert set(Report.objects.values_list("by", flat=True)) == {xu.pk, zhao.pk}
    assert log("content_reported") == [None, None]


def test_ones_own_message_is_not_reported(message: Message, wang: Person) -> None:
    with pytest.raises(Refused, match="This is yours"):
        report("message", message.pk, reason="insult", by=wang)
    assert (Report.objects.count(), log("content_reported")) == (0, [])


def test_what_is_not_there_is_not_reported(message: Message, xu: Person) -> None:
    with pytest.raises(Http404):
        report("message", message.pk + 1000, reason="insult", by=xu)
    assert (Report.objects.count(), log("content_reported")) == (0, [])


# -- decisions --------------------------------------------------------------------------------------------------------


def test_who_does_not_moderate_decides_nothing(held: HeldPost, message: Message, xu: Person, zhao: Person) -> None:
    report("message", message.pk, reason="insult", by=xu)
    with pytest.raises(Forbidden, match="Who can moderate"):
        decide_thing("message", message.pk, leave=False, by=zhao)
    with pytest.raises(Forbidden, match="Who can moderate"):
        decide_held_post(held, publish=True, by=zhao)
    message.refresh_from_db()
    held.refresh_from_db()
    assert (message.withdrawn_at, held.state, log("decided")) == (None, "waiting", [])
    assert not Decision.objects.exists()


def test_nobody_publishes_what_they_wrote_themselves(held: HeldPost, community: Community, xu: Person) -> None:
    Membership.objects.filter(community=community, person=xu).update(role="adviser")
    with pytest.raises(Forbidden, match="Someone else has to decide on your own posts"):
        decide_held_post(held, publish=True, by=fresh(xu))
    held.refresh_from_db()
    assert (held.state, log("decided"), Decision.objects.count()) == ("waiting", [], 0)


def test_a_decision_about_what_was_held_leaves_the_others_waiting(
    held: HeldPost, channel: Channel, xu: Person, lin: Person
) -> None:
    second = held_post(channel, xu, "a-2")
    decide_held_post(held, publish=False, by=lin)
    with pytest.raises(Refused, match="Someone else has just decided this"):
        decide_held_post(held, publish=True, by=lin)
    second.refresh_from_db()
    assert (held.state, second.state, second.decision) == ("refused", "waiting", None)
    assert (log("decided"), Decision.objects.count(), Message.objects.count()) == ([lin.pk], 1, 0)


def test_a_decision_about_a_thing_answers_no_report_or_flag_of_another(
    channel: Channel, message: Message, wang: Person, xu: Person, lin: Person
) -> None:
    second, flagged = said(channel, wang, "又是外行话"), said(channel, wang, WEAK_ADVERT)
    for thing in (message, second):
        report("message", thing.pk, reason="insult", by=xu)
    decide_thing("message", message.pk, leave=False, by=lin)
    assert list(Report.objects.waiting().values_list("thing_id", flat=True)) == [second.pk]
    assert list(Flag.objects.waiting().values_list("thing_id", flat=True)) == [flagged.pk]
    assert list(Message.objects.filter(withdrawn_at__isnull=False)) == [message]
    with pytest.raises(Refused, match="Someone else has just decided this"):
        decide_thing("message", message.pk, leave=True, by=lin)
    assert (log("decided"), Decision.objects.count()) == ([lin.pk], 1)


def test_of_a_decision_those_are_told_who_reported_this_thing(
    channel: Channel, message: Message, wang: Person, xu: Person, zhao: Person, lin: Person, catch_up: Any
) -> None:
    second = said(channel, wang, "又是外行话")
    report("message", second.pk, reason="insult", by=zhao)
    decide_thing("message", second.pk, leave=True, by=lin)
    report("message", message.pk, reason="insult", by=xu)
    decide_thing("message", message.pk, leave=False, by=lin)
    catch_up()
    told = Notification.objects.filter(notice="moderation.report_decided")
    assert sorted(told.values_list("person__handle", flat=True)) == ["xu", "zhao"]
    facts = Activity.objects.filter(verb="moderation.decided").order_by("pk")
    assert [fact.data["reporter_ids"] for fact in facts] == [[zhao.pk], [xu.pk]]


def test_what_has_no_author_counts_as_its_owners(community: Community, lin: Person, wang: Person, xu: Person) -> None:
    article = start_draft(library=library_of(community), title="停机先看哪", markdown="看表", by=lin)
    publish(article, by=lin)
    Article.objects.filter(pk=article.pk).update(by=None, owner=wang)
    with pytest.raises(Refused, match="This is yours"):
        report("article", article.pk, reason="leak", by=wang)
    assert report("article", article.pk, reason="leak", by=xu).author == wang
    assert Report.objects.count() == 1


def test_an_undo_is_announced_once_and_brings_back_one_thing(
    channel: Channel, message: Message, wang: Person, xu: Person, lin: Person
) -> None:
    second = said(channel, wang, "又是外行话")
    decisions = []
    for thing in (message, second):
        report("message", thing.pk, reason="insult", by=xu)
        decisions.append(decide_thing("message", thing.pk, leave=False, by=lin))
    for _turn in range(2):
        undo(decisions[0], by=lin)
    assert log("decision_undone") == [lin.pk]
    assert list(Message.objects.filter(withdrawn_at__isnull=False)) == [second]
    assert list(Report.objects.waiting().values_list("thing_id", flat=True)) == [message.pk]
    assert Decision.objects.get(undone_at=None) == decisions[1]


def test_who_does_not_moderate_undoes_nothing(held: HeldPost, lin: Person, wang: Person) -> None:
    decision = decide_held_post(held, publish=False, by=lin)
    with pytest.raises(Forbidden, match="Who can moderate"):
        undo(decision, by=wang)
    decision.refresh_from_db()
    assert (decision.undone_at, held.state, log("decision_undone")) == (None, "refused", [])


def test_a_decision_is_undone_within_ten_minutes(held: HeldPost, channel: Channel, xu: Person, lin: Person) -> None:
    second = held_post(channel, xu, "a-2")
    late, early = (decide_held_post(thing, publish=False, by=lin) for thing in (held, second))
    with (
        freeze_time(late.at + UNDO_FOR),
        pytest.raises(Refused, match="A decision can be undone for ten minutes"),
    ):
        undo(late, by=fresh(lin))
    with freeze_time(early.at + UNDO_FOR - SECOND):
        undo(early, by=fresh(lin))
    late.refresh_from_db()
    assert (late.undone_at, early.undone_by, log("decision_undone")) == (None, lin, [lin.pk])


# -- sanctions and appeals --------------------------------------------------------------------------------------------


def test_a_sanction_is_announced_once_and_so_is_its_end(mute: Sanction, lin: Person) -> None:
    for _turn in range(2):
        lift(mute, by=lin)
    assert (log("sanction_imposed"), log("sanction_lifted")) == ([lin.pk], [lin.pk])


def test_lifting_ends_one_sanction(mute: Sanction, community: Community, wang: Person, lin: Person) -> None:
    second = impose(community, wang, "mute", reason="又骂人", until=in_days(2), by=lin)
    lift(mute, by=lin)
    assert list(Sanction.objects.filter(lifted_at=None)) == [second]


def test_who_may_not_impose_it_does_not_lift_it(mute: Sanction, community: Community, xu: Person) -> None:
    Membership.objects.filter(community=community, person=xu).update(role="adviser")
    with pytest.raises(Forbidden):
        lift(mute, by=fresh(xu))
    mute.refresh_from_db()
    assert (mute.lifted_at, log("sanction_lifted")) == (None, [])


def test_neither_oneself_nor_a_moderator_gets_a_sanction(community: Community, lin: Person, wu: Person) -> None:
    with pytest.raises(Refused, match="You can’t sanction yourself"):
        impose(community, lin, "warn", reason="试试", by=lin)
    with pytest.raises(Refused, match="吴桐 moderates here"):
        impose(community, wu, "warn", reason="试试", by=lin)
    assert (Sanction.objects.count(), log("sanction_imposed")) == (0, [])


def test_for_one_decision_each_kind_of_sanction_comes_once(held: HeldPost, lin: Person, xu: Person) -> None:
    decision = decide_held_post(held, publish=False, by=lin)
    for _turn in range(2):
        for kind in ("warn", "mute"):
            sanction = impose(held.community, xu, kind, reason="广告", until=in_days(1), by=lin, decision=decision)
            assert sanction.kind == kind
    assert log("sanction_imposed") == [lin.pk] * 2


def test_who_has_left_the_organisation_comes_back_with_no_lifted_removal(
    community: Community, wang: Person, lin: Person
) -> None:
    sanction = impose(community, wang, "remove", reason="发广告", until=in_days(3), by=lin)
    gone(wang)
    lift(Sanction.objects.get(pk=sanction.pk), by=lin)
    assert not Membership.objects.filter(community=community, person=wang).exists()
    assert log("sanction_lifted") == [lin.pk]


def test_a_removal_leaves_other_members_and_other_communities(
    community: Community, closed_community: Community, wang: Person, lin: Person
) -> None:
    others = set(Membership.objects.exclude(community=community, person=wang).values_list("pk", flat=True))
    impose(community, wang, "remove", reason="发广告", until=in_days(3), by=lin)
    assert set(Membership.objects.values_list("pk", flat=True)) == others


def test_a_term_ends_later_than_now_and_at_most_a_year_ahead(community: Community, wang: Person, lin: Person) -> None:
    with freeze_time("2026-06-26 09:00"):
        now, manager = timezone.now(), fresh(lin)
        for until in (None, now, now + LONGEST + SECOND):
            with pytest.raises(Refused, match="Choose until when: within the next year"):
                impose(community, wang, "mute", reason="骂人", until=until, by=manager)
        assert (Sanction.objects.count(), log("sanction_imposed")) == (0, [])
        for until in (now + SECOND, now + LONGEST):
            impose(community, wang, "mute", reason="骂人", until=until, by=manager)
    assert Sanction.objects.count() == 2


def test_an_appeal_is_announced_once(mute: Sanction, wang: Person) -> None:
    for words in ("是玩笑", "真的"):
        appeal(mute, words=words, by=wang)
    assert log("appeal_made") == [wang.pk]


def test_nobody_appeals_for_somebody_else(mute: Sanction, lin: Person, xu: Person) -> None:
    for person in (lin, xu):
        with pytest.raises(Forbidden, match="Only the person themselves can appeal"):
            appeal(mute, words="替他说", by=person)
    assert (Appeal.objects.count(), log("appeal_made")) == (0, [])


def test_an_appeal_is_made_within_thirty_days(mute: Sanction, community: Community, wang: Person, lin: Person) -> None:
    second = impose(community, wang, "warn", reason="跑题", by=lin)
    with freeze_time(second.at + APPEAL_FOR):
        appeal(second, words="没有", by=fresh(wang))
    with (
        freeze_time(mute.at + APPEAL_FOR + SECOND),
        pytest.raises(Refused, match="Appeals are possible for 30 days"),
    ):
        appeal(mute, words="是玩笑", by=fresh(wang))
    assert list(Appeal.objects.values_list("sanction", flat=True)) == [second.pk]


def test_deciding_an_appeal_touches_no_other_and_is_announced_once(
    mute: Sanction, community: Community, wang: Person, lin: Person, wu: Person
) -> None:
    second = impose(community, wang, "warn", reason="跑题", by=lin)
    about_mute, about_warning = (appeal(thing, words="没有", by=wang) for thing in (mute, second))
    for grant in (True, False):
        decide_appeal(about_mute, grant=grant, answer="好", by=wu)
    about_warning.refresh_from_db()
    assert (about_mute.outcome, about_warning.outcome) == ("granted", "")
    assert list(Sanction.objects.filter(lifted_at=None)) == [second]
    assert (log("appeal_decided"), log("sanction_lifted")) == ([wu.pk], [wu.pk])


def test_who_imposed_a_sanction_does_not_decide_the_appeal(
    mute: Sanction, community: Community, wang: Person, lin: Person, wu: Person
) -> None:
    by_wu = impose(community, wang, "warn", reason="跑题", by=wu)
    made = appeal(by_wu, words="没有", by=wang)
    with pytest.raises(Forbidden, match="Appeals are decided by someone other"):
        decide_appeal(made, grant=False, answer="不", by=wu)
    made.refresh_from_db()
    assert (made.outcome, made.decided_by, log("appeal_decided")) == ("", None, [])


# -- setting up -------------------------------------------------------------------------------------------------------


def test_the_same_policy_again_is_not_announced_and_touches_no_other(
    community: Community, closed_community: Community, lin: Person
) -> None:
    for place in (community, closed_community):
        change_policy(place, modes={"adverts": "flag"}, newcomer_limit=5, member_limit=50, version=1, by=lin)
    change_policy(community, modes={}, newcomer_limit=6, member_limit=60, version=2, by=lin)
    limits = Policy.objects.values_list("community", "newcomer_limit", "member_limit")
    assert set(limits) == {(community.pk, 6, 60), (closed_community.pk, 5, 50)}
    assert log("policy_changed") == [lin.pk] * 3


def test_a_stale_form_changes_no_policy(community: Community, lin: Person) -> None:
    with pytest.raises(Refused, match="Someone else changed this"):
        change_policy(community, modes={}, newcomer_limit=5, member_limit=50, version=2, by=lin)
    assert (Policy.objects.count(), log("policy_changed")) == (0, [])


def test_words_are_kept_by_administrators_only(community: Community, lin: Person, admin: Person) -> None:
    Word.objects.all().delete()
    list_words(["大笨蛋"], weight=1, by=admin)
    word = Word.objects.get()
    with pytest.raises(Forbidden, match="Only administrators"):
        list_words(["小气鬼"], weight=2, by=lin)
    with pytest.raises(Forbidden, match="Only administrators"):
        unlist_word(word, by=lin)
    assert list(Word.objects.values_list("text", "weight")) == [("大笨蛋", 1)]
    assert log("words_changed") == [admin.pk]


def test_words_that_change_nothing_are_not_announced(admin: Person) -> None:
    Word.objects.all().delete()
    for _turn in range(2):
        list_words(["大笨蛋", "小气鬼"], weight=1, by=admin)
    assert log("words_changed") == [admin.pk]
    word = Word.objects.get(text="大笨蛋")
    for _turn in range(3):
        unlist_word(word, by=admin)
        assert list(Word.objects.values_list("text", flat=True)) == ["小气鬼"]
        assert log("words_changed") == [admin.pk] * 2


def test_a_new_weight_is_for_the_words_named(admin: Person) -> None:
    Word.objects.all().delete()
    list_words(["大笨蛋", "小气鬼"], weight=1, by=admin)
    assert list_words(["大笨蛋"], weight=2, by=admin) == 0
    assert set(Word.objects.values_list("text", "weight")) == {("大笨蛋", 2), ("小气鬼", 1)}


def test_the_list_has_two_thousand_words_and_words_two_characters(admin: Person) -> None:
    Word.objects.all().delete()
    with pytest.raises(Refused, match="A word needs at least two characters"):
        list_words(["大笨蛋", "笨"], weight=1, by=admin)
    assert (Word.objects.count(), log("words_changed")) == (0, [])
    assert list_words([f"词{number}" for number in range(MOST_WORDS)], weight=1, by=admin) == MOST_WORDS
    with pytest.raises(Refused, match="at most 2000 words"):
        list_words(["还有一个"], weight=1, by=admin)
    assert (Word.objects.count(), log("words_changed")) == (MOST_WORDS, [admin.pk])


def test_ready_words_are_kept_where_one_moderates_and_one_row_at_a_time(
    community: Community, closed_community: Community, wang: Person, lin: Person
) -> None:
    first, second = (save_template(community, title=title, text="请不要", by=lin) for title in ("广告", "推销"))
    with pytest.raises(Forbidden, match="Who can moderate"):
        save_template(community, title="别的", text="……", by=wang, template=first)
    with pytest.raises(Forbidden, match="Who can moderate"):
        drop_template(first, by=wang)
    assert set(CannedResponse.objects.values_list("title", "text")) == {("广告", "请不要"), ("推销", "请不要")}
    assert log("templates_changed") == [lin.pk] * 2
    save_template(community, title="广告", text="这里不发", by=lin, template=first)
    for _turn in range(2):
        drop_template(second, by=lin)
    assert list(CannedResponse.objects.values_list("title", "text")) == [("广告", "这里不发")]
    assert log("templates_changed") == [lin.pk] * 4


def test_a_title_is_taken_within_its_community_only(
    community: Community, closed_community: Community, lin: Person
) -> None:
    for place in (community, closed_community):
        save_template(place, title="广告", text="请不要", by=lin)
    with pytest.raises(Refused, match="A canned reply with this title already exists") as refused:
        save_template(community, title="广告", text="又一个", by=lin)
    assert (refused.value.field, CannedResponse.objects.count(), log("templates_changed")) == (
        "title",
        2,
        [lin.pk, lin.pk],
    )


# -- what is held and flagged -----------------------------------------------------------------------------------------


def test_what_is_held_twice_is_announced_once(community: Community, xu: Person) -> None:
    look = screen(ADVERT, community, by=xu, place="channel-0")
    for _turn in range(2):
        hold_for_review(look, community, kind="message", payload={"text": ADVERT}, by=xu, client_id="a-1")
    assert (HeldPost.objects.count(), log("content_held")) == (1, [xu.pk])


def test_without_a_name_of_the_device_each_is_held(community: Community, xu: Person) -> None:
    look = screen(ADVERT, community, by=xu, place="channel-0")
    for _turn in range(2):
        hold_for_review(look, community, kind="message", payload={"text": ADVERT}, by=xu)
    assert (HeldPost.objects.count(), log("content_held")) == (2, [xu.pk] * 2)


def test_a_flag_is_raised_once_for_a_thing_and_announced_once(
    community: Community, channel: Channel, message: Message, wang: Person
) -> None:
    look = screen(WEAK_ADVERT, community, by=wang, place="channel-0")
    second = said(channel, wang, "早")
    for thing in (message, message, second):
        flag(look, community, kind="message", thing_id=thing.pk, by=wang)
    assert set(Flag.objects.values_list("thing_id", flat=True)) == {message.pk, second.pk}
    assert log("content_flagged") == [None, None]


def test_the_same_reasons_again_leave_a_decided_flag_decided(
    community: Community, channel: Channel, wang: Person, lin: Person
) -> None:
    flagged = said(channel, wang, WEAK_ADVERT)
    decision = decide_thing("message", flagged.pk, leave=True, by=lin)
    look = screen(WEAK_ADVERT, community, by=wang, place=f"channel-{channel.pk}", is_edit=True)
    flag(look, community, kind="message", thing_id=flagged.pk, by=wang)
    assert Flag.objects.get().decision == decision


def test_what_nothing_was_found_in_raises_no_flag(community: Community, message: Message, wang: Person) -> None:
    look = screen("早上好", community, by=wang, place="channel-0")
    assert flag(look, community, kind="message", thing_id=message.pk, by=wang) is None
    assert (Flag.objects.count(), log("content_flagged")) == (0, [])
