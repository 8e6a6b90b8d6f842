"""What waits for whom, with everything that is known about it; what was decided; and how fast somebody writes."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone
from freezegun import freeze_time

from tests.cast import fresh, gone, make_community, make_person
from zhiliu.activity.models import Activity
from zhiliu.communities.joining import add_members
from zhiliu.communities.models import Community, Membership
from zhiliu.communities.role_permissions import Permission, Role
from zhiliu.conversations.models import Channel, Message
from zhiliu.conversations.opening import open_channel
from zhiliu.conversations.posting import post
from zhiliu.directory.models import Person
from zhiliu.kit.contracts.moderated_types import Evidence
from zhiliu.moderation.appealing import deciders
from zhiliu.moderation.canned_responses import canned_responses, fitting_responses
from zhiliu.moderation.configuring import save_template
from zhiliu.moderation.deciding import decide_held_post, decide_thing, undo
from zhiliu.moderation.models import CannedResponse, Decision, Flag, HeldPost, Report, Sanction, Verdict
from zhiliu.moderation.precision import scores
from zhiliu.moderation.queries import (
    Case,
    case_of,
    count_by_community,
    count_waiting,
    decision_lines,
    own_waiting,
    queue,
    said_in,
    sentence_of,
)
from zhiliu.moderation.reach import ids_with, moderates_everywhere
from zhiliu.moderation.recent_activity import posting_rate_of, posting_times, said_elsewhere
from zhiliu.moderation.reporting import report
from zhiliu.moderation.sanctioning import impose
from zhiliu.needs.voicing import voice_need

from .test_screening import ADVERT

pytestmark = pytest.mark.django_db
SECOND = dt.timedelta(seconds=1)
REASONS = [{"detector": "insults", "weight": 1, "details": {"words": ["外行"]}}]


def said(channel: Channel, by: Person, body: str = "给外行看的") -> Message:
    message = post(channel, body=body, by=by)
    assert isinstance(message, Message)
    return message


def hold(community: Community, by: Person, text: str = "代购", *, place: str = "channel-1", **fields: Any) -> HeldPost:
    channel = Channel.objects.filter(community=community).first() or open_channel(community, name="日常", by=by)
    payload = {
        "text": text,
        "place": place,
        "channel": channel.pk,
        "number": 0,
        "root": None,
        "uploads": [],
        "chosen": [],
    }
    return HeldPost.objects.create(community=community, kind="message", payload=payload, by=by, **fields)


def flagged(message: Message, **fields: Any) -> Flag:
    community = message.channel.community
    return Flag.objects.create(
        community=community, kind="message", thing_id=message.pk, author=message.by, reasons=REASONS, **fields
    )


def keys(cases: list[Case]) -> list[tuple[str, str]]:
    return [(case.sort, case.said) for case in cases]


@pytest.fixture
def elsewhere(closed_community: Community, lin: Person) -> Channel:
    return open_channel(closed_community, name="报价", by=lin)


# -- what waits -------------------------------------------------------------------------------------------------------


@pytest.fixture
def waiting(channel: Channel, elsewhere: Channel, wang: Person, xu: Person, zhao: Person) -> dict[str, Message]:
    """A held post, a report, a flag and one thing with both in one community; a flag in another."""
    assert channel.community is not None
    messages = {name: said(channel, wang, name) for name in ("标记的", "举报的", "都有的")}
    messages["别处的"] = said(elsewhere, wang, "别处的")
    flagged(messages["标记的"])
    hold(channel.community, xu, "挡下的")
    for person in (xu, zhao):
        report("message", messages["举报的"].pk, reason="leak", by=person)
    report("message", messages["都有的"].pk, reason="advert", by=xu)
    flagged(messages["都有的"])
    flagged(messages["别处的"])
    # The same number of another kind is another thing.
    Report.objects.create(kind="need", thing_id=messages["标记的"].pk, by=xu, reason="other", community=None)
    return messages


def test_what_keeps_people_waiting_comes_before_what_is_published(
    waiting: dict[str, Message], channel: Channel, lin: Person
) -> None:
    here = [("held", "挡下的"), ("reported", "举报的"), ("reported", "都有的"), ("flagged", "标记的")]
    assert keys(queue(fresh(lin))) == [*here, ("flagged", "别处的")]
    assert keys(queue(fresh(lin), channel.community)) == here
    for sort in ("held", "reported", "flagged"):
        wanted = [(found, text) for found, text in here if found == sort]
        assert keys(queue(fresh(lin), channel.community, only=sort)) == wanted


def test_what_waits_is_counted_by_sort_where_one_moderates(
    waiting: dict[str, Message], channel: Channel, elsewhere: Channel, lin: Person, wang: Person, admin: Person
) -> None:
    assert count_waiting(fresh(lin)) == {"held": 1, "reported": 2, "flagged": 2}
    assert count_waiting(fresh(lin), channel.community) == {"held": 1, "reported": 2, "flagged": 1}
    assert count_waiting(fresh(wang)) == {"held": 0, "reported": 0, "flagged": 0}
    assert set(count_by_community(fresh(lin))) == {channel.community_id, elsewhere.community_id}
    assert set(count_by_community(fresh(admin))) == {channel.community_id, elsewhere.community_id, None}


def test_who_moderates_one_community_counts_nothing_of_another(
    waiting: dict[str, Message], channel: Channel, elsewhere: Channel, xu: Person
) -> None:
    Membership.objects.filter(community=channel.community, person=xu).update(role=Role.ADVISER)
    assert count_by_community(fresh(xu)) == {channel.community_id: {"held": 1, "reported": 2, "flagged": 1}}
    assert count_waiting(fresh(xu)) == {"held": 1, "reported": 2, "flagged": 1}
    assert elsewhere.community is not None
    assert count_waiting(fresh(xu), elsewhere.community) == {"held": 0, "reported": 0, "flagged": 0}


def test_a_case_says_who_reported_it_what_was_found_and_what_its_author_is_told(
    waiting: dict[str, Message], channel: Channel, lin: Person, xu: Person, zhao: Person
) -> None:
    assert channel.community is not None
    save_template(channel.community, title="语气", text="对事不对人。", fits="insult", by=lin)
    save_template(channel.community, title="保密", text="这是保密的。", fits="leak", by=lin)
    cases = {case.said: case for case in queue(fresh(lin), channel.community)}
    assert {text: sorted(item.by.handle for item in case.reports) for text, case in cases.items()} == {
        "挡下的": [],
        "举报的": ["xu", "zhao"],
        "都有的": ["xu"],
        "标记的": [],
    }
    assert [cases[text].words for text in ("标记的", "举报的", "挡下的")] == ["对事不对人。", "这是保密的。", ""]
    assert cases["都有的"].held_against == ["advert", "insult"]
    assert [bool(cases[text].reasons) for text in ("标记的", "都有的", "举报的", "挡下的")] == [
        True,
        True,
        False,
        False,
    ]
    assert {tuple(case.kinds) for case in cases.values()} == {("warn", "mute", "remove")}
    assert [cases[text].is_newcomer for text in ("挡下的", "标记的")] == [True, False]
    assert {str(case.kind_name) for case in cases.values()} == {"Message"}


def test_a_case_is_opened_by_its_key_while_it_waits_and_by_who_moderates_there(
    waiting: dict[str, Message], lin: Person, wang: Person
) -> None:
    for case in queue(fresh(lin)):
        found = case_of(case.key, fresh(lin))
        assert found is not None and (found.said, found.sort, found.at) == (case.said, case.sort, case.at)
        assert case_of(case.key, fresh(wang)) is None
    held = HeldPost.objects.get()
    decide_held_post(held, publish=False, by=lin)
    assert case_of(f"hold-{held.pk}", fresh(lin)) is None


@pytest.mark.parametrize("key", ["", "hold-", "-7", "hold-x", f"hold-{'9' * 19}", "message-0", "hold-999", "nothing"])
def test_a_key_of_nothing_opens_nothing(waiting: dict[str, Message], lin: Person, key: str) -> None:
    assert case_of(key, fresh(lin)) is None


def test_a_long_number_may_be_a_key_and_a_longer_one_not(community: Community, lin: Person, xu: Person) -> None:
    hold(community, xu, pk=10**17)
    assert case_of(f"hold-{10**17}", fresh(lin)) is not None


def test_a_need_is_shown_by_its_title_and_taken_down_by_hand(
    community: Community, lin: Person, wang: Person, xu: Person
) -> None:
    need = voice_need(community, title="压缩机半夜停机", by=wang)
    report("need", need.pk, reason="wrong", by=xu)
    (case,) = queue(fresh(lin))
    assert (case.said, case.can_take_down, case.exhibit.url) == ("压缩机半夜停机", False, need.get_absolute_url())


def test_what_belongs_to_no_community_has_no_sanctions_and_is_the_administrators(
    channel: Channel, lin: Person, wang: Person, xu: Person, admin: Person
) -> None:
    message = said(channel, wang)
    Report.objects.create(kind="message", thing_id=message.pk, author=wang, by=xu, reason="insult", community=None)
    assert queue(fresh(lin)) == []
    (case,) = queue(fresh(admin))
    assert (case.kinds, case.history.since, case.can_take_down) == ([], None, True)


def test_an_author_has_a_record_in_this_community_only(
    channel: Channel, elsewhere: Channel, wang: Person, xu: Person, lin: Person
) -> None:
    assert channel.community is not None and elsewhere.community is not None
    message, other = said(channel, wang), said(channel, xu, "别人的")
    for item in (message, other):
        report("message", item.pk, reason="insult", by=make_person(f"r{item.pk}", name=f"r{item.pk}", is_admin=True))
    for place, author, outcome in (
        (channel.community, wang, "taken_down"),
        (channel.community, wang, "left"),
        (channel.community, xu, "taken_down"),
        (elsewhere.community, wang, "taken_down"),
    ):
        Decision.objects.create(community=place, kind="message", author=author, outcome=outcome)
    Decision.objects.create(
        community=channel.community, kind="message", author=wang, outcome="taken_down", undone_at=timezone.now()
    )
    mine = impose(channel.community, wang, "warn", reason="跑题", by=lin)
    impose(channel.community, xu, "warn", reason="跑题", by=lin)
    impose(elsewhere.community, wang, "warn", reason="跑题", by=lin)
    case = next(item for item in queue(fresh(lin)) if item.author == wang)
    joined = Membership.objects.get(community=channel.community, person=wang).joined_at
    assert (case.history.since, case.history.taken_down, case.history.sanctions) == (joined, 1, [mine])


def test_what_one_wrote_oneself_waits_where_it_was_written(community: Community, wang: Person, xu: Person) -> None:
    first, _other, _theirs = (
        hold(community, wang, place="channel-7"),
        hold(community, wang, place="channel-8"),
        hold(community, xu, place="channel-7"),
    )
    hold(community, wang, place="channel-7", state="released")
    HeldPost.objects.filter(state="released").update(
        decision=Decision.objects.create(community=community, kind="message", outcome="left")
    )
    assert own_waiting(wang, "channel-7") == [first]
    assert ("Waiting" in sentence_of(first), "not published" in sentence_of(HeldPost(state="refused"))) == (True, True)


@pytest.mark.parametrize(
    ("evidence", "text"),
    [
        (Evidence("早", ""), "早"),
        (Evidence("", "", files=[("a.txt", "k")]), "A file"),
        (Evidence("", ""), "It no longer exists."),
    ],
)
def test_what_has_no_words_is_a_file_or_gone(evidence: Evidence, text: str) -> None:
    assert said_in(evidence) == text


# -- what was decided -------------------------------------------------------------------------------------------------


def test_a_decision_is_listed_with_its_own_reports_reasons_and_text(
    waiting: dict[str, Message], channel: Channel, lin: Person
) -> None:
    decisions = [
        decide_held_post(HeldPost.objects.get(), publish=False, by=lin),
        decide_thing("message", waiting["举报的"].pk, leave=True, by=lin),
        decide_thing("message", waiting["标记的"].pk, leave=False, by=lin),
    ]
    decide_thing("message", waiting["都有的"].pk, leave=True, by=lin)
    lines = decision_lines(decisions)
    assert [(line.said, len(line.reports), bool(line.reasons)) for line in lines] == [
        ("挡下的", 0, False),
        ("举报的", 2, False),
        ("标记的", 0, True),
    ]


def test_detectors_are_judged_where_one_moderates_and_by_decisions_that_stand(
    waiting: dict[str, Message], channel: Channel, elsewhere: Channel, lin: Person, wang: Person
) -> None:
    first = decide_thing("message", waiting["标记的"].pk, leave=False, by=lin)
    decide_thing("message", waiting["别处的"].pk, leave=True, by=lin)

    def decided(person: Person, community: Community | None = None) -> list[tuple[int, int]]:
        found = {score.detector.key: score.total for score in scores(fresh(person), community)}
        return [(found["insults"].decided, found["insults"].confirmed), (found["adverts"].decided, 0)]

    assert decided(lin) == [(2, 1), (0, 0)]
    assert (decided(lin, channel.community), decided(lin, elsewhere.community)) == ([(1, 1), (0, 0)], [(1, 0), (0, 0)])
    assert decided(wang) == [(0, 0), (0, 0)]
    Verdict.objects.filter(decision=first).update(at=timezone.now() - dt.timedelta(days=373))
    assert decided(lin) == [(1, 0), (0, 0)]
    undo(Decision.objects.exclude(pk=first.pk).get(), by=lin)
    assert decided(lin) == [(0, 0), (0, 0)]


# -- canned replies ---------------------------------------------------------------------------------------------------


def test_a_community_uses_its_own_replies_and_those_of_the_organisation(
    community: Community, closed_community: Community, lin: Person, admin: Person
) -> None:
    suggested = [item.pk for item in canned_responses(community)]
    assert len(suggested) == 4 and set(suggested) == {None}
    own = save_template(community, title="广告", text="请不要", fits="advert", by=lin)
    ours = save_template(None, title="语气", text="对事", fits="insult", by=admin)
    theirs = save_template(closed_community, title="保密", text="撤回", by=lin)
    assert canned_responses(community) == [own, ours]
    assert (canned_responses(closed_community), canned_responses(None)) == ([theirs, ours], [ours])


def test_the_first_reason_that_has_a_reply_is_answered_by_the_first_that_fits() -> None:
    replies = [
        CannedResponse(title=title, text=text, fits=fits)
        for title, text, fits in (
            ("一", "语气一", "insult"),
            ("二", "语气二", "insult"),
            ("三", "广告", "advert"),
            ("四", "随便", ""),
        )
    ]
    assert fitting_responses(replies, ["", "leak", "insult", "advert"]) == "语气一"
    assert (fitting_responses(replies, ["advert", "insult"]), fitting_responses(replies, ["leak"])) == ("广告", "")


# -- who moderates and who decides ------------------------------------------------------------------------------------


def test_who_left_and_guests_moderate_nothing(community: Community, lin: Person, zhao: Person, admin: Person) -> None:
    Membership.objects.filter(person=zhao).update(role=Role.MANAGER)
    moderates = {person.handle: ids_with(Permission.MODERATE, fresh(person)) for person in (lin, zhao)}
    assert moderates == {"lin": [community.pk], "zhao": []}
    assert [moderates_everywhere(fresh(person)) for person in (lin, admin)] == [False, True]
    gone(lin)
    assert ids_with(Permission.MODERATE, fresh(lin)) == []
    assert not moderates_everywhere(gone(admin))


def test_an_appeal_goes_to_those_of_the_community_who_decide_and_have_no_part_in_it(
    community: Community, closed_community: Community, wu: Person, lin: Person, wang: Person, admin: Person
) -> None:
    leader, left, other = (make_person(f"l{number}", name=f"l{number}") for number in range(3))
    add_members(community, {leader: Role.LEADER, left: Role.SPONSOR}, by=lin)
    add_members(closed_community, {other: Role.LEADER}, by=lin)
    gone(left)
    assert deciders(Sanction(community=community, person=wang, by=lin)) == {wu.pk, leader.pk}
    assert deciders(Sanction(community=community, person=wu, by=lin)) == {leader.pk}
    Membership.objects.filter(person__in=[wu, leader]).delete()
    second = make_person("root2", name="周海", is_admin=True)
    gone(make_person("root3", name="周江", is_admin=True))
    assert deciders(Sanction(community=community, person=wang, by=admin)) == {second.pk}
    assert deciders(Sanction(community=community, person=second, by=lin)) == {admin.pk}


# -- how fast somebody writes -----------------------------------------------------------------------------------------


NOW = timezone.make_aware(dt.datetime(2026, 11, 25, 12))


def wrote(community: Community, by: Person, ago: dt.timedelta, verb: str = "conversations.message_posted") -> None:
    Activity.objects.create(verb=verb, by_id=by.pk, community_id=community.pk, at=NOW - ago)


def test_a_rate_counts_what_one_wrote_and_what_is_held_here_within_an_hour_and_a_minute(
    community: Community, closed_community: Community, wang: Person, xu: Person
) -> None:
    Activity.objects.all().delete()
    minute, hour, day = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1)
    for ago in (minute - SECOND, minute, hour - SECOND, hour, day):
        wrote(community, wang, ago)
        wrote(closed_community, wang, ago)
        wrote(community, xu, ago)
    wrote(community, wang, SECOND, "conversations.message_edited")
    rate = posting_rate_of(wang, community, NOW)
    assert (rate.minute, rate.hour, rate.kinds, rate.waits) == (1, 3, {"message"}, False)
    assert len(posting_times(wang, community, 9, NOW)) == 3
    for place, by, ago in (
        (community, wang, minute - SECOND),
        (community, wang, hour - SECOND),
        (community, wang, hour),
        (closed_community, wang, SECOND),
        (community, xu, SECOND),
    ):
        hold(place, by, at=NOW - ago)
    assert posting_rate_of(wang, community, NOW).hour == 3
    wrote(community, wang, day - SECOND, "moderation.content_held")
    rate = posting_rate_of(wang, community, NOW)
    assert (rate.minute, rate.hour, rate.waits) == (2, 5, True)
    times = posting_times(wang, community, 9, NOW)
    assert (len(times), times) == (5, sorted(times, reverse=True))
    assert len(posting_times(wang, community, 2, NOW)) == 2


def test_what_was_held_more_than_a_day_ago_waits_no_more_for_the_pace(community: Community, wang: Person) -> None:
    Activity.objects.all().delete()
    wrote(community, wang, dt.timedelta(days=1), "moderation.content_held")
    rate = posting_rate_of(wang, community, NOW)
    assert (rate.waits, rate.kinds) == (False, frozenset())


def test_what_somebody_said_elsewhere_within_a_day_is_compared_held_posts_too(
    community: Community, channel: Channel, wang: Person, xu: Person, lin: Person
) -> None:
    other = open_channel(community, name="别处", by=lin)
    with freeze_time(NOW):
        for place, person in ((channel, wang), (other, wang), (other, xu)):
            said(place, fresh(person), f"{place.name} {person.handle}")
        hold(community, wang, "挡下的", place="channel-0", at=NOW)
        hold(community, wang, "这里的", place=f"channel-{channel.pk}", at=NOW)
        hold(community, wang, "旧的", place="channel-0", at=NOW - dt.timedelta(days=1))
        hold(community, xu, "别人的", place="channel-0", at=NOW)
        tally = posting_rate_of(wang, community, NOW + SECOND)
        here = f"channel-{channel.pk}"
        texts = {item.text for item in said_elsewhere(wang, here, tally, NOW + SECOND)}
        assert texts == {"别处 wang"}
        wrote(community, wang, SECOND, "moderation.content_held")
        tally = posting_rate_of(wang, community, NOW + SECOND)
        texts = {item.text for item in said_elsewhere(wang, here, tally, NOW + SECOND)}
    assert texts == {"别处 wang", "挡下的"}


def test_each_community_counts_and_flags_for_itself(channel: Channel, xu: Person, lin: Person) -> None:
    held = post(channel, body=ADVERT, by=xu)
    assert isinstance(held, HeldPost)
    assert count_by_community(fresh(lin)) == {channel.community_id: {"held": 1}}
    assert queue(fresh(lin), make_community(lin, name="空的", kind="interest")) == []
