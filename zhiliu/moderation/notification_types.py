"""Notifications about moderation."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from zhiliu.communities.models import Membership
from zhiliu.communities.role_permissions import MAY, Permission
from zhiliu.directory.models import Person
from zhiliu.kit.contracts.moderated_types import ModeratedType, moderated
from zhiliu.kit.contracts.notification_types import NotificationType, offers_notification

from .appealing import deciders
from .facts import AppealDecided, AppealMade, Decided, SanctionImposed, SanctionLifted, ThingHeld, ThingReported
from .models import Appeal, Decision, HeldPost, Report, Sanction


@offers_notification
class SomethingWaits(NotificationType):
    """Tells moderators that something waits: one row per community, with a counter."""

    key = "moderation.waits"
    group = "mine"
    fact = (ThingHeld, ThingReported)
    icon = "shield"
    calls = True

    def thing(self, fact: Any) -> tuple[str, int]:
        """Return the community's queue."""
        return ("moderation", fact.community_id or 0)

    def recipients(self, fact: Any) -> Iterable[int]:
        """Return the community's moderators, else the administrators."""
        roles = [role for role, acts in MAY.items() if Permission.MODERATE in acts]
        rows = Membership.objects.filter(community=fact.community_id or 0, role__in=roles, person__is_active=True)
        moderators = set(rows.values_list("person_id", flat=True))
        return moderators or Person.objects.active().filter(is_admin=True).values_list("pk", flat=True)

    def sentence(self, row: Any) -> Any:
        """Say how many wait, and where."""
        words = ngettext(
            "An item in “%(title)s” needs your review",
            "%(count)s items in “%(title)s” need your review",
            row.count,
        )
        return words % {"title": row.title, "count": row.count}

    def still_wanted(self, fact: Any) -> bool:
        """Only while it is undecided."""
        if isinstance(fact, ThingHeld):
            return HeldPost.objects.waiting().filter(pk=fact.hold_id).exists()
        return Report.objects.waiting().filter(pk=fact.report_id).exists()


@offers_notification
class DecidedAboutYours(NotificationType):
    """Tells authors about a decision on their post."""

    key = "moderation.decided"
    group = "mine"
    fact = Decided
    icon = "shield"
    mail = True

    def recipients(self, fact: Decided) -> Iterable[int]:
        """Return the author, unless a reported post simply stays."""
        row = Decision.objects.filter(pk=fact.decision_id).first()
        if row is None or not fact.author_id or not (fact.was_held or row.is_taken_down):
            return []
        return [fact.author_id]

    def details(self, fact: Decided) -> dict[str, Any]:
        """Store whether it had been held."""
        return {"held": fact.was_held}

    def sentence(self, row: Any) -> Any:
        """Say the outcome. An undone decision has none: the post waits again."""
        decision = _thing(row) or Decision(outcome=Decision.Outcome.LEFT)
        moderated_type = moderated.get(decision.kind)
        if moderated_type is not None and moderated_type.says_removed:
            return _own_words(decision, moderated_type)
        if decision.undone_at is not None:
            return _("Your message in “%(title)s” is being reviewed again") % {"title": row.title}
        if not decision.is_taken_down:
            return _("Your message in “%(title)s” is published") % {"title": row.title}
        if row.details.get("held"):
            return _("Your message in “%(title)s” was not published. %(words)s") % _said(row)
        return _("Your message in “%(title)s” was removed. %(words)s") % _said(row)

    def still_wanted(self, fact: Decided) -> bool:
        """Only while the decision stands."""
        return Decision.objects.standing().filter(pk=fact.decision_id).exists()


def _own_words(decision: Decision, moderated_type: ModeratedType) -> Any:
    """Return what the author of an object that is no post reads."""
    says = moderated_type.says_reopened if decision.undone_at is not None else moderated_type.says_removed
    return says % {"words": decision.words}


def _thing(row: Any) -> Any:
    """Return the object of the row, if it still exists."""
    return row.card.thing if row.card else None


def _said(row: Any) -> dict[str, str]:
    return {"title": row.title, "words": row.card.thing.words}


