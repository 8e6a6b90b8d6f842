"""Live events of conversations, and followers of facts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import F

from zhiliu.activity.consumers import LogEntry, followers
from zhiliu.communities.facts import CommunityStarted, MemberLeft, MembersLeft
from zhiliu.communities.models import Community
from zhiliu.directory.facts import PeopleLeft, PersonLeft
from zhiliu.live.topics import Event, Topic, always, drawers, gates, sources, touching

from . import facts
from .hooks.outgoing import note_for_hooks, note_news, tell_hook
from .mentions import ids_mentioned
from .message_range import messages_by_key
from .models import Channel, ChannelMembership, Mention, Message
from .opening import open_first_channels, put_out
from .queries import channels_heard, partners_heard
from .read_state import uncount
from .references import follow_original
from .rendering import as_json
from .speaking_turn import free_floors_of
from .unsent import forget_unsent_of


@sources.register(key="conversations")
def channel_events(entry: LogEntry) -> Iterable[Event]:
    """Return events: the message for open pages of the channel, and an unread mark for everybody it is for."""
    fact = entry.fact
    if isinstance(fact, facts.MessagesImported):
        # Only the last one: open pages notice that they missed the others and fetch them.
        last = {"id": fact.message_ids[-1], "changed": fact.changed, "root": None}
        return [Event(("channel", fact.channel_id), "message", last)]
    if isinstance(fact, facts.FloorChanged):
        return [Event(("channel", fact.channel_id), "floor")]
    if not isinstance(fact, facts.OfMessage):
        return []
    content = {"id": fact.message_id, "changed": fact.changed, "root": fact.root_id}
    events = [Event(("channel", fact.channel_id), "message", content)]
    if isinstance(fact, facts.MessagePosted) and fact.root_id is None:
        marked = {"channel": fact.channel_id, "community": fact.community_id, "by": fact.by_id}
        events.append(Event(("mark", fact.channel_id), "mark", marked))
    return events


@drawers.register(key="channel")
def draw_messages(events: Sequence[Event], language: str) -> Sequence[dict[str, Any]]:
    """Render the messages of events, so that clients need not fetch them one by one."""
    # Not every event of a channel is about a message.
    keys = [event.data["id"] for event in events if "id" in event.data]
    drawn = {entry["id"]: entry for entry in as_json(messages_by_key(keys))}
    # ``changed`` stays that of the fact, because clients count by it.
    return [_drawn(event, drawn) for event in events]


def _drawn(event: Event, rendered: dict[int, dict[str, Any]]) -> dict[str, Any]:
    if "id" not in event.data:
        return {}
    return {**rendered.get(event.data["id"], {}), "changed": event.data["changed"]}


gates.register(lambda person, key: Channel.objects.visible_to(person).filter(pk=key).exists(), key="channel")


@always.register(key="conversations")
def marks_heard(person: Any) -> Iterable[Topic]:
    """Return the topics of unread marks of all the person's channels, for every page."""
    return [("mark", key) for key in channels_heard(person)]


@always.register(key="conversations.presence")
def presence_heard(person: Any) -> Iterable[Topic]:
    """Return the topics of presence of direct message partners, shown in the navigation of every page."""
    return [("here", key) for key in partners_heard(person)]


touching.register(lambda fact: fact.person_ids, key=facts.MembersChanged.name)


@followers.register(key="conversations")
def keep_channels_in_step(entries: Sequence[LogEntry]) -> None:
    """Open first channels of new communities, remove leavers from channels, and count mentions."""
    for entry in entries:
        fact = entry.fact
        if isinstance(fact, CommunityStarted):
            for community in Community.objects.without_tree_fields().filter(pk=fact.community_id or 0):
                open_first_channels(community)
        elif isinstance(fact, MemberLeft):
            _put_out_of(fact.community_id, [fact.person_id])
        elif isinstance(fact, MembersLeft):
            _put_out_of(fact.community_id, fact.person_ids)
        elif isinstance(fact, facts.OfMessage):
            _count_message(fact)
        elif isinstance(fact, PersonLeft):
            _forget_leavers([fact.person_id])
        elif isinstance(fact, PeopleLeft):
            _forget_leavers(fact.person_ids)


def _forget_leavers(person_ids: Iterable[int]) -> None:
    """End what leavers held open: their speaking turns, and what they did not send."""
    ids = list(person_ids)
    free_floors_of(ids)
    forget_unsent_of(ids)


@followers.register(key="conversations.hooks")
def tell_hooks(entries: Sequence[LogEntry]) -> None:
    """Store deliveries of messages and news to outgoing hooks, and enqueue a job for each."""
    for entry in entries:
        if entry.fact is None:
            continue
        if isinstance(entry.fact, facts.OfMessage):
            noted = note_for_hooks(entry.position, entry.fact)
        else:
            noted = note_news(entry.position, entry.fact)
        for key in noted:
            tell_hook.enqueue(key)


def _count_message(fact: facts.OfMessage) -> None:
    if isinstance(fact, facts.MessagePosted | facts.MessageEdited | facts.MessagePutBack):
        _count_calls(fact.message_id)
    elif isinstance(fact, facts.MessageWithdrawn):
        uncount(fact.message_id)
    if isinstance(fact, facts.MessageEdited | facts.MessageWithdrawn | facts.MessagePutBack):
        follow_original(fact.message_id)


def _put_out_of(community_id: int | None, person_ids: Iterable[int]) -> None:
    """Remove leavers of a community from its channels; their messages stay."""
    ids = list(person_ids)
    for channel in Channel.objects.filter(community=community_id or 0, memberships__person__in=ids).distinct():
        put_out(channel, ids)


def _count_calls(message_id: int) -> None:
    """Store the mentions of a message. Idempotent: a mention is one row, and only new rows are counted."""
    message = Message.objects.filter(pk=message_id).select_related("channel__community").first()
    if message is None or not message.called or message.withdrawn_at is not None:
        return
    existing = set(Mention.objects.filter(message=message).values_list("person_id", flat=True))
    new = ids_mentioned(message) - existing
    Mention.objects.bulk_create(
        [Mention(message=message, person_id=key) for key in new], ignore_conflicts=True, batch_size=500
    )
    if new and message.root_id is None:
        _bump(message, new)


def _bump(message: Message, new: set[int]) -> None:
    """Increment the mention counters of people who have not read that far. A mention creates missing memberships."""
    inside = set(
        ChannelMembership.objects.filter(channel=message.channel_id, person__in=new).values_list("person_id", flat=True)
    )
    before = message.number - 1
    ChannelMembership.objects.bulk_create(
        [ChannelMembership(channel_id=message.channel_id, person_id=key, read_number=before) for key in new - inside],
        ignore_conflicts=True,
        batch_size=500,
    )
    late = ChannelMembership.objects.filter(channel=message.channel_id, person__in=new, read_number__lt=message.number)
    late.update(calls=F("calls") + 1)
