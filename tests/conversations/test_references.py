"""Quoting a message, and forwarding one to another channel."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import fresh
from zhiliu.activity.models import Activity
from zhiliu.communities.models import Community
from zhiliu.conversations.forwarding import forward, forward_targets
from zhiliu.conversations.last_words import one_line
from zhiliu.conversations.message_draft import draft_of
from zhiliu.conversations.message_range import message_range, messages_by_key
from zhiliu.conversations.models import Attachment, Channel, Message
from zhiliu.conversations.opening import let_in, open_channel, open_talk
from zhiliu.conversations.posting import edit, post, put_back_message, take_back_message, withdraw_message
from zhiliu.conversations.rendering import draw, with_all
from zhiliu.directory.models import Person
from zhiliu.files.models import Upload
from zhiliu.files.storing import upload
from zhiliu.kit.contracts.moderated_types import moderated
from zhiliu.kit.errors import Forbidden, Refused
from zhiliu.moderation.configuring import list_words
from zhiliu.moderation.deciding import decide_held_post
from zhiliu.moderation.models import HeldPost

pytestmark = pytest.mark.django_db


@pytest.fixture
def channel(community: Community, lin: Person) -> Channel:
    return open_channel(community, name="日常事", by=lin)


@pytest.fixture
def other(community: Community, lin: Person) -> Channel:
    return open_channel(community, name="闲聊", by=lin)


@pytest.fixture
def private(community: Community, lin: Person, wang: Person) -> Channel:
    channel = open_channel(community, name="小范围", by=lin, kind=Channel.Kind.PRIVATE)
    let_in(channel, [wang], by=lin)
    return channel


def posted(channel: Channel, body: str, by: Person, **more: Any) -> Message:
    message = post(channel, body=body, by=by, **more)
    assert isinstance(message, Message)
    return message


def forwarded(message: Message, into: Channel, by: Person, **more: Any) -> Message:
    made = forward(Message.objects.get(pk=message.pk), into, by=fresh(by), **{"comment": "", **more})
    assert isinstance(made, Message)
    return made


def html(message: Message) -> str:
    """The HTML as every way of loading it draws it."""
    drawn = {draw(rows)[0] for rows in (messages_by_key([message.pk]), with_all(Message.objects.filter(pk=message.pk)))}
    assert len(drawn) == 1
    return drawn.pop()


def a_file(by: Person) -> Upload:
    return upload(io.BytesIO(b"x"), name="价.txt", by=by, is_private=True)


# -- quoting ----------------------------------------------------------------------------------------------------------


def test_a_quotation_shows_author_and_words_and_leads_to_the_message(
    channel: Channel, lin: Person, wang: Person
) -> None:
    asked = posted(channel, "表**在哪**", wang)
    answer = posted(channel, "在库里", lin, quoted=asked)
    shown = html(answer)
    assert f'href="/channels/{channel.pk}/?at={asked.number}"' in shown
    assert "王一帆" in shown and "表在哪" in shown and "在库里" in shown
    assert "reference" not in html(asked)


def test_a_quotation_follows_its_message(catch_up: Any, channel: Channel, lin: Person, wang: Person) -> None:
    asked = posted(channel, "表在那", wang)
    answer = posted(channel, "在库里", lin, quoted=asked)
    before = Message.objects.get(pk=answer.pk).changed
    edit(asked, body="表在哪", by=wang)
    catch_up()
    assert "表在哪" in html(answer)
    withdraw_message(asked, by=wang)
    catch_up()
    assert "表在" not in html(answer) and "This message was deleted." in html(answer)
    changed = Message.objects.get(pk=answer.pk).changed
    # Two changes of the original, each followed by one of the quotation.
    assert changed == before + 4
    assert Channel.objects.get(pk=channel.pk).last_change == changed
    facts = Activity.objects.filter(verb="conversations.message_marked", data__message_id=answer.pk)
    assert facts.count() == 2


def test_a_message_put_back_is_quoted_again(catch_up: Any, channel: Channel, lin: Person, wang: Person) -> None:
    asked = posted(channel, "表在哪", wang)
    answer = posted(channel, "在库里", lin, quoted=asked)
    take_back_message(asked, by=lin)
    catch_up()
    put_back_message(asked, by=lin)
    catch_up()
    assert "表在哪" in html(answer)


def test_replies_quote_and_are_quoted(channel: Channel, lin: Person, wang: Person) -> None:
    root = posted(channel, "谁有样例", lin)
    reply = posted(channel, "我有", wang, root=root)
    again = posted(channel, "发我", lin, root=root, quoted=reply)
    assert f'href="/channels/{channel.pk}/threads/{root.pk}/#message-{reply.pk}"' in html(again)


def test_only_messages_of_the_channel_are_quoted(channel: Channel, other: Channel, lin: Person, browse: Any) -> None:
    elsewhere = posted(other, "别处", lin)
    with pytest.raises(Refused, match="only quote messages of this channel"):
        post(channel, body="看", by=lin, quoted=elsewhere)
    sent = {"body": "看", "quotes": elsewhere.pk}
    assert browse(lin).post(f"/channels/{channel.pk}/messages/", sent).status_code == 404
    assert not Message.objects.filter(channel=channel).exists()


def test_the_open_page_sends_a_quotation(channel: Channel, lin: Person, wang: Person, browse: Any) -> None:
    asked = posted(channel, "表在哪", wang)
    sent = {"body": "在库里", "quotes": asked.pk, "client": "a1"}
    for _time in range(2):
        browse(lin).post(f"/channels/{channel.pk}/messages/", sent, headers={"accept": "application/json"})
    assert Message.objects.get(body="在库里").refers_to == asked


def test_a_held_message_keeps_what_it_quotes(channel: Channel, lin: Person) -> None:
    from zhiliu.conversations.message_draft import MessageDraft

    asked = posted(channel, "表在哪", lin)
    payload = MessageDraft("在库里", refers_to=asked).as_json()
    assert draft_of(payload, channel_id=channel.pk, client_id="").refers_to == asked


def test_files_are_quoted_by_what_they_are(channel: Channel, lin: Person) -> None:
    asked = posted(channel, "", lin, uploads=[a_file(lin)])
    assert "价.txt" in html(posted(channel, "收到", lin, quoted=asked))


def test_own_files_stay_when_the_quoted_message_is_deleted(
    channel: Channel, lin: Person, wang: Person, browse: Any
) -> None:
    asked, file = posted(channel, "表在哪", wang), a_file(lin)
    posted(channel, "给", lin, quoted=asked, uploads=[file])
    withdraw_message(asked, by=wang)
    assert browse(wang).get(f"/messages/files/{file.key}/").status_code == 200


def test_a_range_asks_the_same_number_of_queries_for_one_quotation_and_for_three(channel: Channel, lin: Person) -> None:
    asked = posted(channel, "表在哪", lin)
    counts = []
    for _time in range(2):
        posted(channel, "在库里", lin, quoted=asked)
        channel.refresh_from_db()
        with CaptureQueriesContext(connection) as queries:
            draw(message_range(channel).messages)
        counts.append(len(queries))
        posted(channel, "又问", lin, quoted=posted(channel, "别的", lin))
    assert counts[0] == counts[1]


# -- forwarding -------------------------------------------------------------------------------------------------------


def test_a_forwarded_message_shows_who_said_it_where(
    channel: Channel, other: Channel, lin: Person, wang: Person
) -> None:
    said = posted(channel, "表**在库里**", wang)
    shown = html(forwarded(said, other, lin, comment="看看这个"))
    assert "看看这个" in shown and "王一帆" in shown and "<strong>在库里</strong>" in shown
    assert "Forwarded from #日常事" in shown and f"/channels/{channel.pk}/?at=1" in shown


def test_forwarding_twice_with_one_name_forwards_once(channel: Channel, other: Channel, lin: Person) -> None:
    said = posted(channel, "表在库里", lin)
    first, second = (forwarded(said, other, lin, client_id="f1") for _time in range(2))
    assert first == second
    assert Message.objects.filter(channel=other).count() == 1


def test_what_was_said_in_private_is_forwarded_only_when_confirmed_and_its_place_is_not_named(
    channel: Channel, private: Channel, lin: Person, wang: Person
) -> None:
    for origin in (private, open_talk([wang], by=lin)):
        said = posted(origin, "先不外传", wang)
        with pytest.raises(Refused, match="Confirm that what was said in private"):
            forward(said, channel, comment="", by=lin)
        assert not Message.objects.filter(channel=channel, refers_to=said).exists()
        shown = html(forwarded(said, channel, lin, consents=True))
        assert "先不外传" in shown and "Forwarded" in shown
        assert "小范围" not in shown and f"/channels/{origin.pk}/" not in shown


def test_a_closed_community_is_a_circle_of_its_own(
    closed_community: Community, channel: Channel, lin: Person, wang: Person
) -> None:
    inside, beside = (open_channel(closed_community, name=name, by=lin) for name in ("报价", "闲聊"))
    said = posted(inside, "底价", wang)
    assert "Forwarded from #报价" in html(forwarded(said, beside, wang))
    with pytest.raises(Refused, match="Confirm"):
        forward(said, channel, comment="", by=wang)


def test_files_of_others_never_leave_a_private_circle(
    channel: Channel, other: Channel, private: Channel, lin: Person, wang: Person, sun: Person, browse: Any
) -> None:
    file = a_file(wang)
    said = posted(private, "报价表", wang, uploads=[file])
    by_lin = forwarded(said, channel, lin, consents=True)
    assert not by_lin.attachments.exists()
    assert browse(sun).get(f"/messages/files/{file.key}/").status_code == 404
    by_wang = forwarded(said, other, wang, consents=True)
    assert [attachment.upload for attachment in by_wang.attachments.all()] == [file]
    assert browse(sun).get(f"/messages/files/{file.key}/").status_code == 200


def test_a_private_message_of_files_alone_has_nothing_to_forward(
    channel: Channel, private: Channel, lin: Person, wang: Person
) -> None:
    said = posted(private, "", wang, uploads=[a_file(wang)])
    with pytest.raises(Refused, match="files can’t be shared"):
        forward(said, channel, comment="看", by=lin, consents=True)
    assert not Message.objects.filter(channel=channel).exists()


def test_what_is_edited_in_private_afterwards_is_not_told_elsewhere(
    channel: Channel, private: Channel, lin: Person
) -> None:
    message = posted(private, "三点之前给我", lin)
    edit(message, body="四点之前给我", by=lin)
    copy = forwarded(message, channel, lin, consents=True)
    assert "四点之前给我" in html(copy)
    for body in ("五点，价格先别说", "六点，价格先别说"):
        edit(Message.objects.get(pk=message.pk), body=body, by=lin)
    assert "四点之前给我" in html(copy) and "价格" not in html(copy)


def test_text_added_to_files_afterwards_is_not_told_elsewhere(channel: Channel, private: Channel, lin: Person) -> None:
    message = posted(private, "", lin, uploads=[a_file(lin)])
    copy = forwarded(message, channel, lin, consents=True)
    Attachment.objects.filter(message=copy).delete()
    edit(Message.objects.get(pk=message.pk), body="价格先别说", by=lin)
    assert "价格" not in html(copy) and "价.txt" in html(copy)


def test_a_held_forward_is_judged_and_published_in_the_words_that_were_screened(
    channel: Channel, private: Channel, wang: Person, lin: Person, admin: Person
) -> None:
    messages = [posted(private, f"内幕价{number}，别外传", lin) for number in range(2)]
    list_words(["内幕价"], weight=100, by=admin)
    made = [forward(message, channel, comment="看看", by=fresh(wang), consents=True) for message in messages]
    held = [hold for hold in made if isinstance(hold, HeldPost)]
    edit(messages[0], body="还有底价", by=lin)
    messages_type = moderated.get("message")
    assert messages_type is not None
    texts = [evidence.text for evidence in messages_type.held([hold.payload for hold in held])]
    assert texts == ["看看\n\n内幕价0，别外传", "看看\n\n内幕价1，别外传"]
    with pytest.raises(Refused, match="edited meanwhile"):
        decide_held_post(held[0], publish=True, by=lin)
    decide_held_post(held[1], publish=True, by=lin)
    assert [message.refers_to for message in Message.objects.filter(channel=channel)] == [messages[1]]


def test_a_forward_without_a_note_is_named_in_lists(channel: Channel, other: Channel, lin: Person) -> None:
    copy = forwarded(posted(channel, "表在哪", lin), other, lin)
    assert one_line(copy) == "[Forwarded message]"


def test_a_deleted_original_disappears_in_the_copy_with_its_files(
    catch_up: Any, channel: Channel, lin: Person, wang: Person, sun: Person, browse: Any
) -> None:
    file = a_file(wang)
    said = posted(channel, "报价表", wang, uploads=[file])
    talk = open_talk([sun], by=lin)
    copy = forwarded(said, talk, lin, comment="你看")
    assert "价.txt" in html(copy)
    withdraw_message(said, by=wang)
    catch_up()
    shown = html(copy)
    assert "报价表" not in shown and "价.txt" not in shown
    assert "你看" in shown and "This message was deleted." in shown
    assert browse(sun).get(f"/messages/files/{file.key}/").status_code == 404
    with pytest.raises(Refused, match="This message was deleted"):
        forward(Message.objects.get(pk=said.pk), talk, comment="", by=lin)
    with pytest.raises(Refused, match="This message was deleted"):
        forward(Message.objects.get(pk=copy.pk), open_talk([wang], by=lin), comment="", by=lin, consents=True)


def test_forwarding_a_forwarded_message_forwards_the_original_and_keeps_its_circle(
    channel: Channel, other: Channel, private: Channel, lin: Person, wang: Person
) -> None:
    said = posted(private, "先不外传", wang)
    copy = forwarded(said, channel, lin, consents=True)
    with pytest.raises(Refused, match="Confirm"):
        forward(Message.objects.get(pk=copy.pk), other, comment="", by=lin)
    assert forwarded(copy, other, lin, consents=True).refers_to == said
    with pytest.raises(Refused, match="It was written there"):
        forward(Message.objects.get(pk=copy.pk), private, comment="", by=lin, consents=True)


def test_who_may_not_read_or_not_write_there_forwards_nothing(
    channel: Channel, other: Channel, private: Channel, lin: Person, wang: Person, xu: Person, sun: Person
) -> None:
    hidden, said = posted(private, "先不外传", wang), posted(channel, "表在库里", wang)
    with pytest.raises(Forbidden, match="Only participants"):
        forward(hidden, other, comment="", by=xu, consents=True)
    with pytest.raises(Forbidden, match="Join the community"):
        forward(said, other, comment="", by=sun)
    with pytest.raises(Refused, match="It was written there"):
        forward(said, channel, comment="", by=lin)
    assert not Message.objects.filter(refers_to__isnull=False).exists()


def test_places_to_forward_to_are_those_one_writes_in(
    community: Community, channel: Channel, other: Channel, private: Channel, lin: Person, wang: Person, xu: Person
) -> None:
    open_channel(community, name="只读", by=lin, posting=Channel.Posting.STEWARDS)
    talk = open_talk([xu], by=lin)
    said = posted(channel, "表在库里", wang)
    names = {name: [row.name for row in rows] for name, rows in forward_targets(said, fresh(xu))}
    assert names[""] == ["林晓岚"]
    assert {"闲聊"} <= set(names[community.name])
    assert not {"日常事", "只读", "小范围"} & set(names[community.name])
    by_lin = dict(forward_targets(posted(talk, "在吗", lin), fresh(lin)))
    assert "" not in by_lin
    assert {"日常事", "只读", "小范围"} < {row.name for row in by_lin[community.name]}


def test_one_forwards_by_the_form(
    channel: Channel, other: Channel, private: Channel, lin: Person, wang: Person, browse: Any
) -> None:
    said, hidden = posted(channel, "表在库里", wang), posted(private, "先不外传", wang)
    client = browse(lin)
    sheet = client.get(f"/messages/{said.pk}/forward/?panel=1").content.decode()
    assert "表在库里" in sheet and "consents" not in sheet
    assert "consents" in client.get(f"/messages/{hidden.pk}/forward/").content.decode()
    sent = {"into": other.pk, "comment": "看", "client": "f1"}
    json = {"accept": "application/json"}
    assert client.post(f"/messages/{hidden.pk}/forward/", sent, headers=json).status_code == 422
    assert not Message.objects.filter(channel=other).exists()
    answer = client.post(f"/messages/{said.pk}/forward/", sent, headers=json)
    assert answer.status_code == 200 and "闲聊" in answer.json()["said"]
    assert Message.objects.get(channel=other).refers_to == said
    # A place one may not write in is no choice.
    assert client.post(f"/messages/{said.pk}/forward/", {"into": channel.pk}, headers=json).status_code == 422
