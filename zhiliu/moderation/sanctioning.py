"""Warnings, mutes and removals: for a term, with a reason, and open to appeal (``appealing``)."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from zhiliu.communities.joining import add_members, remove_member
from zhiliu.communities.models import Community, Membership
from zhiliu.communities.reach import reach
from zhiliu.communities.role_permissions import Permission
from zhiliu.directory.models import Person
from zhiliu.kit.contracts.audit import Picture, change, picture_of
from zhiliu.kit.contracts.facts import announce
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.errors import Forbidden, Refused

from .facts import SanctionImposed, SanctionLifted
from .models import Decision, Sanction
from .rules import can_moderate, can_mute, can_remove, forget_mutes

LONGEST = dt.timedelta(days=366)
Kind = Sanction.Kind
NEEDED = {Kind.WARN: can_moderate, Kind.MUTE: can_mute, Kind.REMOVE: can_remove}


def impose(
    community: Community,
    person: Person,
    kind: str,
    *,
    reason: str,
    by: Person,
    rule: str = "",
    until: dt.datetime | None = None,
    decision: Decision | None = None,
) -> Sanction:
    """Warn a person, or keep them from writing or from the community until a moment.

    Args:
        reason: what they did, in a sentence they read. rule: of the community, in its words.
        decision: its origin; imposing the same kind again for it is idempotent.

    Raises:
        Forbidden: not permitted here. Refused: ``by`` itself, a moderator, or an invalid term.
    """
    require(NEEDED[Kind(kind)], by, community)
    _check(community, person, kind, by, until)
    if decision is not None:
        earlier = Sanction.objects.filter(decision=decision, kind=kind).first()
        if earlier is not None:
            return earlier
    with transaction.atomic():
        sanction = Sanction.objects.create(
            community=community,
            person=person,
            kind=kind,
            reason=reason,
            rule=rule,
            until=None if kind == Kind.WARN else until,
            by=by,
            decision=decision,
            about_kind=decision.kind if decision else "",
            about_id=decision.thing_id if decision else None,
            role_before=_role_of(person, community) if kind == Kind.REMOVE else "",
        )
        if kind == Kind.REMOVE:
            remove_member(community, person, by=by)
        announce(
            SanctionImposed(
                sanction_id=sanction.pk, person_id=person.pk, kind=kind, community_id=community.pk, by_id=by.pk
            ),
            change=change(Picture(), picture_of(sanction)),
        )
    forget_mutes(person)
    return sanction


def _role_of(person: Person, community: Community) -> str:
    role = Membership.objects.filter(community=community, person=person).values_list("role", flat=True).first()
    return role or ""


def kinds_for(person: Person, community: Community) -> list[str]:
    """Return the sanctions a person may impose in a community."""
    return [str(kind) for kind, needed in NEEDED.items() if needed(person, community)]


def _check(community: Community, person: Person, kind: str, by: Person, until: dt.datetime | None) -> None:
    if person.pk == by.pk:
        raise Refused(_("You can’t sanction yourself."))
    if reach(person).may(Permission.MODERATE, community.pk):
        raise Refused(_("%(name)s moderates here. Remove the role first.") % {"name": person.name})
    if kind != Kind.WARN and (until is None or not timezone.now() < until <= timezone.now() + LONGEST):
        raise Refused(_("Choose until when: within the next year."), field="until")


def lift(sanction: Sanction, *, by: Person) -> None:
    """End a sanction before its term. Idempotent.

    Raises:
        Forbidden: may not impose this kind, or is the person sanctioned.
    """
    require(NEEDED[Kind(sanction.kind)], by, sanction.community)
    if sanction.person_id == by.pk:
        raise Forbidden(_("Someone else has to decide on your own sanction."))
    end_sanction(sanction, by=by)


def end_sanction(sanction: Sanction, *, by: Person) -> None:
    """End a sanction; the caller has checked permissions. A removed person becomes a member again, in their former
    role.
    """
    with transaction.atomic():
        was, was_in_force = picture_of(sanction), sanction.is_in_force
        if Sanction.objects.filter(pk=sanction.pk, lifted_at=None).update(lifted_at=timezone.now(), lifted_by=by):
            sanction.refresh_from_db()
            if was_in_force and sanction.role_before and sanction.person.is_active:
                # After the end of the term they could have rejoined by themselves, so nothing is restored.
                add_members(sanction.community, {sanction.person: sanction.role_before}, by=by)
            announce(
                SanctionLifted(
                    sanction_id=sanction.pk,
                    person_id=sanction.person_id,
                    community_id=sanction.community_id,
                    by_id=by.pk,
                ),
                change=change(was, picture_of(sanction)),
            )
    forget_mutes(sanction.person)
