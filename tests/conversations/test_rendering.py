"""A message that is words and nothing else is drawn without its template, and looks the same."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Callable

import pytest

from zhiliu.communities.models import Community
from zhiliu.conversations.models import Message
from zhiliu.conversations.opening import open_channel
from zhiliu.conversations.posting import edit, post, withdraw_message
from zhiliu.conversations.reacting import pin, react
from zhiliu.conversations.rendering import ShownMessage, draw, plain_words, with_all, with_template
from zhiliu.conversations.voting import start_poll
from zhiliu.directory.models import Department, Person
from zhiliu.files.storing import upload

HOUR = dt.timedelta(hours=1)


def tight(html: str) -> str:
    """Without what browsers make nothing of here: the space between elements."""
    return re.sub(r">\s+<", "><", html)


def test_both_ways_draw_the_same(community: Community, lin: Person) -> None:
    channel = open_channel(community, name="日常", by=lin)
    post(channel, body="今天**先**把库温记下来 <b>", by=lin, client_id="a-1")
    shown = ShownMessage(with_all(Message.objects).get())
    assert shown.is_plain
    assert tight(plain_words(shown)) == tight(with_template(shown))
    assert draw([shown.message]) == [plain_words(shown)]


def test_every_message_is_one_element_that_opens_and_closes(community: Community, lin: Person) -> None:
    channel = open_channel(community, name="日常", by=lin)
    said = [post(channel, body="第一句", by=lin), post(channel, body="第二句", by=lin)]
    Message.objects.filter(pk=said[1].pk).update(pinned_at=said[1].at, edited_at=said[1].at)
    for html in draw(with_all(Message.objects).order_by("pk")):
        assert html.startswith("<article ") and html.endswith("</article>")
        assert [html.count(f"<{tag}") - html.count(f"</{tag}>") for tag in ("article", "header", "div")] == [0, 0, 0]


@pytest.mark.parametrize("more", ["pinned", "edited", "withdrawn", "reacted", "replied", "poll", "file", "no words"])
def test_a_message_that_is_more_than_words_is_drawn_with_all_it_is(
    community: Community, lin: Person, more: str
) -> None:
    channel = open_channel(community, name="日常", by=lin)
    files = [upload(io.BytesIO(b"x"), name="a.txt", by=lin)] if more in ("file", "no words") else []
    message = post(channel, body="" if more == "no words" else "早", by=lin, uploads=files)
    assert isinstance(message, Message)
    acts: dict[str, Callable[[], object]] = {
        "pinned": lambda: pin(message, by=lin),
        "edited": lambda: edit(message, body="早上好", by=lin),
        "withdrawn": lambda: withdraw_message(message, by=lin),
        "reacted": lambda: react(message, "useful", by=lin),
        "replied": lambda: post(channel, body="早", by=lin, root=message),
        "poll": lambda: start_poll(channel, question="几点", options=["三点", "四点"], lasts=HOUR, by=lin),
    }
    acts.get(more, lambda: None)()
    shown = ShownMessage(with_all(Message.objects.filter(root=None)).latest("pk"))
    assert not shown.is_plain
    assert draw([shown.message]) == [with_template(shown)]


@pytest.mark.parametrize(
    ("days", "about"),
    [
        (-1, "售后"),
        (0, "New, less than a month"),
        (29, "New, less than a month"),
        (30, "Here for 1 month"),
        (179, "Here for 5 months"),
        (180, "售后"),
        (None, "售后"),
    ],
)
def test_newcomers_are_shown_with_the_time_they_have_been_here_and_others_with_their_department(
    community: Community, lin: Person, days: int | None, about: str
) -> None:
    message = post(open_channel(community, name="日常", by=lin), body="早", by=lin)
    assert isinstance(message, Message)
    hired_on = None if days is None else message.at.date() - dt.timedelta(days=days)
    Person.objects.filter(pk=lin.pk).update(hired_on=hired_on, department=Department.objects.create(name="售后"))
    assert f"{about}<" in draw(with_all(Message.objects))[0]


def test_a_message_is_drawn_anew_when_its_author_is_called_differently_or_leaves(
    community: Community, lin: Person, wang: Person
) -> None:
    message = post(open_channel(community, name="日常", by=lin), body="早", by=wang)
    drawn = [draw(with_all(Message.objects))[0]]
    for values in ({"name": "王帆"}, {"is_active": False}):
        Person.objects.filter(pk=wang.pk).update(**values)
        drawn.append(draw(with_all(Message.objects))[0])
    Message.objects.filter(pk=message.pk).update(by=None)
    drawn.append(draw(with_all(Message.objects))[0])
    assert [("王一帆" in html, "王帆" in html) for html in drawn] == [
        (True, False),
        (False, True),
        (False, True),
        (False, False),
    ]
    assert drawn[1] != drawn[2] and "早" in drawn[3]


def test_a_message_says_where_it_belongs_and_what_its_device_called_it(community: Community, lin: Person) -> None:
    channel = open_channel(community, name="日常", by=lin)
    root = post(channel, body="早", by=lin, client_id="a<1")
    assert isinstance(root, Message)
    reply = post(channel, body="早", by=lin, root=root)
    pin(root, by=lin)
    first, second = draw(with_all(Message.objects).order_by("pk"))
    assert 'data-client="a&lt;1" data-pinned' in first and "data-root" not in first
    assert f'data-root="{root.pk}"' in second and "data-client" not in second and "data-pinned" not in second
    assert f'data-id="{reply.pk}"' in second
