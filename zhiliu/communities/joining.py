"""Join and leave communities, and give roles."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from zhiliu.directory.models import Person
from zhiliu.kit.contracts.audit import Change
from zhiliu.kit.contracts.facts import announce
from zhiliu.kit.contracts.registry import Registry
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.errors import Refused

from .admission.inviting import accept_all, invitation_of, take_link
from .admission.ruling import rule_of
from .admission.waiting import free_places, place_of, promote, wait
from .counting import batches, lock_community, recount_members
from .facts import JoinDecided, JoinRequested, MemberLeft, MembersJoined, RoleGiven, RulebookAccepted
from .models import (
    Community,
    Consent,
    InvitationLink,
    JoinRequest,
    Membership,
    Opening,
    OptOut,
    Rulebook,
    WaitingPlace,
)
from .reach import forget_reach
from .role_permissions import Admission, JoinMethod, Role
from .rules import can_admit, can_see, can_set_up

# The number of people of a batch the audit names.
NAMED = 50

# Reasons against joining or being admitted: (community, person) -> a reason or None.
kept_out: Registry[Callable[[Community, Person], Any]] = Registry("why somebody is kept out")


def join(
    community: Community,
    *,
    by: Person,
    accepts: Rulebook | None = None,
    note: str = "",
    link: InvitationLink | None = None,
) -> Membership | JoinRequest | WaitingPlace:
    """Join a community, ask to join, or join the waiting list. Joining accepts the rules in force.

    Args:
        accepts: the version of the rules that was shown to the person.
        note: for the people who admit.
        link: the invitation link that was used.

    Raises:
        Refused: a guest without invitation, the rules have changed since they were shown, or the community does not
            admit this person.
    """
    if by.is_guest:
        raise Refused(_("Community managers invite guests."))
    with transaction.atomic():
        community = lock_community(community)
        membership = Membership.objects.filter(community=community, person=by).first()
        waiting = membership or place_of(community, by)
        if waiting is not None:
            return waiting
        closed = why_kept_out(community, by) or (why_not_yet(community) if link else why_closed(community, by))
        if closed:
            raise Refused(closed)
        _accept_current(community, by, accepts)
        way = JoinMethod.LINK if link else way_in(community, by)
        if way == JoinMethod.REQUEST:
            return _ask(community, by, note)
        if link:
            take_link(link, by=by)
        if add_members(community, {by: Role.MEMBER}, by=by, way=way):
            return Membership.objects.get(community=community, person=by)
        return WaitingPlace.objects.get(community=community, person=by)


def way_in(community: Community, person: Person) -> JoinMethod:
    """Return how ``person`` joins, provided that :func:`why_closed` has no reason against it."""
    if invitation_of(community, person):
        return JoinMethod.INVITATION
    if community.admission == Admission.RULE:
        return JoinMethod.RULE
    return (
        JoinMethod.OWN if community.admission == Admission.OPEN and can_see(person, community) else JoinMethod.REQUEST
    )


def why_not_yet(community: Community) -> Any:
    """Return when a community that is still being prepared opens; None if it is open."""
    if community.phase != Community.Phase.INCUBATING:
        return None
    opening = Opening.objects.filter(community=community, opened_at=None).first()
    if opening is None:
        return None
    day = date_format(timezone.localtime(opening.opens_at), "SHORT_DATETIME_FORMAT")
    return _("In preparation. Opens on %(day)s.") % {"day": day}


def why_kept_out(community: Community, person: Person) -> Any:
    """Return why this person cannot join now; None if nothing prevents it."""
    return next((reason for why in kept_out if (reason := why(community, person))), None)


def why_closed(community: Community, person: Person) -> Any:
    """Return why ``person`` can neither join nor ask to; None if they can."""
    if reason := why_not_yet(community) or why_kept_out(community, person):
        return reason
    if community.admission in (Admission.OPEN, Admission.REQUEST) or invitation_of(community, person):
        return None
    if community.admission == Admission.INVITED:
        return _("This community is by invitation. Ask one of its managers.")
    wanted = rule_of(community)
    if wanted is not None and wanted.people().filter(pk=person.pk).exists():
        return None
    sentence = wanted.sentence() if wanted else _("No rule yet.")
    return _("Members are added automatically: %(rule)s") % {"rule": sentence}


def _accept_current(community: Community, person: Person, accepts: Rulebook | None) -> None:
    current = community.rulebooks.first()
    if current is None:
        return
    if accepts is None or accepts.pk != current.pk:
        raise Refused(_("Read and accept the current rules first. They may have changed."))
    accept_rulebook(current, by=person)


def accept_rulebook(rulebook: Rulebook, *, by: Person) -> Consent:
    """Accept a version of the rules. Idempotent."""
    with transaction.atomic():
        consent, is_new = Consent.objects.get_or_create(rulebook=rulebook, person=by)
        if is_new:
            announce(RulebookAccepted(rulebook_id=rulebook.pk, community_id=rulebook.community_id, by_id=by.pk))
    return consent


def _ask(community: Community, person: Person, note: str) -> JoinRequest:
    request, is_new = JoinRequest.objects.get_or_create(
        community=community, person=person, decision="", defaults={"note": note}
    )
    if is_new:
        announce(JoinRequested(request_id=request.pk, community_id=community.pk, by_id=person.pk))
    return request


def add_members(
    community: Community, roles: Mapping[Person, str], *, by: Person | None, way: JoinMethod = JoinMethod.HAND
) -> int:
    """Make people members in one batch. Existing members are unchanged; if the community is full, people wait.

    Args:
        way: the join method.

    Returns:
        The number of new members.
    """
    with transaction.atomic():
        # Lock: if two batches contain the same person, or compete for the last place, the second one sees the first.
        held = lock_community(community)
        keys = {person.pk: role for person, role in roles.items()}
        memberships = Membership.objects.filter(community=community, person__in=keys).values_list(
            "person_id", flat=True
        )
        new, free = [key for key in keys if key not in set(memberships)], free_places(held)
        if free is not None:
            wait(held, new[free:], way=way, by=by)
            new = new[:free]
        _enter(held, {key: keys[key] for key in new}, by=by, way=way)
        OptOut.objects.filter(community=community, person__in=keys).delete()
        accept_all(community, keys)
    community.member_count = held.member_count
    for person in roles:
        forget_reach(person)
    return len(new)


def _enter(community: Community, roles: Mapping[int, str], *, by: Person | None, way: JoinMethod) -> None:
    Membership.objects.bulk_create(
        (Membership(community=community, person_id=key, role=role, way=way) for key, role in roles.items()),
        batch_size=500,
    )
    WaitingPlace.objects.filter(community=community, person__in=list(roles)).delete()
    if roles:
        recount_members(community)
    by_id = by.pk if by else None
    for batch in batches(list(roles)):
        names = list(Person.objects.filter(pk__in=batch[:NAMED]).order_by("pk").values_list("name", flat=True))
        announce(
            MembersJoined(person_ids=tuple(batch), way=way, community_id=community.pk, by_id=by_id),
            change=Change(community.name, "communities.membership", after={"people": names, "count": len(batch)}),
        )


def decide_request(request: JoinRequest, *, admit: bool, by: Person, reason: str = "") -> JoinRequest:
    """Admit or decline a person who asked to join. Idempotent; the first decision stands."""
    require(can_admit, by, request.community)
    if admit and (reason_against := why_kept_out(request.community, request.person)):
        raise Refused(reason_against)
    decision = JoinRequest.Decision.ADMITTED if admit else JoinRequest.Decision.DECLINED
    with transaction.atomic():
        # The filtered update settles the race of two deciders: only one of them updates the row.
        decided = JoinRequest.objects.filter(pk=request.pk, decision="").update(
            decision=decision, decided_by=by, decided_at=timezone.now(), reason=reason
        )
        if decided:
            if admit:
                add_members(request.community, {request.person: Role.MEMBER}, by=by, way=JoinMethod.REQUEST)
            announce(
                JoinDecided(
                    request_id=request.pk,
                    person_id=request.person_id,
                    admitted=admit,
                    community_id=request.community_id,
                    by_id=by.pk,
                ),
                change=Change(request.person.name, "communities.joinrequest", {}, {"decision": decision}),
            )
    request.refresh_from_db()
    return request


def leave(community: Community, *, by: Person) -> None:
    """Leave a community. Idempotent.

    Raises:
        Refused: the only manager cannot leave.
    """
    _remove(community, by, by=by)


def remove_member(community: Community, person: Person, *, by: Person) -> None:
    """Remove a person from the community.

    Raises:
        Refused: the only manager cannot be removed.
    """
    require(can_admit, by, community)
    _remove(community, person, by=by)


def _remove(community: Community, person: Person, *, by: Person) -> None:
    with transaction.atomic():
        community = lock_community(community)
        _keep_a_manager(community, person)
        deleted, _rows = Membership.objects.filter(community=community, person=person).delete()
        if deleted:
            if community.admission == Admission.RULE:
                OptOut.objects.get_or_create(community=community, person=person)
            recount_members(community)
            promote(community)
            announce(
                MemberLeft(person_id=person.pk, community_id=community.pk, by_id=by.pk),
                change=Change(person.name, "directory.person"),
            )
    forget_reach(person)


def give_role(community: Community, person: Person, role: str, *, by: Person) -> None:
    """Give a member a role.

    Raises:
        Refused: guests are always plain members; the only manager keeps the role.
    """
    require(can_set_up, by, community)
    if person.is_guest and role != Role.MEMBER:
        raise Refused(_("Guests can’t have a role."))
    with transaction.atomic():
        if role != Role.MANAGER:
            _keep_a_manager(community, person)
        rows = Membership.objects.filter(community=community, person=person)
        was = rows.values_list("role", flat=True).first()
        if rows.exclude(role=role).update(role=role):
            announce(
                RoleGiven(person_id=person.pk, role=role, community_id=community.pk, by_id=by.pk),
                change=Change(person.name, "communities.membership", {"role": was}, {"role": role}),
            )
    forget_reach(person)


def change_roles(community: Community, roles: Mapping[Person, str], *, by: Person) -> None:
    """Give several members their roles, or remove them, all or none.

    Args:
        roles: the role of each member who changes; '' removes.

    Raises:
        Refused: one of them is refused (:func:`give_role`, :func:`remove_member`).
    """
    require(can_set_up, by, community)
    with transaction.atomic():
        # New managers come first, so that the only one can hand over in the same step.
        for person, role in sorted(roles.items(), key=lambda item: item[1] != Role.MANAGER):
            if role:
                give_role(community, person, role, by=by)
            else:
                remove_member(community, person, by=by)


def _keep_a_manager(community: Community, person: Person) -> None:
    # Lock, so that two managers cannot leave at the same moment and leave none behind.
    managers = list(
        Membership.objects.select_for_update()
        .filter(community=community, role=Role.MANAGER)
        .values_list("person_id", flat=True)
    )
    if managers == [person.pk]:
        raise Refused(_("A community needs a manager. Give someone else the role first."))
