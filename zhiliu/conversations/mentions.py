"""Mentions in a message: @name, @role of the community, @everybody. Found in its text and marked in its HTML."""

from __future__ import annotations

import html as markup
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import pgettext

from zhiliu.communities.models import Membership
from zhiliu.communities.role_permissions import Role
from zhiliu.directory.models import Person
from zhiliu.directory.reach import visible_people

from .models import Channel, ChannelMembership, Message

LANGUAGES = ("zh-hans", "en")
# A name is not followed by a letter or digit, so that "@王一" is not found in "@王一帆". Latin names may be two words.
_NAME = re.compile(r"@([\w·.-]{1,40})(?: ([A-Z][\w.-]{0,40}))?")
MOST_NAMED = 50


@dataclass
class Mentioned:
    """What a text mentions.

    Args:
        people: by name. everybody: the whole channel. roles: keys of roles of the community.
    """

    people: dict[str, Person] = field(default_factory=dict)
    everybody: bool = False
    roles: set[str] = field(default_factory=set)

    def as_json(self) -> dict[str, Any]:
        """Return the JSON stored with a message; empty for most."""
        values: dict[str, Any] = {}
        if self.people:
            values["people"] = sorted({person.pk for person in self.people.values()})
        if self.everybody:
            values["everybody"] = True
        if self.roles:
            values["roles"] = sorted(self.roles)
        return values


@cache
def everybody_words() -> frozenset[str]:
    """Return the words that mention the whole channel, in every language."""
    words = {"channel", "all"}
    for language in LANGUAGES:
        with translation.override(language):
            words.add(pgettext("after @, calls the whole channel", "everybody"))
    return frozenset(words)


@cache
def role_words() -> dict[str, str]:
    """Return role keys by the words that mention them, in every language."""
    roles: dict[str, str] = {}
    for language in LANGUAGES:
        with translation.override(language):
            roles.update({str(role.label): role.value for role in Role if role != Role.MEMBER})
    return roles


def find_mentioned(body: str, channel: Channel, *, by: Person, mentioned_ids: Collection[int] = ()) -> Mentioned:
    """Find the mentions in ``body``.

    Args:
        mentioned_ids: people chosen from the completion. Others must be written with their whole name, which must be
            unique among the people ``by`` can see.
    """
    mentioned = Mentioned()
    # Chinese keyboards produce the full-width sign.
    body = body.replace("＠", "@")
    if "@" not in body:
        return mentioned
    words = _words(body)
    mentioned.everybody = any(_begins(words, word) for word in everybody_words())
    if channel.community_id:
        mentioned.roles = {role for word, role in role_words().items() if f"@{word}" in body}
    mentioned.people = _people(body, words, channel, by, mentioned_ids)
    return mentioned


def _words(body: str) -> list[str]:
    """Return possible names after an @, each once, in the order of the text."""
    names: dict[str, None] = {}
    for at in _NAME.finditer(body):
        names[at[1].rstrip(".-")] = None
        if at[2]:
            names[f"{at[1]} {at[2]}"] = None
    return list(names)


def _begins(words: Iterable[str], start: str) -> bool:
    """Return whether a word starts with ``start``.

    Chinese has no spaces, so text may follow "@所有人" directly. Latin words must match entirely.
    """
    return any(word == start or (not start.isascii() and word.startswith(start)) for word in words)


def _people(
    body: str, words: Sequence[str], channel: Channel, by: Person, mentioned_ids: Collection[int]
) -> dict[str, Person]:
    by_name: dict[str, Person] = {}
    people = visible_people(by).filter(pk__in=list(mentioned_ids)[:MOST_NAMED]) if mentioned_ids else ()
    for person in people:
        if f"@{person.name}" in body:
            by_name[person.name] = person
    # Take the first names of the text, so that the limit is deterministic.
    rest = [word for word in words if not any(word.startswith(name) for name in by_name)][:MOST_NAMED]
    for person in visible_people(by).filter(name__in=rest) if rest else ():
        if person.name in by_name:
            # If two people have the name, mention nobody rather than the wrong one.
            by_name.pop(person.name)
        else:
            by_name[person.name] = person
    return by_name


_TAGS = re.compile(r"(<[^>]*>)")


def own_words(html: str) -> str:
    """Return the text of ``html`` without links, code and quotations."""
    return "\n".join(markup.unescape(part) for part in _outside_code(html) if isinstance(part, str))


def mark_mentioned(html: str, called: Mentioned) -> str:
    """Return ``html`` with marked mentions, except in links, code and quotations."""
    links = {name: person.get_absolute_url() for name, person in called.people.items()}
    plain = [word for word in everybody_words() if called.everybody]
    plain += [word for word, role in role_words().items() if role in called.roles]
    if not links and not plain:
        return html
    names = sorted([*links, *plain], key=len, reverse=True)
    pattern = re.compile("[@＠](" + "|".join(re.escape(markup.escape(name)) for name in names) + ")")
    return "".join(_marked(part, pattern, links) for part in _outside_code(html))


def _outside_code(html: str) -> Iterable[str | tuple[str]]:
    """Yield parts of ``html``: tags and text in links, code and quotations as 1-tuples, other text as strings."""
    depth = 0
    for part in _TAGS.split(html):
        if part.startswith("<"):
            if re.match(r"<(a|code|pre|blockquote)\b", part):
                depth += 1
            elif re.match(r"</(a|code|pre|blockquote)>", part):
                depth -= 1
            yield (part,)
        else:
            yield (part,) if depth else part


def _marked(part: str | tuple[str], pattern: re.Pattern[str], links: dict[str, str]) -> str:
    if isinstance(part, tuple):
        return part[0]

    def mark(match: re.Match[str]) -> str:
        url = links.get(markup.unescape(match[1]))
        if url is None:
            return f'<b class="mention">{match[0]}</b>'
        return f'<a class="mention" href="{markup.escape(url)}">{match[0]}</a>'

    return pattern.sub(mark, part)


# ---- recipients ------------------------------------------------------------------------------------------------------


def mentioned_people(channel: Channel) -> QuerySet[Person]:
    """Return the audience of a channel: the members of its community, or its participants."""
    ids: QuerySet[Any, Any]
    if channel.kind == Channel.Kind.PUBLIC:
        ids = Membership.objects.filter(community=channel.community_id).values("person_id")
    else:
        ids = ChannelMembership.objects.filter(channel=channel).values("person_id")
    return Person.objects.active().filter(pk__in=ids)


def ids_mentioned(message: Message) -> set[int]:
    """Return the ids of people a message mentions who may read it, without its author."""
    called, channel = message.called, message.channel
    ids: set[int] = set()
    if called.get("people"):
        ids |= _readers_among(called["people"], channel)
    if called.get("roles"):
        rows = Membership.objects.filter(community=channel.community_id, role__in=called["roles"])
        ids |= _readers_among(rows.values_list("person_id", flat=True), channel)
    if called.get("everybody"):
        ids |= set(mentioned_people(channel).values_list("pk", flat=True))
    return ids - {message.by_id or 0}


def _readers_among(ids: Iterable[int], channel: Channel) -> set[int]:
    """Return those of the people who can see the channel."""
    from .rules import can_see

    people: Sequence[Person] = list(Person.objects.active().filter(pk__in=list(ids)))
    if channel.kind != Channel.Kind.PUBLIC:
        among = ChannelMembership.objects.filter(channel=channel, person__in=people)
        return set(among.values_list("person_id", flat=True))
    return {person.pk for person in people if can_see(person, channel)}