@offers_notification
class DecidedAboutReport(NotificationType):
    """Tells reporters about the outcome of their report."""

    key = "moderation.report_decided"
    group = "mine"
    fact = Decided
    icon = "flag"
    tells = "reporter_ids"

    def sentence(self, row: Any) -> Any:
        """Say whether it was taken down or stays."""
        decision = _thing(row) or Decision(outcome=Decision.Outcome.LEFT)
        if decision.undone_at is not None:
            return _("Your report in “%(title)s” is being reviewed again") % {"title": row.title}
        if decision.is_taken_down:
            return _("Action was taken on your report in “%(title)s”. Thank you.") % {"title": row.title}
        return _("Your report in “%(title)s” was reviewed and the post stays. Thank you.") % {"title": row.title}

    def still_wanted(self, fact: Decided) -> bool:
        """Only while the decision stands."""
        return Decision.objects.standing().filter(pk=fact.decision_id).exists()


@offers_notification
class Sanctioned(NotificationType):
    """Tells a person about their sanction, its reason and term."""

    key = "moderation.sanctioned"
    group = "mine"
    fact = SanctionImposed
    icon = "gavel"
    calls = True
    mail = True
    tells = "person_id"

    def sentence(self, row: Any) -> Any:
        """Say what, where and why."""
        sanction: Sanction | None = _thing(row)
        values = {"title": row.title, "reason": ""}
        if sanction is not None:
            values = {"title": sanction.community.name, "reason": sanction.reason}
        if sanction is None or sanction.until is None:
            return _("You got a warning in “%(title)s”: %(reason)s") % values
        values["until"] = date_format(localtime(sanction.until), "SHORT_DATETIME_FORMAT")
        if sanction.kind == Sanction.Kind.MUTE:
            return _("You can’t write in “%(title)s” until %(until)s: %(reason)s") % values
        return _("You were removed from “%(title)s” until %(until)s: %(reason)s") % values

    def mail_lines(self, row: Any) -> list[str]:
        """Add the rule, and how to appeal."""
        rule = row.card.thing.rule
        return [line for line in (rule, _("You can appeal. Someone else will decide.")) if line]

    def still_wanted(self, fact: SanctionImposed) -> bool:
        """Unless it was lifted meanwhile."""
        return Sanction.objects.filter(pk=fact.sanction_id, lifted_at=None).exists()


@offers_notification
class Lifted(NotificationType):
    """Tells a person that their sanction has ended."""

    key = "moderation.lifted"
    group = "mine"
    fact = SanctionLifted
    icon = "gavel"
    says = gettext_lazy("Ended: %(title)s")

    def recipients(self, fact: SanctionLifted) -> Iterable[int]:
        """Return the person, unless the answer to their appeal tells them."""
        granted = Appeal.objects.filter(sanction=fact.sanction_id, outcome=Appeal.Outcome.GRANTED).exists()
        return [] if granted else [fact.person_id]


@offers_notification
class AppealWaits(NotificationType):
    """Tells those who decide appeals about a new one."""

    key = "moderation.appealed"
    group = "mine"
    fact = AppealMade
    icon = "gavel"
    calls = True
    mail = True
    says = gettext_lazy("%(who)s appeals: %(title)s. Please decide.")

    def recipients(self, fact: AppealMade) -> Iterable[int]:
        """Return the deciders, never the one who imposed it."""
        sanction = Sanction.objects.filter(pk=fact.sanction_id).first()
        return deciders(sanction) if sanction else []

    def still_wanted(self, fact: AppealMade) -> bool:
        """Only while it is undecided."""
        return Appeal.objects.filter(sanction=fact.sanction_id, outcome="").exists()


@offers_notification
class AppealAnswered(NotificationType):
    """Tells a person the answer to their appeal."""

    key = "moderation.appeal_decided"
    group = "mine"
    fact = AppealDecided
    icon = "gavel"
    calls = True
    mail = True
    tells = "person_id"

    def details(self, fact: AppealDecided) -> dict[str, Any]:
        """Store whether it was granted."""
        appeal = Appeal.objects.filter(sanction=fact.sanction_id).first()
        return {"granted": bool(appeal and appeal.outcome == Appeal.Outcome.GRANTED)}

    def sentence(self, row: Any) -> Any:
        """Say whether it was granted."""
        if row.details.get("granted"):
            return _("Your appeal was granted: %(title)s") % {"title": row.title}
        return _("Your appeal was denied: %(title)s") % {"title": row.title}
