"""Models of conversations."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import pgettext_lazy

from zhiliu.communities.models import Community, Membership
from zhiliu.communities.reach import reach
from zhiliu.directory.models import Person
from zhiliu.files.models import Upload
from zhiliu.kit.web.addresses import address

from .hooks.models import CommandCall, CommandHook, HookDelivery, IncomingHook, OutgoingHook

__all__ = ["CommandCall", "CommandHook", "HookDelivery", "IncomingHook", "OutgoingHook"]


class ChannelQuerySet(models.QuerySet["Channel"]):
    """Queries about channels."""

    def visible_to(self, person: Person) -> ChannelQuerySet:
        """Return public ones in the person's reach and those they take part in; twin of ``rules.can_see``."""
        inside = reach(person).community_q("community")
        mine = Q(pk__in=ChannelMembership.objects.filter(person_id=person.pk).values("channel_id"))
        private = Q(kind=Channel.Kind.PRIVATE) & inside
        return self.filter(Q(kind=Channel.Kind.PUBLIC) & inside | mine & (Q(kind=Channel.Kind.TALK) | private))

    def open(self) -> ChannelQuerySet:
        """Return those that are not closed."""
        return self.filter(closed_at=None)


class Channel(models.Model):
    """A place to chat, of a community or of a few people (a direct message)."""

    class Kind(models.TextChoices):
        PUBLIC = "public", pgettext_lazy("channel", "Public")
        PRIVATE = "private", pgettext_lazy("channel", "Private")
        TALK = "talk", pgettext_lazy("channel", "Direct message")

    class Posting(models.TextChoices):
        EVERYBODY = "everybody", pgettext_lazy("who posts", "All members")
        STEWARDS = "stewards", pgettext_lazy("who posts", "Managers only; others reply in threads")

    community = models.ForeignKey(Community, models.CASCADE, null=True, related_name="channels")
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.PUBLIC)
    name = models.CharField(max_length=40, blank=True, help_text="Empty for a talk that is called after its people.")
    purpose = models.CharField(max_length=200, blank=True)
    posting = models.CharField(max_length=10, choices=Posting.choices, default=Posting.EVERYBODY)
    place = models.PositiveSmallIntegerField(default=50, help_text="Order in lists.")
    people_key = models.CharField(
        max_length=400, null=True, unique=True, help_text="Ids of a talk's people, so that it is found again."
    )
    last_number = models.BigIntegerField(default=0)
    last_change = models.BigIntegerField(default=0)
    last_at = models.DateTimeField(null=True)
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True)
    floor = models.JSONField(
        null=True, help_text="While only some write: their ids, and the message under which others talk along."
    )
    version = models.PositiveIntegerField(default=1)

    objects: Any = ChannelQuerySet.as_manager()

    class Meta:
        ordering = ["place", "name", "pk"]
        constraints = [
            models.UniqueConstraint(
                "community", "name", condition=Q(closed_at=None) & ~Q(kind="talk"), name="channel_name_once"
            ),
            models.CheckConstraint(
                condition=Q(kind="talk", community=None) | ~Q(kind="talk") & Q(community__isnull=False),
                name="channel_in_community_or_talk",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return its page."""
        return address("conversations:channel", self.pk)

    @property
    def is_talk(self) -> bool:
        """Whether it is a direct message."""
        return self.kind == self.Kind.TALK

    def has_floor(self, person_id: int) -> bool:
        """Return whether the person may post during the speaking turn."""
        return self.floor is not None and person_id in self.floor["people"]

    @property
    def icon(self) -> str:
        """The icon before its name."""
        if self.is_talk:
            return "message-circle"
        return "hash" if self.kind == self.Kind.PUBLIC else "lock"


class ChannelMembership(models.Model):
    """A person's membership of a channel: read state and notification level.

    It gives access to private channels and direct messages. In public channels it is created at the first visit.
    """

    # The same levels as for a whole community.
    Involvement = Membership.Involvement

    channel = models.ForeignKey(Channel, models.CASCADE, related_name="memberships")
    person = models.ForeignKey(Person, models.CASCADE, related_name="channel_memberships")
    read_number = models.BigIntegerField(default=0)
    seen_number = models.BigIntegerField(
        default=0, help_text="How far they had read before they marked messages as unread: authors still see that."
    )
    calls = models.PositiveIntegerField(default=0, help_text="Unread messages that call the person.")
    involvement = models.CharField(max_length=10, choices=Involvement.choices, default=Involvement.MENTIONS)
    hidden_at = models.DateTimeField(null=True, help_text="A talk put away; it comes back with the next message.")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint("channel", "person", name="channel_membership_once")]

    def __str__(self) -> str:
        return f"{self.person} in {self.channel}"


class Message(models.Model):
    """A message in a channel, or in the thread under another message (``root``)."""

    channel = models.ForeignKey(Channel, models.CASCADE, related_name="messages")
    root = models.ForeignKey("self", models.CASCADE, null=True, related_name="replies")
    number = models.BigIntegerField(help_text="Its place in the channel, or in the thread.")
    changed = models.BigIntegerField(help_text="Its last change among all changes of the channel.")
    # The index below starts with the person.
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="messages", db_index=False)
    body = models.TextField(max_length=8000)
    html = models.TextField()
    at = models.DateTimeField(default=timezone.now)
    client_id = models.CharField(
        max_length=40, blank=True, help_text="Given by the sender's device; sent twice, kept once."
    )
    edited_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    pinned_at = models.DateTimeField(null=True)
    pinned_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    reply_count = models.PositiveIntegerField(default=0)
    last_reply_at = models.DateTimeField(null=True)
    called = models.JSONField(default=dict, help_text="Whom it calls: people (ids), everybody, roles.")
    reacted = models.JSONField(default=dict, help_text="How many reacted, by reaction.")
    # Its index holds the few that refer to anything.
    refers_to = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        related_name="+",
        db_index=False,
        help_text="The message it quotes (of its channel) or forwards (of another).",
    )
    poll = models.JSONField(null=True, help_text="What is shown of the poll that was put with it.")
    poll_due = models.DateTimeField(null=True, help_text="When its poll closes; empty once its end is shown.")
    uploads: Any = models.ManyToManyField(Upload, through="Attachment", related_name="messages")

    class Meta:
        constraints = [
            models.UniqueConstraint("channel", "number", condition=Q(root=None), name="message_number_once"),
            models.UniqueConstraint("root", "number", condition=Q(root__isnull=False), name="reply_number_once"),
            models.UniqueConstraint("by", "client_id", condition=~Q(client_id=""), name="message_sent_once"),
        ]
        indexes = [
            models.Index(fields=["channel", "changed"], name="message_by_change"),
            models.Index(fields=["channel", "at"], name="message_by_time"),
            models.Index(fields=["by", "-id"], name="message_by_author"),
            models.Index(fields=["channel", "-pinned_at"], condition=Q(pinned_at__isnull=False), name="message_pinned"),
            models.Index(fields=["channel"], condition=Q(poll__isnull=False), name="message_with_poll"),
            models.Index(fields=["refers_to"], condition=Q(refers_to__isnull=False), name="message_refers_to"),
            models.Index(fields=["poll_due"], condition=Q(poll_due__isnull=False), name="message_poll_due"),
        ]

    def __str__(self) -> str:
        return self.body[:40]

    def get_absolute_url(self) -> str:
        """Return the channel at this message, or its thread."""
        if self.root_id:
            return f"{address('conversations:thread', self.channel_id, self.root_id)}#message-{self.pk}"
        return f"{address('conversations:channel', self.channel_id)}?at={self.number}"


class MessageEdit(models.Model):
    """The text of a message before an edit."""

    message = models.ForeignKey(Message, models.CASCADE, related_name="edits")
    body = models.TextField()
    called = models.JSONField(default=dict, help_text="Whom it called, as the message keeps it.")
    until = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["until"]


class Attachment(models.Model):
    """A file sent with a message."""

    message = models.ForeignKey(Message, models.CASCADE, related_name="attachments")
    upload = models.ForeignKey(Upload, models.PROTECT, related_name="+")
    place = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["place", "pk"]
        constraints = [models.UniqueConstraint("message", "upload", name="attachment_once")]


class Reaction(models.Model):
    """A person's reaction to a message."""

    message = models.ForeignKey(Message, models.CASCADE, related_name="reactions")
    by = models.ForeignKey(Person, models.CASCADE, related_name="+")
    what = models.CharField(max_length=12)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint("message", "by", "what", name="reaction_once")]


class Mention(models.Model):
    """A person mentioned in a message, stored to count what they have not read."""

    message = models.ForeignKey(Message, models.CASCADE, related_name="mentions")
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint("person", "message", name="mention_once")]


