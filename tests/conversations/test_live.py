"""What streams of a channel carry, and to whom."""

from __future__ import annotations

from typing import Any

import pytest
from asgiref.sync import sync_to_async

from tests.cast import make_community
from tests.live.test_hub import Listener, run, session
from zhiliu.conversations.models import Channel
from zhiliu.conversations.opening import open_channel, put_out
from zhiliu.conversations.posting import post
from zhiliu.directory.models import Person
from zhiliu.live.hub import Hub
from zhiliu.live.waking import broadcast_ephemeral

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_message_reaches_those_who_look_drawn_in_their_language(lin: Person, wang: Person, xu: Person) -> None:
    community = make_community(lin, wang, xu)
    channel = open_channel(community, name="日常", by=lin)
    keys = {person.handle: session(person) for person in (lin, wang, xu)}

    async def story() -> None:
        hub = Hub()
        zh = Listener(hub, keys["lin"], f"language=zh-hans&topic=channel-{channel.pk}")
        en = Listener(hub, keys["wang"], f"language=en&topic=channel-{channel.pk}")
        elsewhere = Listener(hub, keys["xu"], "language=en")
        listeners = (zh, en, elsewhere)
        for listener in listeners:
            await listener.until(lambda item: item.status == 200)
        message = await sync_to_async(post)(channel, body="**早**", by=wang)
        for listener in (zh, en):
            await listener.until(lambda item: "message" in [name for _, name in item.events()])
        await elsewhere.until(lambda item: "mark" in [name for _, name in item.events()])
        assert "<strong>早</strong>" in text_of(zh) and f'"id":{message.pk},"changed":1' in text_of(zh)
        assert "刚入职" not in text_of(en) and "<strong>早</strong>" in text_of(en)
        # Who does not look is told that something was said, and not what.
        assert "早" not in text_of(elsewhere)
        for listener in listeners:
            await listener.leave()

    run(story)


def text_of(listener: Listener) -> str:
    return b"".join(sent.get("body", b"") for sent in listener.sent).decode()


def test_who_is_put_out_hears_nothing_of_what_is_said_after(lin: Person, wang: Person) -> None:
    community = make_community(lin, wang)
    channel = open_channel(community, name="报价组", kind=Channel.Kind.PRIVATE, by=lin, people=[wang])
    key = session(wang)

    def put_out_and_talk() -> None:
        put_out(channel, [wang.pk])
        post(channel, body="他走了再说", by=lin)

    async def story() -> None:
        hub = Hub()
        listener = Listener(hub, key, f"topic=channel-{channel.pk}")
        await listener.until(lambda item: item.status == 200)
        await sync_to_async(post)(channel, body="大家都在", by=lin)
        await listener.until(lambda item: "大家都在" in text_of(item))
        await sync_to_async(put_out_and_talk)()
        import asyncio

        await asyncio.wait_for(listener.task, 10)
        assert "他走了再说" not in text_of(listener)
        again = Listener(hub, key, f"topic=channel-{channel.pk}")
        await again.until(lambda item: item.status == 200)
        assert ("channel", channel.pk) not in hub.streams
        await again.leave()

    run(story)


def test_a_whisper_is_heard_now_and_never_again(lin: Person, wang: Person) -> None:
    channel = open_channel(make_community(lin, wang), name="日常", by=lin)
    key = session(wang)
    said: dict[str, Any] = {"by": lin.pk, "name": lin.name}

    async def story() -> None:
        hub = Hub()
        listener = Listener(hub, key, f"topic=channel-{channel.pk}")
        await listener.until(lambda item: item.status == 200)
        await sync_to_async(broadcast_ephemeral)(("channel", channel.pk), "typing", said)
        await listener.until(lambda item: '"event":"typing"' in text_of(item))
        await listener.leave()
        back = Listener(hub, key, f"topic=channel-{channel.pk}&since=0")
        await back.until(lambda item: item.status == 200)
        assert "typing" not in text_of(back)
        await back.leave()

    run(story)
