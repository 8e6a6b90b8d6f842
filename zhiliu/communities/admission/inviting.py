"""Invite people into a community: by name, as a department, or by a link."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.core import signing
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from zhiliu.directory.models import Department, Person
from zhiliu.kit.contracts.facts import announce
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.errors import Refused

from ..counting import BATCH, batches, lock_community
from ..facts import InvitationDeclined, InvitationLinkMade, InvitationLinkRevoked, InvitationTakenBack, PeopleInvited
from ..models import Community, Invitation, InvitationLink, LinkUse, Membership
from ..rules import can_admit
from .subjects import with_below

MOST_AT_ONCE = 5000
_SALT = "zhiliu.communities.link"


def make_link(
    community: Community, *, days: int, by: Person, most: int | None = None, note: str = ""
) -> InvitationLink:
    """Create a link that admits colleagues for some days.

    Args:
        most: the maximum number of uses, None for unlimited. note: where the link is published.
    """
    require(can_admit, by, community)
    with transaction.atomic():
        expires = timezone.now() + dt.timedelta(days=days)
        link = InvitationLink.objects.create(community=community, note=note, most=most, expires_at=expires, by=by)
        announce(InvitationLinkMade(link_id=link.pk, community_id=community.pk, by_id=by.pk))
    return link


def revoke_link(link: InvitationLink, *, by: Person) -> None:
    """Revoke a link; people who joined by it stay. Idempotent."""
    require(can_admit, by, link.community)
    with transaction.atomic():
        if InvitationLink.objects.filter(pk=link.pk, revoked_at=None).update(revoked_at=timezone.now()):
            announce(InvitationLinkRevoked(link_id=link.pk, community_id=link.community_id, by_id=by.pk))


def link_key(link: InvitationLink) -> str:
    """Return the secret part of the link's address; it contains no time, so that a link has one address."""
    return signing.Signer(salt=_SALT).sign_object(link.pk)


def read_link(community: Community, key: str) -> InvitationLink | None:
    """Return the link into ``community`` behind an address, even an expired one; None for a forged one."""
    try:
        pk = signing.Signer(salt=_SALT).unsign_object(key)
    except signing.BadSignature:
        return None
    return community.invitation_links.filter(pk=pk).first()


def why_unusable(link: InvitationLink) -> object | None:
    """Return why the link cannot be used any more, or None."""
    if link.revoked_at is not None:
        return _("This link was revoked. Ask the sender for a new one.")
    if link.expires_at <= timezone.now():
        return _("This link has expired. Ask the sender for a new one.")
    if link.most is not None and link.uses.count() >= link.most:
        return _("This link has been used up. Ask the sender for a new one.")
    return None


def take_link(link: InvitationLink, *, by: Person) -> None:
    """Record that ``by`` joins by the link. Call while the community is locked, so that no two take the last use.

    Raises:
        Refused: the link is revoked, expired or used up.
    """
    link.refresh_from_db()
    if reason := why_unusable(link):
        raise Refused(reason)
    LinkUse.objects.get_or_create(link=link, person=by)


def invite_people(community: Community, people: Iterable[Person], *, by: Person) -> int:
    """Invite people. Members, guests and people invited before are skipped.

    Returns:
        How many were invited.

    Raises:
        Refused: too many at once.
    """
    require(can_admit, by, community)
    wanted = {person.pk for person in people if person.is_active and not person.is_guest}
    if len(wanted) > MOST_AT_ONCE:
        raise Refused(_("At most %(count)s people at once. Choose a smaller department.") % {"count": MOST_AT_ONCE})
    with transaction.atomic():
        # Lock, so that two people who invite the same department do not notify everyone twice.
        lock_community(community)
        wanted -= set(Membership.objects.filter(community=community).values_list("person_id", flat=True))
        wanted -= set(Invitation.objects.filter(community=community).values_list("person_id", flat=True))
        new = sorted(wanted)
        Invitation.objects.bulk_create(
            (Invitation(community=community, person_id=key, by=by) for key in new), batch_size=BATCH
        )
        for batch in batches(new):
            announce(PeopleInvited(person_ids=tuple(batch), community_id=community.pk, by_id=by.pk))
    return len(new)


def invited_people(department: Department) -> QuerySet[Person]:
    """Return the colleagues of a department and of all below it."""
    return Person.objects.active().employees().filter(department_id__in=with_below([department.pk]))


def decline_invitation(invitation: Invitation, *, by: Person) -> None:
    """Decline an invitation. Idempotent; the person can still accept later.

    Raises:
        Refused: it is someone else's invitation.
    """
    if invitation.person_id != by.pk:
        raise Refused(_("Only the invited person can answer."))
    with transaction.atomic():
        # Only an open one: a person who accepted in another window is a member, and leaves as members do.
        answer = {"answer": Invitation.Answer.DECLINED, "answered_at": timezone.now()}
        if Invitation.objects.filter(pk=invitation.pk, answer="").update(**answer):
            announce(InvitationDeclined(person_id=by.pk, community_id=invitation.community_id, by_id=by.pk))


def take_back_invitation(invitation: Invitation, *, by: Person) -> None:
    """Withdraw an unanswered invitation; the person can be invited again. Idempotent.

    Allowed for its sender, and for people who may admit.
    """
    if invitation.by_id != by.pk:
        require(can_admit, by, invitation.community)
    with transaction.atomic():
        # Lock: a person who accepts at the same moment either is a member or finds no invitation.
        lock_community(invitation.community)
        if Invitation.objects.filter(pk=invitation.pk, answer="").delete()[0]:
            fact = InvitationTakenBack(
                person_id=invitation.person_id, community_id=invitation.community_id, by_id=by.pk
            )
            announce(fact)


def invitation_of(community: Community, person: Person) -> Invitation | None:
    """Return the invitation that ``person`` can still accept."""
    rows = Invitation.objects.filter(community=community, person=person)
    return rows.exclude(answer=Invitation.Answer.ACCEPTED).select_related("by").first()


def accept_all(community: Community, keys: Iterable[int]) -> None:
    """Mark the invitations of new members as accepted, however they joined."""
    rows = Invitation.objects.filter(community=community, person__in=list(keys))
    rows.exclude(answer=Invitation.Answer.ACCEPTED).update(
        answer=Invitation.Answer.ACCEPTED, answered_at=timezone.now()
    )
