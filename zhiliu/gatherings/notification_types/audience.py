"""Notifications about invitations to attend."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhiliu.kit.contracts.notification_types import NotificationType, offers_notification
from zhiliu.knowledge.facts import ArticlePublished
from zhiliu.search.following import tag_followers

from .. import facts
from ..calendars import message_to
from ..models import AudienceInvitation, CheckIn, Gathering
from .common import AboutGathering, coming_to, ids_of_invited, what_was_said


@offers_notification
class YouAreInvitedToAttend(NotificationType):
    """Someone is invited to attend, or called again. The mail carries a calendar invitation."""

    key = "gatherings.audience"
    group = "gatherings"
    fact = facts.AudienceInvited
    icon = "mail"
    calls = True
    mail = True

    def recipients(self, fact: facts.AudienceInvited) -> Iterable[int]:
        """Return the people of the call."""
        rows = AudienceInvitation.objects.filter(Q(second_call=fact.call_id) if fact.again else Q(call=fact.call_id))
        return set(rows.values_list("person_id", flat=True))

    def details(self, fact: facts.AudienceInvited) -> dict[str, Any]:
        """Store whether it is a second call."""
        return {"again": fact.again}

    def sentence(self, row: Any) -> Any:
        """Return the text of the first or second call."""
        if row.details.get("again"):
            return what_was_said(_("Are you coming to “%(title)s”? %(who)s is waiting for your answer"), row)
        return what_was_said(_("%(who)s invites you to attend “%(title)s”"), row)

    def mail_lines(self, row: Any) -> list[str]:
        """Return time, place and what people take away."""
        return _facts_of(row.card.thing)

    def calendar(self, row: Any) -> tuple[bytes, str] | None:
        """Return the calendar invitation, which can be answered in a mail program."""
        gathering = row.card.thing
        if gathering.starts_at is None:
            return None
        return message_to(row.row.person, gathering, "REQUEST", is_invitation=True), "REQUEST"

    def still_wanted(self, fact: facts.AudienceInvited) -> bool:
        """Return whether it is still ahead."""
        coming = Gathering.objects.filter(pk=fact.gathering_id, state=Gathering.State.FIXED)
        return coming.filter(starts_at__gt=timezone.now()).exists()


def _facts_of(gathering: Gathering) -> list[str]:
    if gathering.starts_at is None:
        return []
    start, end = timezone.localtime(gathering.starts_at), timezone.localtime(gathering.ends_at)
    lines = [f"{date_format(start, 'SHORT_DATETIME_FORMAT')}–{end:%H:%M}", gathering.place, gathering.online_url]
    if gathering.take_home:
        lines.append(_("Takeaways: %(text)s") % {"text": gathering.take_home})
    return [line for line in lines if line]


@offers_notification
class FollowedTagMeets(AboutGathering):
    """Followers of tags the host chose are notified."""

    key = "gatherings.by_tag"
    group = "following"
    fact = facts.AudienceInvited
    icon = "tag"
    by_the_way = True
    says = gettext_lazy("A gathering about a tag you follow: “%(title)s”")

    def recipients(self, fact: facts.AudienceInvited) -> Iterable[int]:
        """Return the followers of the tags."""
        return tag_followers(fact.tag_ids)


@offers_notification
class WriteUpIsOut(AboutGathering):
    """Whoever was invited, signed up or came gets the article. Nobody is told that they did not come."""

    key = "gatherings.article"
    group = "gatherings"
    fact = ArticlePublished
    icon = "book"
    by_the_way = True
    says = gettext_lazy("From a gathering you were invited to: “%(title)s”")

    def recipients(self, fact: ArticlePublished) -> Iterable[int]:
        """Return the people of the gathering, at the first publication."""
        gathering = Gathering.objects.filter(deposit__article=fact.article_id).first()
        if gathering is None or not fact.first:
            return []
        came = CheckIn.objects.filter(gathering=gathering).values_list("person_id", flat=True)
        return ids_of_invited(gathering.pk) | coming_to(gathering.pk) | set(came)
