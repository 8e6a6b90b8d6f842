"""The waiting list of a full community; the longest waiting gets the next place."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.db import transaction
from django.db.models import Q, QuerySet

from zhiliu.directory.models import Person
from zhiliu.kit.contracts.facts import announce

from ..counting import batches, lock_community, recount_members
from ..facts import MembersJoined, MembersLeft, WaitingBegan, WaitingEnded
from ..models import AdmissionChange, Community, Membership, OptOut, WaitingPlace
from ..role_permissions import Admission, JoinMethod, Role
from .moving import note_moves


def free_places(community: Community) -> int | None:
    """Return how many places are free, None for unlimited. Call while the community is locked, so it stays true."""
    if community.member_limit is None:
        return None
    return max(0, community.member_limit - Membership.objects.filter(community=community).count())


def wait(community: Community, keys: Sequence[int], *, way: str, by: Person | None) -> None:
    """Append people to the waiting list, in this order. Call while the community is locked."""
    known = set(community.waiting_places.values_list("person_id", flat=True))
    new = [key for key in keys if key not in known]
    for batch in batches(new):
        WaitingPlace.objects.bulk_create(WaitingPlace(community=community, person_id=key, way=way) for key in batch)
        announce(WaitingBegan(person_ids=tuple(batch), community_id=community.pk, by_id=by.pk if by else None))


def promote(community: Community) -> int:
    """Give free places to people on the waiting list.

    Returns:
        The number of people who got one.
    """
    with transaction.atomic():
        # Lock: two places that become free at the same moment go to different people.
        community = lock_community(community)
        free = free_places(community)
        waiting = community.waiting_places.filter(person__is_active=True).order_by("at", "pk")
        chosen = list(waiting if free is None else waiting[:free])
        for batch in batches(chosen):
            _seat(community, batch)
        if chosen:
            recount_members(community)
    return len(chosen)


def _seat(community: Community, places: Sequence[WaitingPlace]) -> None:
    Membership.objects.bulk_create(
        Membership(community=community, person_id=place.person_id, way=place.way) for place in places
    )
    WaitingPlace.objects.filter(pk__in=[place.pk for place in places]).delete()
    ids = tuple(place.person_id for place in places)
    note_moves(
        community, [place.person_id for place in places if place.way == JoinMethod.RULE], AdmissionChange.Direction.CAME
    )
    announce(MembersJoined(person_ids=ids, waited=True, community_id=community.pk))


def step_back(community: Community, *, by: Person) -> bool:
    """Leave the waiting list, and return whether ``by`` was on it. Idempotent."""
    with transaction.atomic():
        community = lock_community(community)
        if not WaitingPlace.objects.filter(community=community, person=by).delete()[0]:
            return False
        if community.admission == Admission.RULE:
            OptOut.objects.get_or_create(community=community, person=by)
        announce(WaitingEnded(person_id=by.pk, community_id=community.pk, by_id=by.pk))
        return True


def place_of(community: Community, person: Person) -> WaitingPlace | None:
    """Return the waiting place of a person."""
    return WaitingPlace.objects.filter(community=community, person=person).first()


def position(place: WaitingPlace) -> int:
    """Return the position in the waiting list, counted from 1."""
    waiting = WaitingPlace.objects.filter(community=place.community_id, person__is_active=True)
    return waiting.filter(Q(at__lt=place.at) | Q(at=place.at, pk__lte=place.pk)).count()


def place_in_line(community: Community, person: Person) -> int | None:
    """Return a person's position in the waiting list, None if they are not on it."""
    place = place_of(community, person)
    return position(place) if place else None


def free_places_of_leavers(keys: Collection[int]) -> None:
    """Remove leavers of the organisation from communities with a member limit; managers are left for people to
    replace. The freed places go to the waiting list.
    """
    held = Membership.objects.filter(person__in=keys, person__is_active=False, community__member_limit__isnull=False)
    for community in Community.objects.without_tree_fields().filter(pk__in=held.values("community_id")):
        with transaction.atomic():
            lock_community(community)
            rows = held.filter(community=community).exclude(role=Role.MANAGER)
            gone = sorted(rows.values_list("person_id", flat=True))
            if not gone:
                continue
            Membership.objects.filter(community=community, person__in=gone).delete()
            recount_members(community)
            announce(MembersLeft(person_ids=tuple(gone), community_id=community.pk))
            promote(community)


def drop_misfits(community: Community, fit: QuerySet[Person], *, only: Collection[int] | None = None) -> None:
    """Remove people from the waiting list who no longer fit the rule. Call while the community is locked.

    Args:
        fit: the people who fit. only: ids to restrict it to; None for everyone.
    """
    rows = WaitingPlace.objects.filter(community=community, way=JoinMethod.RULE)
    rows = rows if only is None else rows.filter(person_id__in=only)
    rows.exclude(person_id__in=fit.values("pk")).delete()