class Bookmark(models.Model):
    """A message saved by a person for later; private."""

    message = models.ForeignKey(Message, models.CASCADE, related_name="bookmarks")
    by = models.ForeignKey(Person, models.CASCADE, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint("by", "message", name="bookmark_once")]


class Quotation(models.Model):
    """A message quoted in something else (a draft). Its author was notified and may object."""

    message = models.ForeignKey(Message, models.CASCADE, related_name="quotations")
    # Denormalised from the message: an author's few quotations are found without the messages of a channel.
    author = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="quotations")
    kind = models.CharField(max_length=20, help_text="Of what it went into.")
    thing_id = models.BigIntegerField()
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    objected_at = models.DateTimeField(null=True, help_text="When the author asked to be left out.")

    class Meta:
        constraints = [models.UniqueConstraint("message", "kind", "thing_id", name="quoted_once")]
        indexes = [models.Index(fields=["kind", "thing_id"], name="quotation_by_thing")]


class ScheduledMessage(models.Model):
    """A message to be posted later in its author's name; nobody else sees it before."""

    channel = models.ForeignKey(Channel, models.CASCADE, related_name="scheduled")
    root = models.ForeignKey(Message, models.CASCADE, null=True, related_name="+")
    by = models.ForeignKey(Person, models.CASCADE, related_name="scheduled_messages")
    body = models.TextField(max_length=8000)
    chosen = models.JSONField(default=list, help_text="Ids of people chosen from the completion of names.")
    due_at = models.DateTimeField()
    at = models.DateTimeField(default=timezone.now)
    client_id = models.CharField(max_length=40, help_text="Of the device; sent twice, kept once. The message gets it.")
    posted_at = models.DateTimeField(null=True)
    refused = models.CharField(max_length=200, blank=True, help_text="Why it could not be posted.")

    class Meta:
        ordering = ["due_at", "pk"]
        constraints = [models.UniqueConstraint("by", "client_id", name="scheduled_once")]
        indexes = [models.Index(fields=["due_at"], condition=Q(posted_at=None, refused=""), name="scheduled_waiting")]

    def __str__(self) -> str:
        return self.body[:40]

    @property
    def is_waiting(self) -> bool:
        """Whether it is neither posted nor refused."""
        return self.posted_at is None and not self.refused


class UnsentText(models.Model):
    """What a person typed in a channel or thread and did not send, for their other devices; private."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    channel = models.ForeignKey(Channel, models.CASCADE, related_name="+")
    root = models.BigIntegerField(default=0, help_text="Id of the message above; 0 for the channel itself.")
    body = models.TextField(max_length=8000)
    version = models.BigIntegerField(help_text="Grows with each change; devices save on top of the one they know.")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint("person", "channel", "root", name="unsent_once")]
        indexes = [models.Index(fields=["at"], name="unsent_by_time")]

    def __str__(self) -> str:
        return self.body[:40]
