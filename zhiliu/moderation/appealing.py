"""Appeals against sanctions, decided by another person."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from zhiliu.communities.models import Membership
from zhiliu.communities.role_permissions import MAY, Permission
from zhiliu.directory.models import Person
from zhiliu.kit.contracts.audit import Change
from zhiliu.kit.contracts.facts import announce
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.errors import Refused

from .facts import AppealDecided, AppealMade
from .models import Appeal, Sanction
from .rules import can_appeal, can_decide_appeal
from .sanctioning import end_sanction

APPEAL_FOR = dt.timedelta(days=30)


def appeal(sanction: Sanction, *, words: str, by: Person) -> Appeal:
    """Appeal against a sanction, once. Idempotent: the first text is kept.

    Raises:
        Forbidden: another person's sanction. Refused: lifted already, or too late.
    """
    require(can_appeal, by, sanction)
    earlier = Appeal.objects.filter(sanction=sanction).first()
    if earlier is not None:
        return earlier
    if sanction.lifted_at is not None:
        raise Refused(_("This has already ended."))
    if timezone.now() - sanction.at > APPEAL_FOR:
        raise Refused(_("Appeals are possible for 30 days."))
    with transaction.atomic():
        row, is_new = Appeal.objects.get_or_create(sanction=sanction, defaults={"words": words})
        if is_new:
            announce(AppealMade(sanction_id=sanction.pk, community_id=sanction.community_id, by_id=by.pk))
    return row


def decide_appeal(appeal: Appeal, *, grant: bool, answer: str, by: Person) -> Appeal:
    """Grant an appeal, which lifts the sanction, or deny it. Idempotent: the first decision is final.

    Raises:
        Forbidden: ``by`` imposed it, or may not decide appeals.
    """
    sanction = appeal.sanction
    require(can_decide_appeal, by, sanction)
    outcome = Appeal.Outcome.GRANTED if grant else Appeal.Outcome.REFUSED
    with transaction.atomic():
        # Race: the filter on the open state lets only one of two simultaneous decisions through.
        decided = Appeal.objects.filter(pk=appeal.pk, outcome="").update(
            outcome=outcome, answer=answer, decided_by=by, decided_at=timezone.now()
        )
        if decided:
            announce(
                AppealDecided(
                    sanction_id=sanction.pk,
                    person_id=sanction.person_id,
                    community_id=sanction.community_id,
                    by_id=by.pk,
                ),
                change=Change(sanction.person.name, "moderation.appeal", {}, {"outcome": outcome, "answer": answer}),
            )
            if grant:
                end_sanction(sanction, by=by)
    appeal.refresh_from_db()
    return appeal


def deciders(sanction: Sanction) -> set[int]:
    """Return who may decide an appeal and is notified: roles of the community, else the administrators."""
    roles = [role for role, acts in MAY.items() if Permission.DECIDE_APPEAL in acts]
    rows = Membership.objects.filter(community=sanction.community_id, role__in=roles, person__is_active=True)
    moderators = set(rows.values_list("person_id", flat=True)) - {sanction.by_id, sanction.person_id}
    if moderators:
        return moderators
    admins = Person.objects.active().filter(is_admin=True).values_list("pk", flat=True)
    return set(admins) - {sanction.by_id, sanction.person_id}
