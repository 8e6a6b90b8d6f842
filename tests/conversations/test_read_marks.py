"""Who has read a message, for its author: in talks, and where a message calls the whole channel."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from tests.cast import fresh, gone, make_person, who_may
from zhiliu.communities.joining import add_members
from zhiliu.communities.models import Community
from zhiliu.conversations import read_marks
from zhiliu.conversations.models import Channel, ChannelMembership, Message
from zhiliu.conversations.opening import open_channel, open_talk
from zhiliu.conversations.posting import post, withdraw_message
from zhiliu.conversations.read_marks import marks_for, readers_of, showing
from zhiliu.conversations.read_state import membership_of, read_to, unread_from
from zhiliu.conversations.rules import can_see_readers
from zhiliu.directory.models import Person
from zhiliu.kit.errors import Forbidden

pytestmark = pytest.mark.django_db


@pytest.fixture
def talk(wang: Person, sun: Person) -> Channel:
    return open_talk([sun], by=wang)


@pytest.fixture
def group(wang: Person, lin: Person, xu: Person) -> Channel:
    return open_talk([lin, xu], by=wang)


@pytest.fixture
def channel(community: Community, lin: Person) -> Channel:
    return open_channel(community, name="值夜", by=lin)


@pytest.fixture
def told(monkeypatch: Any, django_capture_on_commit_callbacks: Any) -> list[tuple[int, dict[str, Any]]]:
    """What open pages are told: to whom, and what."""
    events: list[tuple[int, dict[str, Any]]] = []
    monkeypatch.setattr(read_marks, "broadcast_ephemeral", lambda topic, _name, event: events.append((topic[1], event)))
    return events


def said(channel: Channel, body: str, by: Person, **more: Any) -> Message:
    message = post(channel, body=body, by=by, **more)
    assert isinstance(message, Message)
    channel.refresh_from_db()
    return message


def hide_reading(person: Person, **fields: bool) -> Person:
    Person.objects.filter(pk=person.pk).update(**(fields or {"shows_reading": False}))
    return fresh(person)


def names(people: list[Person]) -> str:
    return " ".join(sorted(person.handle for person in people))


# ---- who may see them ------------------------------------------------------------------------------------------------


def test_only_the_author_sees_who_has_read(
    talk: Channel, channel: Channel, lin: Person, wang: Person, sun: Person, admin: Person
) -> None:
    assert who_may(can_see_readers, said(talk, "在吗", wang)) == "wang"
    assert who_may(can_see_readers, said(channel, "@所有人 停电", lin)) == "lin"


def test_a_message_that_calls_nobody_or_somebody_has_no_readers(channel: Channel, lin: Person, wang: Person) -> None:
    for body in ("停电", "@王一帆 停电", "@社区经理 停电"):
        with pytest.raises(Forbidden, match="for messages that mention everyone"):
            readers_of(said(channel, body, lin), viewer=lin)


def test_neither_replies_nor_deleted_messages_have_readers(channel: Channel, talk: Channel, lin: Person) -> None:
    root = said(channel, "@所有人 停电", lin)
    gone_message = said(channel, "@所有人 来电", lin)
    withdraw_message(gone_message, by=lin)
    for message in (said(channel, "@所有人 几点", lin, root=root), Message.objects.get(pk=gone_message.pk)):
        with pytest.raises(Forbidden, match="for messages that mention everyone"):
            readers_of(message, viewer=lin)


@pytest.mark.parametrize("hidden", [{"shows_reading": False}, {"shows_presence": False}])
def test_who_shows_nothing_sees_nothing(talk: Channel, wang: Person, sun: Person, hidden: dict[str, bool]) -> None:
    message = said(talk, "在吗", wang)
    assert marks_for(talk, wang) == {"kind": "pair", "read": {sun.pk: 0}}
    wang = hide_reading(wang, **hidden)
    with pytest.raises(Forbidden, match="so you don’t see it of others"):
        readers_of(message, viewer=wang)
    assert marks_for(talk, wang) is None


def test_who_left_the_company_sees_nothing_any_more(talk: Channel, wang: Person) -> None:
    message = said(talk, "在吗", wang)
    assert not can_see_readers(gone(wang), message)


def test_who_was_put_out_of_a_channel_sees_its_readers_no_more(community: Community, lin: Person, wang: Person) -> None:
    private = open_channel(community, name="小组", by=lin, kind=Channel.Kind.PRIVATE, people=[wang])
    message = said(private, "@所有人 停电", wang)
    assert can_see_readers(wang, message)
    ChannelMembership.objects.filter(channel=private, person=wang).delete()
    assert not can_see_readers(fresh(wang), Message.objects.get(pk=message.pk))


# ---- what they see ---------------------------------------------------------------------------------------------------


def test_in_a_talk_one_sees_how_far_each_has_read(group: Channel, wang: Person, lin: Person, xu: Person) -> None:
    said(group, "一", wang)
    second = said(group, "二", wang)
    read_to(group, 1, by=lin)
    read_to(group, 2, by=xu)
    assert marks_for(group, wang) == {"kind": "group", "read": {lin.pk: 1, xu.pk: 2}}
    readers = readers_of(second, viewer=wang)
    assert (names(readers.read), names(readers.unread), readers.others) == ("xu", "lin", 0)


def test_a_message_to_everybody_is_read_by_those_addressed(
    channel: Channel, lin: Person, wang: Person, xu: Person, zhao: Person, sun: Person
) -> None:
    message = said(channel, "@所有人 停电", lin)
    # Sun reads along from outside; nobody meant him.
    read_to(channel, message.number, by=sun)
    read_to(channel, message.number, by=wang)
    readers = readers_of(message, viewer=lin)
    assert (names(readers.read), names(readers.unread), readers.others) == ("wang", "xu zhao", 0)
    assert readers.sentence == "Read by 1 of 3"
    with translation.override("zh-hans"):
        assert readers.sentence == "1 / 3 人已读"


@pytest.mark.parametrize("hidden", [{"shows_reading": False}, {"shows_presence": False}])
def test_of_who_hides_it_nothing_is_said_but_that_they_are_addressed(
    channel: Channel, group: Channel, lin: Person, wang: Person, xu: Person, hidden: dict[str, bool]
) -> None:
    message = said(channel, "@所有人 停电", lin)
    read_to(channel, message.number, by=wang)
    hide_reading(wang, **hidden)
    readers = readers_of(message, viewer=lin)
    assert (names(readers.read), names(readers.unread), readers.others) == ("", "xu zhao", 1)
    assert marks_for(group, xu) == {"kind": "group", "read": {lin.pk: 0}}


def test_leavers_are_not_counted(channel: Channel, talk: Channel, lin: Person, wang: Person, sun: Person) -> None:
    message = said(channel, "@所有人 停电", lin)
    said(talk, "在吗", wang)
    gone(wang)
    assert "wang" not in names([*(readers := readers_of(message, viewer=lin)).read, *readers.unread])
    assert readers.others == 0
    gone(sun)
    assert marks_for(talk, wang) == {"kind": "pair", "read": {}}


def test_programs_read_nothing(channel: Channel, lin: Person, wang: Person, xu: Person, zhao: Person) -> None:
    message = said(channel, "@所有人 停电", lin)
    Person.objects.filter(pk=xu.pk).update(kind=Person.Kind.BOT)
    readers = readers_of(message, viewer=lin)
    assert (names(readers.unread), readers.others) == ("wang zhao", 0)
    assert names(list(showing(Person.objects.exclude(pk=lin.pk)))) == "wang zhao"


def test_a_guest_learns_no_names_of_people_they_do_not_see(
    community: Community, lin: Person, zhao: Person, sun: Person
) -> None:
    talk = open_talk([zhao], by=lin)
    ChannelMembership.objects.create(channel=talk, person=sun)
    message = said(talk, "在吗", zhao)
    readers = readers_of(message, viewer=fresh(zhao))
    assert (names(readers.unread), readers.others) == ("lin", 1)
    read_to(talk, message.number, by=sun)
    assert marks_for(talk, fresh(zhao)) == {"kind": "group", "read": {lin.pk: 0}}


def test_a_channel_tells_nothing_of_its_readers_to_its_page(channel: Channel, lin: Person) -> None:
    assert marks_for(channel, lin) == {"kind": "channel"}


def test_marking_as_unread_is_ones_own_business(talk: Channel, wang: Person, sun: Person) -> None:
    for body in "一二三":
        said(talk, body, wang)
    read_to(talk, 2, by=sun)
    unread_from(talk, 1, by=sun)
    assert marks_for(talk, wang) == {"kind": "pair", "read": {sun.pk: 2}}
    unread_from(talk, 1, by=sun)
    assert marks_for(talk, wang) == {"kind": "pair", "read": {sun.pk: 2}}
    read_to(talk, 3, by=sun)
    assert marks_for(talk, wang) == {"kind": "pair", "read": {sun.pk: 3}}


# ---- what open pages are told ----------------------------------------------------------------------------------------


def test_the_others_of_a_talk_are_told_who_has_read_on(
    group: Channel,
    wang: Person,
    lin: Person,
    xu: Person,
    sun: Person,
    told: Any,
    django_capture_on_commit_callbacks: Any,
) -> None:
    said(group, "一", wang)
    open_talk([sun], by=xu)
    hide_reading(lin)
    with django_capture_on_commit_callbacks(execute=True):
        for _turn in range(2):
            read_to(group, 1, by=xu)
    assert told == [(wang.pk, {"channel": group.pk, "by": xu.pk, "read": 1})]
    with django_capture_on_commit_callbacks(execute=True):
        read_to(group, 1, by=fresh(lin))
    assert len(told) == 1


def test_authors_of_messages_to_everybody_are_told_that_somebody_read_them(
    channel: Channel, lin: Person, wang: Person, xu: Person, told: Any, django_capture_on_commit_callbacks: Any
) -> None:
    first = said(channel, "@所有人 停电", lin)
    # Neither replies nor messages of other channels are meant.
    said(channel, "@所有人 几点", lin, root=first)
    aside = open_channel(channel.community, name="闲聊", by=lin)
    for number in range(4):
        said(aside, f"@所有人 {number}", wang)
    said(channel, "知道了", xu)
    read_to(channel, 1, by=wang)
    own = said(channel, "@所有人 来电", wang)
    said(channel, "@王一帆 好", xu)
    with django_capture_on_commit_callbacks(execute=True):
        read_to(channel, 4, by=xu)
        read_to(channel, 4, by=lin)
    # Xu wrote, and had read what stood above; Lin was at her own message. Nobody is told of their own reading.
    assert told == [(wang.pk, {"channel": channel.pk, "message": own.pk})]
    assert first.by_id == lin.pk


def test_a_first_visit_reads_what_is_there(
    channel: Channel, lin: Person, wang: Person, told: Any, django_capture_on_commit_callbacks: Any
) -> None:
    message = said(channel, "@所有人 停电", lin)
    said(channel, "@所有人 几点", lin, root=message)
    with django_capture_on_commit_callbacks(execute=True):
        for _turn in range(2):
            membership_of(channel, wang)
    assert told == [(lin.pk, {"channel": channel.pk, "message": message.pk})]
    assert names(readers_of(message, viewer=lin).read) == "wang"


def test_what_is_not_read_yet_and_what_one_wrote_oneself_is_told_to_nobody(
    channel: Channel, lin: Person, wang: Person, told: Any, django_capture_on_commit_callbacks: Any
) -> None:
    messages = [said(channel, f"@所有人 {number}", lin) for number in range(3)]
    ChannelMembership.objects.create(channel=channel, person=wang)
    unread_from(channel, 1, by=lin)
    with django_capture_on_commit_callbacks(execute=True):
        read_to(channel, 2, by=lin)
        read_to(channel, 2, by=wang)
    assert {event["message"] for _to, event in told} == {message.pk for message in messages[:2]}
    assert [to for to, _event in told] == [lin.pk, lin.pk]


def test_only_the_latest_messages_are_looked_through(
    channel: Channel,
    lin: Person,
    wang: Person,
    told: Any,
    monkeypatch: Any,
    django_capture_on_commit_callbacks: Any,
) -> None:
    monkeypatch.setattr(read_marks, "LATEST_TOLD", 2)
    ChannelMembership.objects.create(channel=channel, person=wang)
    messages = [said(channel, f"@所有人 {number}", lin) for number in range(4)]
    with django_capture_on_commit_callbacks(execute=True):
        read_to(channel, 4, by=wang)
    assert {event["message"] for _to, event in told} == {message.pk for message in messages[2:]}


def test_a_page_that_catches_up_learns_how_far_the_others_have_read(
    talk: Channel, wang: Person, sun: Person, browse: Any
) -> None:
    said(talk, "在吗", wang)
    read_to(talk, 1, by=sun)
    answer = browse(wang).get(f"/channels/{talk.pk}/messages/?changed=0").json()
    assert answer["marks"] == {"kind": "pair", "read": {str(sun.pk): 1}}
    hide_reading(wang)
    assert browse(wang).get(f"/channels/{talk.pk}/messages/?changed=0").json()["marks"] is None


# ---- pages -----------------------------------------------------------------------------------------------------------


def test_the_author_opens_the_list_as_a_page_a_sheet_or_a_sentence(
    channel: Channel, lin: Person, wang: Person, browse: Any
) -> None:
    message = said(channel, "@所有人 停电", lin)
    read_to(channel, message.number, by=wang)
    url = f"/messages/{message.pk}/readers/"
    page = browse(lin).get(url).content.decode()
    assert "王一帆" in page and "谁已读" in page and "只有你看得到" in page
    assert '<dialog class="sheet" id="form-sheet"' in browse(lin).get(f"{url}?panel=1").content.decode()
    assert browse(lin).get(url, headers={"Accept": "application/json"}).json() == {"said": "1 / 3 人已读"}
    assert browse(wang).get(url).status_code == 403


def test_a_message_to_everybody_is_marked_for_its_page(channel: Channel, lin: Person, browse: Any) -> None:
    root = said(channel, "@所有人 停电", lin)
    said(channel, "好", lin)
    said(channel, "@所有人 几点", lin, root=root)
    page = browse(lin).get(f"/channels/{channel.pk}/").content.decode()
    assert page.count("data-calls-all") == 1 and 'id="conversation-marks"' in page
    assert browse(lin).get(f"/channels/{channel.pk}/threads/{root.pk}/").content.decode().count("data-calls-all") == 1


def test_the_list_needs_as_many_queries_for_many_people(
    community: Community, channel: Channel, lin: Person, browse: Any
) -> None:
    message = said(channel, "@所有人 停电", lin)
    client = browse(lin)
    counts = []
    for number in range(2):
        client.get(f"/messages/{message.pk}/readers/")
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/messages/{message.pk}/readers/")
        counts.append(len(queries))
        people = [make_person(f"p{number}{place}") for place in range(4)]
        add_members(community, dict.fromkeys(people, "member"), by=lin)
    assert counts[0] == counts[1]


def test_one_chooses_not_to_show_what_one_has_read(wang: Person, browse: Any) -> None:
    client = browse(wang)
    client.post("/inbox/preferences/", {"hide_reading": "1"})
    assert (fresh(wang).shows_reading, fresh(wang).shows_presence) == (False, True)
    assert client.get("/inbox/preferences/").content.decode().count("checked") >= 1
    client.post("/inbox/preferences/", {})
    assert fresh(wang).shows_reading
