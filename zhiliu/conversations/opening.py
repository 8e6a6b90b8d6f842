"""Open, change and close channels; add and remove people."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from zhiliu.communities.models import Community
from zhiliu.communities.reach import reach
from zhiliu.communities.role_permissions import Permission
from zhiliu.directory.models import Person
from zhiliu.directory.reach import visible_people
from zhiliu.kit.contracts.audit import Change, Picture, change, picture, picture_of
from zhiliu.kit.contracts.facts import announce
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.errors import Forbidden, Refused

from .facts import ChannelChanged, ChannelOpened, MembersChanged
from .models import Channel, ChannelMembership
from .rules import belongs, can_keep, can_open_channel, can_put_out, can_see, is_alive, takes_part
from .unsent import forget_unsent_of

MOST_IN_TALK = 20
# Opened with every community: (name, purpose, place). Only these have such a place, so it identifies renamed ones.
FIRST_CHANNELS = (
    (_("Everyday"), _("Anything that comes up: short and friendly."), 10),
    # Not "Questions": that is the tab beside it.
    (_("Quick questions"), _("For quick answers. Ask under “Questions” if others should find it later."), 20),
)


def open_channel(
    community: Community,
    *,
    name: str,
    by: Person,
    purpose: str = "",
    kind: str = Channel.Kind.PUBLIC,
    posting: str = Channel.Posting.EVERYBODY,
    people: Iterable[Person] = (),
) -> Channel:
    """Open a channel of a community. An open channel of this name is refused, so a double click opens only one.

    Args:
        people: added to a private channel besides ``by``.

    Raises:
        Forbidden: not a member; or posting by stewards only, without managing the community.
        Refused: the name is taken.
    """
    require(can_open_channel, by, community)
    if posting == Channel.Posting.STEWARDS and not reach(by).may(Permission.EDIT_HOME, community.pk):
        raise Forbidden(_("Only the community’s managers can restrict who posts in a channel."))
    with transaction.atomic():
        _refuse_taken(community, name)
        channel = Channel.objects.create(
            community=community, name=name, purpose=purpose, kind=kind, posting=posting, by=by
        )
        fact = ChannelOpened(channel_id=channel.pk, community_id=community.pk, by_id=by.pk)
        announce(fact, change=change(Picture(), picture_of(channel)))
        let_in(channel, [by, *people], by=by)
    return channel


def _refuse_taken(community: Community, name: str, except_for: int = 0) -> None:
    # The row lock settles the race of two people who open the same channel.
    Community.objects.select_for_update().get(pk=community.pk)
    if Channel.objects.open().filter(community=community, name=name).exclude(pk=except_for).exists():
        raise Refused(_("A channel with this name already exists."), field="name")


def open_first_channels(community: Community) -> None:
    """Create the first channels of a community. Idempotent, even if they were renamed."""
    for name, purpose, place in FIRST_CHANNELS:
        existing = Channel.objects.filter(Q(place=place) | Q(name=str(name), closed_at=None), community=community)
        if not existing.exists():
            Channel.objects.create(
                community=community, name=str(name), purpose=str(purpose), place=place, by=community.by
            )


def change_channel(channel: Channel, *, by: Person, version: int, **fields: str) -> None:
    """Change name, purpose or posting rights.

    Raises:
        Forbidden: neither opened it nor moderates. Refused: the name is taken, or someone else changed it in the
            meantime.
    """
    require_keeper(channel, by)
    with transaction.atomic():
        if channel.community is not None and "name" in fields:
            _refuse_taken(channel.community, fields["name"], except_for=channel.pk)
        was = picture(Channel, channel.pk)
        if not Channel.objects.filter(pk=channel.pk, version=version).update(version=version + 1, **fields):
            raise Refused(_("Someone else changed this. Review it and try again."))
        fact = ChannelChanged(channel_id=channel.pk, community_id=channel.community_id, by_id=by.pk)
        announce(fact, change=change(was, picture(Channel, channel.pk)))
    channel.refresh_from_db()


def require_keeper(channel: Channel, person: Person) -> None:
    """Refuse unless the person may manage the channel: a member who opened it, or a moderator of the community."""
    if not keeps(person, channel):
        require(can_keep, person, channel)


def keeps(person: Person, channel: Channel) -> bool:
    """Return whether the person may manage the channel."""
    if channel.is_talk or not can_see(person, channel):
        return False
    is_opener = channel.by_id == person.pk and belongs(person, channel) and is_alive(person, channel)
    return is_opener or can_keep(person, channel)


def close_channel(channel: Channel, *, by: Person) -> None:
    """Close a channel, which stays readable. Idempotent."""
    require_keeper(channel, by)
    _set_closed(channel, by, closed=True)


def reopen_channel(channel: Channel, *, by: Person) -> None:
    """Reopen a closed channel. Idempotent.

    Raises:
        Refused: another channel has its name by now.
    """
    require_keeper(channel, by)
    if channel.community is not None and channel.closed_at is not None:
        with transaction.atomic():
            _refuse_taken(channel.community, channel.name, except_for=channel.pk)
    _set_closed(channel, by, closed=False)


def _set_closed(channel: Channel, by: Person, *, closed: bool) -> None:
    with transaction.atomic():
        rows = Channel.objects.filter(pk=channel.pk, closed_at__isnull=closed)
        if rows.update(closed_at=timezone.now() if closed else None):
            before, after = {"closed": not closed}, {"closed": closed}
            fact = ChannelChanged(channel_id=channel.pk, community_id=channel.community_id, by_id=by.pk)
            announce(fact, change=Change(channel.name, "conversations.channel", before, after))
    channel.refresh_from_db()


def let_in(channel: Channel, people: Collection[Person], *, by: Person) -> None:
    """Add people to a private channel; existing members are unchanged. New ones may read its history.

    Raises:
        Forbidden: not in it oneself. Refused: a direct message, or someone cannot see the community.
    """
    if channel.is_talk:
        # Its people are its key, and their messages were meant only for them.
        raise Refused(_("No one can be added to direct messages. Start a new one, or open a private channel."))
    if channel.by_id != by.pk and not takes_part(by, channel):
        raise Forbidden(_("Only participants can add people."))
    outside = [person.name for person in people if channel.community and not reach(person).sees(channel.community)]
    if outside:
        raise Refused(_("%(who)s can’t see this community.") % {"who": outside[0]}, field="people")
    with transaction.atomic():
        existing = set(ChannelMembership.objects.filter(channel=channel).values_list("person_id", flat=True))
        new = [person for person in people if person.pk not in existing]
        ChannelMembership.objects.bulk_create(
            [
                ChannelMembership(channel=channel, person=person, read_number=channel.last_number)
                for person in dict.fromkeys(new)
            ],
            ignore_conflicts=True,
        )
        if new:
            ids = tuple(sorted({person.pk for person in new}))
            announce(
                MembersChanged(channel_id=channel.pk, person_ids=ids, community_id=channel.community_id, by_id=by.pk)
            )
    _forget_memberships(new)


def leave_talk(channel: Channel, *, by: Person) -> None:
    """Leave a private channel. Idempotent.

    Raises:
        Refused: public channels and direct messages cannot be left, only muted or hidden.
    """
    if channel.kind != Channel.Kind.PRIVATE:
        raise Refused(_("You can’t leave this channel. Mute it instead."))
    put_out(channel, [by.pk])
    _forget_memberships([by])


def take_out(channel: Channel, person: Person, *, by: Person) -> None:
    """Remove someone from a private channel; they are notified. Idempotent.

    Raises:
        Forbidden: neither opened the channel nor moderates. Refused: oneself.
    """
    require(can_put_out, by, channel)
    if person.pk == by.pk:
        raise Refused(_("To remove yourself, leave the channel."))
    put_out(channel, [person.pk], by=by)
    _forget_memberships([person])


def put_out(channel: Channel, person_ids: Iterable[int], *, by: Person | None = None) -> None:
    """Remove people from a channel; their open streams of it end. The caller has checked permissions.

    Args:
        by: who removes others; None if it follows from something else.
    """
    ids = sorted(set(person_ids))
    with transaction.atomic():
        memberships = ChannelMembership.objects.filter(channel=channel, person__in=ids)
        ids = sorted(memberships.values_list("person_id", flat=True))
        memberships.delete()
        forget_unsent_of(ids, channel)
        if ids:
            announce(
                MembersChanged(
                    channel_id=channel.pk,
                    person_ids=tuple(ids),
                    left=True,
                    community_id=channel.community_id,
                    by_id=by.pk if by else None,
                )
            )


def _forget_memberships(people: Iterable[Person]) -> None:
    for person in people:
        if hasattr(person, "_memberships"):
            del person._memberships


def open_talk(people: Sequence[Person], *, by: Person) -> Channel:
    """Return the direct message of ``by`` with these people, created if needed.

    Raises:
        Refused: too many people, or someone ``by`` cannot see.
    """
    everyone = sorted({person.pk for person in [*people, by]})
    if len(everyone) > MOST_IN_TALK:
        raise Refused(
            _("Direct messages can include at most %(most)s people. For more, open a private channel.")
            % {"most": MOST_IN_TALK},
            field="people",
        )
    if visible_people(by).filter(pk__in=everyone).count() != len(everyone):
        raise Refused(_("Choose people you can see."), field="people")
    key = "-".join(str(number) for number in everyone)
    with transaction.atomic():
        # The unique key settles the race of two people who message each other at once.
        channel, is_new = Channel.objects.get_or_create(people_key=key, defaults={"kind": Channel.Kind.TALK, "by": by})
        if is_new:
            ChannelMembership.objects.bulk_create(
                [
                    ChannelMembership(
                        channel=channel, person_id=number, involvement=ChannelMembership.Involvement.EVERYTHING
                    )
                    for number in everyone
                ]
            )
            announce(MembersChanged(channel_id=channel.pk, person_ids=tuple(everyone), by_id=by.pk))
        ChannelMembership.objects.filter(channel=channel, person=by).update(hidden_at=None)
    _forget_memberships([by])
    return channel
