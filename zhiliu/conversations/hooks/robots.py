"""Robots of group chats: WeCom, DingTalk, Feishu, Slack and Slack-compatible ones.

The format, signature, size limit, rate limit and error response (with HTTP 200) of each:

- WeCom: ``developer.work.weixin.qq.com/document/path/91770``; Markdown, at most 4,096 bytes, 20 a minute, ``errcode``.
- DingTalk: ``open.dingtalk.com/document/robots/custom-robot-access``; Markdown, 20 a minute (more: silence for ten
  minutes), ``timestamp`` (ms) and ``sign`` in the address, ``errcode``.
- Feishu: ``open.feishu.cn/document/client-docs/bot-v3/add-custom-bot``; a card of at most 20 KB, 100 a minute and 5 a
  second, ``timestamp`` (s) and ``sign`` in the body, ``code``.
- Slack: ``api.slack.com/messaging/webhooks``; ``text``, one a second; anything but 2xx is an error.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

from ..models import OutgoingHook
from .sending import NotTakenError

CUT = "…"


@dataclass(frozen=True)
class RobotRequest:
    """A request: the address with its query, and the body."""

    url: str
    body: bytes


@dataclass(frozen=True)
class Robot:
    """The protocol of a type of robot.

    Args:
        most_bytes: of text in one message. pace: seconds between two messages.
        make: (title, text) -> body. sign: (address, body, secret, moment in seconds) -> both, signed.
        link: (words, address) -> a link. bare: escapes text of other people, so that it mentions nobody there.
        said_no: the error in an answer, or "".
    """

    most_bytes: int
    pace: float
    make: Callable[[str, str], dict[str, Any]]
    sign: Callable[[str, dict[str, Any], str, float], tuple[str, dict[str, Any]]]
    link: Callable[[str, str], str]
    bare: Callable[[str], str]
    said_no: Callable[[Any], str]

    def request(self, hook: OutgoingHook, title: str, text: str, moment: float) -> RobotRequest:
        """Return the request for a message."""
        url, body = hook.url, self.make(title, self.cut(text))
        if hook.robot_secret:
            url, body = self.sign(url, body, hook.robot_secret, moment)
        return RobotRequest(url, json.dumps(body, ensure_ascii=False).encode())

    def cut(self, text: str) -> str:
        """Truncate a text to the size limit."""
        raw = text.encode()
        if len(raw) <= self.most_bytes:
            return text
        return raw[: self.most_bytes - len(CUT.encode())].decode(errors="ignore") + CUT

    def check(self, answer: bytes) -> None:
        """Check that the message was accepted: robots report errors with HTTP 200.

        Raises:
            NotTakenError: it was not, with the robot's message.
        """
        try:
            found = json.loads(answer)
        except ValueError:
            found = None
        if why := self.said_no(found):
            raise NotTakenError(why)


def _markdown_link(words: str, address: str) -> str:
    return f"[{words.replace('[', '(').replace(']', ')')}]({address})"


def _slack_link(words: str, address: str) -> str:
    return f"<{address}|{words.replace('|', '/')}>"


def _no_tags(text: str) -> str:
    # <@all>, <at id=all> and <font> would be markup there; here they are text that someone typed.
    return text.replace("<", "＜")


def _slack_escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _as_given(url: str, body: dict[str, Any], secret: str, moment: float) -> tuple[str, dict[str, Any]]:
    return url, body


def sign_dingtalk(url: str, body: dict[str, Any], secret: str, moment: float) -> tuple[str, dict[str, Any]]:
    """Add time in milliseconds and signature to the query: HMAC-SHA256 with the secret over "moment\\nsecret"."""
    stamp = str(round(moment * 1000))
    digest = hmac.new(secret.encode(), f"{stamp}\n{secret}".encode(), hashlib.sha256).digest()
    query = urlencode({"timestamp": stamp, "sign": base64.b64encode(digest).decode()})
    parts = urlsplit(url)
    return urlunsplit(parts._replace(query=f"{parts.query}&{query}" if parts.query else query)), body


def sign_feishu(url: str, body: dict[str, Any], secret: str, moment: float) -> tuple[str, dict[str, Any]]:
    """Add time in seconds and signature to the body: HMAC-SHA256 with "moment\\nsecret" as the key, over nothing."""
    stamp = str(int(moment))
    digest = hmac.new(f"{stamp}\n{secret}".encode(), b"", hashlib.sha256).digest()
    return url, {"timestamp": stamp, "sign": base64.b64encode(digest).decode(), **body}


def _errcode(answer: Any) -> str:
    if not isinstance(answer, dict) or "errcode" not in answer:
        return "no errcode in the answer"
    return "" if answer["errcode"] == 0 else f"{answer['errcode']}: {answer.get('errmsg', '')}"


def _code(answer: Any) -> str:
    if not isinstance(answer, dict):
        return "no code in the answer"
    code = answer.get("code", answer.get("StatusCode"))
    return "" if code == 0 else f"{code}: {answer.get('msg') or answer.get('StatusMessage') or ''}"


def _feishu_card(title: str, text: str) -> dict[str, Any]:
    card = {
        "config": {"wide_screen_mode": True},
        "header": {"title": {"tag": "plain_text", "content": title}},
        "elements": [{"tag": "markdown", "content": text}],
    }
    return {"msg_type": "interactive", "card": card}


ROBOTS: dict[str, Robot] = {
    OutgoingHook.Kind.WECOM: Robot(
        most_bytes=4096,
        pace=3.2,
        make=lambda title, text: {"msgtype": "markdown", "markdown": {"content": text}},
        sign=_as_given,
        link=_markdown_link,
        bare=_no_tags,
        said_no=_errcode,
    ),
    OutgoingHook.Kind.DINGTALK: Robot(
        most_bytes=18_000,
        pace=3.2,
        make=lambda title, text: {"msgtype": "markdown", "markdown": {"title": title, "text": text}},
        sign=sign_dingtalk,
        link=_markdown_link,
        bare=_no_tags,
        said_no=_errcode,
    ),
    OutgoingHook.Kind.FEISHU: Robot(
        most_bytes=16_000,
        pace=0.7,
        make=_feishu_card,
        sign=sign_feishu,
        link=_markdown_link,
        bare=_no_tags,
        said_no=_code,
    ),
    OutgoingHook.Kind.SLACK: Robot(
        most_bytes=30_000,
        pace=1.1,
        make=lambda title, text: {"text": text},
        sign=_as_given,
        link=_slack_link,
        bare=_slack_escaped,
        said_no=lambda answer: "",
    ),
}
