"""A message that is words and nothing else is drawn without its template, and looks the same."""

from __future__ import annotations

import re

from zhiliu.communities.models import Community
from zhiliu.conversations.models import Message
from zhiliu.conversations.opening import open_channel
from zhiliu.conversations.posting import post
from zhiliu.conversations.rendering import ShownMessage, draw, plain_words, with_all, with_template
from zhiliu.directory.models import Person


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
