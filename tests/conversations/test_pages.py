"""Doors of conversations: who gets in, what they answer, and how many questions a page asks."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from tests.cast import fresh
from zhiliu.communities.models import Community
from zhiliu.conversations.models import Attachment, Bookmark, Channel, ChannelMembership, Message
from zhiliu.conversations.opening import open_channel, open_talk
from zhiliu.conversations.posting import post, withdraw_message
from zhiliu.conversations.reacting import bookmark, react
from zhiliu.directory.models import Person
from zhiliu.needs.voicing import voice_need

JSON = {"HTTP_ACCEPT": "application/json"}


@pytest.fixture
def channel(community: Community, lin: Person) -> Channel:
    return open_channel(community, name="日常", by=lin)


def test_saying_something_answers_its_place_and_sends_forms_back(channel: Channel, lin: Person, browse: Any) -> None:
    client: Client = browse(lin)
    url = f"/channels/{channel.pk}/messages/"
    answer = client.post(url, {"body": "早", "client": "c-1"}, **JSON)
    assert answer.json() == {"id": Message.objects.get().pk, "number": 1, "changed": 1, "root": None}
    assert client.post(url, {"body": "早", "client": "c-1"}, **JSON).json()["number"] == 1
    assert client.post(url, {"body": "第二句"}).status_code == 302
    assert Message.objects.count() == 2


def test_a_refusal_says_why(channel: Channel, lin: Person, sun: Person, browse: Any) -> None:
    url = f"/channels/{channel.pk}/messages/"
    empty, outside = browse(lin).post(url, {"body": " "}, **JSON), browse(sun).post(url, {"body": "早"}, **JSON)
    assert (empty.status_code, outside.status_code) == (422, 403)
    assert empty.json()["error"] and outside.json()["error"]
    assert not Message.objects.exists()


def test_what_is_out_of_reach_is_not_there(
    community: Community, lin: Person, wang: Person, xu: Person, admin: Person, browse: Any
) -> None:
    talk = open_talk([wang], by=lin)
    message = post(talk, body="私下说", by=lin)
    paths = [
        *(f"/channels/{talk.pk}/", f"/channels/{talk.pk}/messages/", f"/channels/{talk.pk}/threads/{message.pk}/"),
        *(
            f"/channels/{talk.pk}/people/",
            f"/channels/{talk.pk}/turning/{message.pk}/",
            f"/messages/{message.pk}/edits/",
        ),
    ]
    for person in (xu, admin):
        client: Client = browse(person)
        assert {path: client.get(path).status_code for path in paths} == dict.fromkeys(paths, 404)
        assert client.post(f"/messages/{message.pk}/reactions/", {"what": "useful"}).status_code == 404
        assert client.post(f"/channels/{talk.pk}/typing/").status_code == 404
    assert browse(wang).get(paths[0]).status_code == 200


def test_files_are_shown_to_who_sees_the_channel_until_the_message_is_taken_back(
    community: Community, lin: Person, wang: Person, xu: Person, browse: Any
) -> None:
    talk = open_talk([wang], by=lin)
    picture = io.BytesIO()
    Image.new("RGB", (8, 8)).save(picture, "PNG")
    picture.seek(0)
    picture.name = "铭牌.png"
    browse(lin).post(f"/channels/{talk.pk}/messages/", {"body": "", "files": picture}, **JSON)
    message = Message.objects.get()
    path = f"/messages/files/{message.uploads.get().key}/"
    assert path in browse(wang).get(f"/channels/{talk.pk}/").content.decode()
    assert browse(wang).get(path).status_code == 200
    assert browse(xu).get(path).status_code == 404
    assert browse(wang).get(message.uploads.get().get_absolute_url()).status_code == 404
    withdraw_message(message, by=lin)
    assert browse(wang).get(path).status_code == 404


def webm(codec: bytes) -> bytes:
    """As a browser records it: what it is, one track, and the beginning of what that holds."""
    return b"\x1aE\xdf\xa3\x87B\x82\x84webm\x18S\x80g\x01\xff\xff\x16T\xaek\x86" + codec + b"\x1fC\xb6u"


UNPLAYABLE = "浏览器播放不了这种格式"


@pytest.mark.parametrize(
    ("name", "head", "is_played", "says"),
    [
        ("语音.amr", b"#!AMR\n", False, True),
        ("现场.3gp", b"\0\0\0\x18ftyp3gp4\0\0\0\0isom3gp4", False, True),
        ("现场.mp4", b"\0\0\0\x18ftypisom\0\0\0\0isommp42", False, False),
        ("语音.m4a", b"\0\0\0\x20ftypM4A \0\0\0\0M4A mp42", True, False),
        ("语音.ogg", b"OggS\0\2" + b"\0" * 22 + b"\1\x13OpusHead", True, False),
        ("录音.webm", webm(b"A_OPUS"), True, False),
        ("录屏.webm", webm(b"V_VP9"), False, False),
    ],
)
def test_only_what_browsers_play_has_a_player(
    channel: Channel, lin: Person, browse: Any, name: str, head: bytes, is_played: bool, says: bool
) -> None:
    recording = SimpleUploadedFile(name, head)
    browse(lin).post(f"/channels/{channel.pk}/messages/", {"body": "", "files": recording}, **JSON)
    page = browse(lin).get(f"/channels/{channel.pk}/").content.decode()
    assert name in page
    assert ("<audio" in page, UNPLAYABLE in page) == (is_played, says)


@pytest.mark.parametrize(
    ("told", "kept", "clock"),
    [(["12"], 12, "0:12"), (["75"], 75, "1:15"), (["99999999"], 30_000, "500:00"), ([""], None, ""), (["a"], None, "")],
)
def test_the_length_of_a_voice_message_is_told_before_it_is_played(
    channel: Channel, lin: Person, browse: Any, told: list[str], kept: int | None, clock: str
) -> None:
    recording = SimpleUploadedFile("录音.webm", webm(b"A_OPUS"))
    browse(lin).post(f"/channels/{channel.pk}/messages/", {"files": recording, "seconds": told}, **JSON)
    assert Attachment.objects.get().upload.seconds == kept
    page = browse(lin).get(f"/channels/{channel.pk}/").content.decode()
    assert (f"data-length>{clock}<" in page, f'data-seconds="{kept}"' in page) == (bool(clock), kept is not None)


def test_each_file_has_its_own_length(channel: Channel, lin: Person, browse: Any) -> None:
    files = [SimpleUploadedFile(name, webm(b"A_OPUS") + name.encode()) for name in ("a.webm", "b.webm", "c.webm")]
    browse(lin).post(f"/channels/{channel.pk}/messages/", {"files": files, "seconds": ["", "7"]}, **JSON)
    assert [row.upload.seconds for row in Attachment.objects.order_by("place")] == [None, 7, None]


def test_changes_come_in_order_with_a_cursor(channel: Channel, lin: Person, wang: Person, browse: Any) -> None:
    said = [post(channel, body=f"第{n}句", by=lin) for n in range(3)]
    react(said[0], "useful", by=wang)
    answer = browse(wang).get(f"/channels/{channel.pk}/messages/", {"changed": 1}, **JSON).json()
    assert [item["id"] for item in answer["messages"]] == [said[1].pk, said[2].pk, said[0].pk]
    assert (answer["cursor"], answer["more"]) == (4, False)
    assert answer["mine"] == {str(said[0].pk): {"reactions": ["useful"]}}


def test_a_page_is_the_same_for_all_readers_but_for_their_own_marks(
    channel: Channel, lin: Person, wang: Person, browse: Any
) -> None:
    message = post(channel, body="探头别贴着装", by=lin)
    react(message, "useful", by=wang)
    drawn = [
        browse(person).get(f"/channels/{channel.pk}/messages/", **JSON).json()["messages"][0]["html"]
        for person in (lin, wang)
    ]
    assert drawn[0] == drawn[1] and "有用 <b>1</b>" in drawn[0]


def test_what_is_taken_back_is_read_by_who_moderates_only(
    channel: Channel, lin: Person, wang: Person, xu: Person, browse: Any
) -> None:
    message = post(channel, body="手滑了", by=wang)
    withdraw_message(message, by=wang)
    assert "手滑了" not in browse(xu).get(f"/channels/{channel.pk}/").content.decode()
    assert browse(xu).get(f"/messages/{message.pk}/edits/").status_code == 404
    assert "手滑了" in browse(lin).get(f"/messages/{message.pk}/edits/").content.decode()


def test_looking_in_begins_at_the_end_and_shows_where_new_begins(
    channel: Channel, lin: Person, xu: Person, browse: Any
) -> None:
    post(channel, body="一", by=lin)
    assert 'id="new-line"' not in browse(xu).get(f"/channels/{channel.pk}/").content.decode()
    post(channel, body="二", by=lin)
    assert 'id="new-line"' in browse(xu).get(f"/channels/{channel.pk}/").content.decode()
    browse(xu).post(f"/channels/{channel.pk}/mark/", {"number": 2})
    assert ChannelMembership.objects.get(channel=channel, person=xu).read_number == 2


def test_a_private_channel_is_opened_from_the_page_and_others_are_let_in(
    community: Community, lin: Person, wang: Person, browse: Any
) -> None:
    values = {"name": "报价组", "kind": "private", "posting": "everybody"}
    answer = browse(lin).post(f"/communities/{community.slug}/channels/new/", values)
    channel = Channel.objects.get(name="报价组")
    assert answer["Location"] == f"/channels/{channel.pk}/people/"
    browse(lin).post(f"/channels/{channel.pk}/people/", {"people": [wang.pk]})
    assert channel in Channel.objects.visible_to(fresh(wang))
    assert browse(wang).post(f"/channels/{channel.pk}/leaving/").status_code == 302
    assert channel not in Channel.objects.visible_to(fresh(wang))


def test_addresses_of_our_own_pages_become_cards_for_who_may_see_them(
    community: Community, closed_community: Community, lin: Person, sun: Person, browse: Any
) -> None:
    seen, hidden = (voice_need(item, title="门口结霜", by=lin) for item in (community, closed_community))
    paths = [seen.get_absolute_url(), hidden.get_absolute_url(), "/nothing/here/", "/inbox/"]
    answer = browse(sun).get("/talk/cards/", {"path": paths}).json()
    assert list(answer) == paths[:1] and answer[paths[0]]["title"] == "门口结霜"
    assert list(browse(lin).get("/talk/cards/", {"path": paths}).json()) == paths[:2]


@pytest.mark.parametrize("count", [1, 3])
def test_pages_ask_a_fixed_number_of_questions(
    count: int, community: Community, lin: Person, wang: Person, xu: Person, browse: Any, django_assert_num_queries: Any
) -> None:
    channels = [open_channel(community, name=f"频道{n}", by=lin) for n in range(count)]
    for n in range(count):
        message = post(channels[0], body=f"第{n}句", by=wang)
        post(channels[0], body="回一句", by=lin, root=message)
        react(message, "useful", by=lin)
        bookmark(message, by=lin)
        post(open_talk([wang, xu][: n + 1], by=lin), body="在吗", by=lin)
    assert Bookmark.objects.count() == count
    pages = {
        f"/channels/{channels[0].pk}/": 19,
        "/talk/": 13,
        f"/communities/{community.slug}/channels/": 11,
        "/talk/bookmarks/": 10,
        f"/channels/{channels[0].pk}/messages/": 8,
        f"/channels/{channels[0].pk}/people/": 14,
    }
    client: Client = browse(lin)
    for path in pages:
        client.get(path)
    for path, queries in pages.items():
        with django_assert_num_queries(queries, info=path):
            assert client.get(path).status_code == 200
