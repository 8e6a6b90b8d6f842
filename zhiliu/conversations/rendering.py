"""Render messages as HTML that is the same for all readers: rendered once, cached, and sent to all clients.

What depends on the reader ("mine", "unread", the tools) is added by the page.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from django.template.loader import get_template
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, ngettext, pgettext

from zhiliu.kit.templatetags.ui import clock
from zhiliu.kit.text.markdown import render
from zhiliu.kit.web.fragments import fragments

from .last_words import files_on_one_line, one_line
from .models import Attachment, Message
from .reacting import reaction_label, sorted_reactions
from .references import LOADED, is_forward, leaves_circle

_PICTURE, _AUTHOR = "conversations/_author_picture.html", "conversations/_author.html"
NEW_FOR_DAYS = 180
DAYS_A_MONTH = 30


def draw(messages: Iterable[Message]) -> list[str]:
    """Return the HTML of each message in the current language.

    Args:
        messages: with ``by`` and its ``department`` loaded, and ``attachments`` prefetched.
    """
    # The date is part of the cache key, because relative times change daily.
    circumstances = (get_language() or "", timezone.get_current_timezone_name(), timezone.localdate())
    return [_kept(message, circumstances) for message in messages]


def _kept(message: Message, circumstances: tuple[Any, ...]) -> str:
    by = message.by
    key = ("message", message.pk, message.changed, by.name if by else "", bool(by and by.is_active), *circumstances)
    text = fragments.get(key)
    if text is None:
        text = _drawn(ShownMessage(message))
        fragments.put(key, text)
    return text


def _drawn(message: ShownMessage) -> str:
    """Render a message. Most are only text and need no template."""
    return plain_words(message) if message.is_plain else with_template(message)


def with_template(message: ShownMessage) -> str:
    """Render any message by the template."""
    return get_template("conversations/_message.html").render({"message": message}).strip()


def plain_words(message: ShownMessage) -> str:
    """Return the template's output for a text-only message, in a fifth of the time (``bin/bench talk``)."""
    return (
        f'<article class="message" {message.attributes}>\n{message.picture}<div class="message-body">'
        f'<header>{message.author}{message.stamp}</header>\n<div class="text">{message.html}</div></div></article>'
    )


