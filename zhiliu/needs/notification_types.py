"""Notification types of needs and topics."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from zhiliu.comments.facts import Commented
from zhiliu.comments.models import Comment
from zhiliu.comments.notification_types import OfComment
from zhiliu.communities.models import Membership
from zhiliu.directory.following import followers_among
from zhiliu.kit.contracts.notification_types import NotificationType, offers_notification

from .facts import NeedClosed, NeedReopened, NeedSupported, NeedVoiced, TopicMade
from .models import Need, Support, Topic


@offers_notification
class SomebodySupports(NotificationType):
    """The author is notified that others have the same need."""

    key = "needs.supported"
    group = "support"
    fact = NeedSupported
    icon = "hand"

    def recipients(self, fact: NeedSupported) -> Iterable[int]:
        """Return the author, if support was added."""
        author = Need.objects.filter(pk=fact.need_id).values_list("by_id", flat=True).first()
        return [author] if fact.on and author else []

    def sentence(self, row: Any) -> Any:
        """Return the text naming one supporter and the number of others."""
        if row.others:
            return ngettext(
                "%(who)s and %(count)s other have your need too: “%(title)s”",
                "%(who)s and %(count)s others have your need too: “%(title)s”",
                row.others,
            ) % {"who": row.who, "count": row.others, "title": row.title}
        return _("%(who)s has your need too: “%(title)s”") % {"who": row.who, "title": row.title}


@offers_notification
class NeedIsNew(NotificationType):
    """Fully involved members are notified of a new need."""

    key = "needs.voiced"
    fact = NeedVoiced
    icon = "hand"

    def recipients(self, fact: NeedVoiced) -> Iterable[int]:
        """Return members whose involvement is everything."""
        return Membership.objects.filter(
            community_id=fact.community_id or 0, involvement=Membership.Involvement.EVERYTHING
        ).values_list("person_id", flat=True)

    def sentence(self, row: Any) -> Any:
        """Return the text, without a name for anonymous needs."""
        if not row.who:
            return _("Someone is stuck: “%(title)s”") % {"title": row.title}
        return _("%(who)s is stuck: “%(title)s”") % {"who": row.who, "title": row.title}


@offers_notification
class NeedBecameTopic(NotificationType):
    """Authors and supporters are notified that their need became a topic."""

    key = "needs.became_topic"
    group = "mine"
    fact = TopicMade
    icon = "lightbulb"
    says = gettext_lazy("What you need became a topic: “%(title)s”")

    def recipients(self, fact: TopicMade) -> Iterable[int]:
        """Return authors and supporters of the needs, and of those merged into them."""
        family = Need.objects.filter(topic_id=fact.topic_id)
        authors = set(family.exclude(by=None).values_list("by_id", flat=True))
        return authors | set(Support.objects.filter(need__in=family).values_list("by_id", flat=True))


@offers_notification
class NeedIsClosed(NotificationType):
    """Author and supporters are notified that a need was closed or reopened."""

    key = "needs.closed"
    group = "mine"
    fact = (NeedClosed, NeedReopened)
    icon = "circle-check"

    def recipients(self, fact: NeedClosed | NeedReopened) -> Iterable[int]:
        """Return author and supporters."""
        author = Need.objects.exclude(by=None).filter(pk=fact.need_id).values_list("by_id", flat=True)
        return {*author, *Support.objects.filter(need=fact.need_id).values_list("by_id", flat=True)}

    def details(self, fact: NeedClosed | NeedReopened) -> dict[str, Any]:
        """Store which of the two."""
        return {"open": isinstance(fact, NeedReopened)}

    def sentence(self, row: Any) -> Any:
        """Return the text naming the actor. The reason is in the mail and on the need's page."""
        if row.details.get("open"):
            return _("%(who)s reopened the need “%(title)s”") % {"who": row.who, "title": row.title}
        return _("%(who)s closed the need “%(title)s”. See its page for the reason") % {
            "who": row.who,
            "title": row.title,
        }

    def mail_lines(self, row: Any) -> list[str]:
        """Return the reason."""
        reason = Need.objects.filter(pk=row.row.thing_id).values_list("reason", flat=True).first()
        return [reason] if reason else []

    def still_wanted(self, fact: NeedClosed | NeedReopened) -> bool:
        """Return whether the need is still in that state."""
        state = Need.State.OPEN if isinstance(fact, NeedReopened) else Need.State.CLOSED
        return Need.objects.filter(pk=fact.need_id, state=state).exists()


@offers_notification
class NeedCommented(OfComment):
    """Authors of a need or topic, and earlier commenters, are notified of a comment."""

    key = "needs.commented"
    says = gettext_lazy("%(who)s commented on “%(title)s”")

    def concerned(self, fact: Commented) -> Iterable[int]:
        """Return the author and the commenters."""
        model: Any = {"need": Need, "topic": Topic}.get(fact.kind)
        if model is None:
            return []
        authors = set(model.objects.filter(pk=fact.thing_id).values_list("by_id", flat=True))
        talked = Comment.objects.filter(kind=fact.kind, thing_id=fact.thing_id, withdrawn_at=None)
        return authors | set(talked.values_list("by_id", flat=True))


@offers_notification
class FollowedPersonMadeTopic(NotificationType):
    """Followers of a person are notified of a topic they made."""

    key = "needs.topic_by_followed"
    group = "following"
    fact = TopicMade
    icon = "user-plus"
    by_the_way = True
    says = gettext_lazy("%(who)s created a topic: “%(title)s”")

    def recipients(self, fact: TopicMade) -> Iterable[int]:
        """Return the followers of its author."""
        return followers_among([fact.by_id])