class ShownMessage:
    """A message as its template reads it."""

    def __init__(self, message: Message) -> None:
        self.message = message
        self.there = timezone.localtime(message.at)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.message, name)

    # Templates try item access first; a failing one costs more than the attribute.
    def __getitem__(self, name: str) -> Any:
        return getattr(self, name)

    @property
    def attributes(self) -> SafeString:
        """Data attributes for the page: positions, and time and day to group messages."""
        message = self.message
        # Only the client id, given by a device, needs escaping; the others are numbers and a date.
        data = (
            f'id="message-{message.pk}" data-id="{message.pk}" data-number="{message.number}" '
            f'data-changed="{message.changed}" data-by="{message.by_id or ""}" '
            f'data-moment="{int(message.at.timestamp())}" data-day="{self.there.date().isoformat()}"'
        )
        data += f' data-root="{message.root_id}"' if message.root_id else ""
        data += " data-calls-all" if message.called.get("everybody") and not message.root_id else ""
        data += f' data-client="{escape(message.client_id)}"' if message.client_id else ""
        return SafeString(data + (" data-pinned" if message.pinned_at else ""))

    @property
    def picture(self) -> SafeString:
        """The author's picture."""
        return self._of_author(_PICTURE)

    @property
    def author(self) -> SafeString:
        """The author's name and department."""
        return self._of_author(_AUTHOR)

    def _of_author(self, template: str) -> SafeString:
        """Return a fragment about the author, cached for all their messages."""
        by, about = self.message.by, self.about_author
        key = (template, by and by.pk, by and by.name, by and by.is_active, about, get_language())
        text = fragments.get(key)
        if text is None:
            text = get_template(template).render({"by": by, "about": about}).strip()
            fragments.put(key, text)
        return SafeString(text)

    @property
    def stamp(self) -> SafeString:
        """The time of day, as a link to the message."""
        return SafeString(f'<a class="stamp" href="{escape(self.message.get_absolute_url())}">{clock(self.there)}</a>')

    @property
    def is_plain(self) -> bool:
        """Whether it is only text."""
        message = self.message
        more = (
            message.withdrawn_at
            or message.pinned_at
            or message.edited_at
            or message.poll
            or message.reacted
            or message.reply_count
            or message.refers_to_id
        )
        return bool(message.html) and not (more or self.files)

    @cached_property
    def about_author(self) -> str:
        """The department, or for newcomers how long they have worked here."""
        by = self.message.by
        if by is None:
            return ""
        days = (self.message.at.date() - by.hired_on).days if by.hired_on else NEW_FOR_DAYS
        if 0 <= days < NEW_FOR_DAYS:
            months = days // DAYS_A_MONTH
            if not months:
                return pgettext("how long somebody has worked here", "New, less than a month")
            return ngettext("Here for %(n)s month", "Here for %(n)s months", months) % {"n": months}
        return str(by.department or "")

    @property
    def reactions(self) -> list[tuple[str, str, int]]:
        """(key, label, count) of the reactions, the most useful words first."""
        return [(what, reaction_label(what), count) for what, count in sorted_reactions(self.message.reacted)]

    @cached_property
    def reference(self) -> Reference | None:
        """What it quotes or forwards."""
        return Reference(self.message) if self.message.refers_to is not None else None

    @cached_property
    def poll(self) -> dict[str, Any] | None:
        """What is shown of the poll."""
        poll = self.message.poll
        return poll and {
            **poll,
            "closes": dt.datetime.fromisoformat(poll["closes"]),
            "most": poll["voted"] or 1,
        }

    @cached_property
    def files(self) -> list[Attachment]:
        """The attachments, as prefetched; none where a forwarded message was deleted."""
        reference = self.reference
        if reference is not None and reference.is_forward and reference.original.withdrawn_at is not None:
            return []
        return list(self.message.attachments.all())


class Reference:
    """The message another one quotes or forwards, as far as all readers of that one may know it."""

    def __init__(self, message: Message) -> None:
        if message.refers_to is None:
            raise ValueError(message.pk)
        self.original: Message = message.refers_to
        self.is_forward = is_forward(message)
        self.has_files = self.is_forward and bool(message.attachments.all())
        self._into = message

    @property
    def author(self) -> str:
        """The name of the author."""
        return self.original.by.name if self.original.by else gettext("Former colleague")

    @property
    def words(self) -> str:
        """The words of a quoted message on one line."""
        return one_line(self.original)

    @property
    def files(self) -> str:
        """The names of the files of the original."""
        return files_on_one_line(self.original)

    @cached_property
    def html(self) -> str:
        """The words of a forward as they were when it was sent: an edit made in private is told nobody else."""
        sent_at, edited_at = self._into.at, self.original.edited_at
        if edited_at is None or edited_at <= sent_at:
            return self.original.html
        then = next((edit.body for edit in self.original.edits.all() if edit.until > sent_at), self.original.body)
        return render(then, talk=True).html

    @property
    def url(self) -> str:
        """The address of the original; '' for a private place, of which nothing but the words is told."""
        origin, into = self.original.channel, self._into.channel
        is_told = not leaves_circle(origin, into)
        return self.original.get_absolute_url() if is_told or not self.is_forward else ""

    @property
    def where(self) -> str:
        """The sentence naming the origin."""
        return gettext("Forwarded from #%(channel)s") % {"channel": self.original.channel.name}


def with_all(messages: Any) -> Any:
    """Add everything :func:`draw` needs to a query set."""
    return messages.select_related("by__department", "channel").prefetch_related("attachments__upload__file", *LOADED)


def as_json(messages: Sequence[Message]) -> list[dict[str, Any]]:
    """Return messages as JSON for pages and streams."""
    return [
        {
            "id": message.pk,
            "number": message.number,
            "changed": message.changed,
            "root": message.root_id,
            "client": message.client_id,
            "html": html,
        }
        for message, html in zip(messages, draw(messages), strict=True)
    ]
