"""Following people. Only the two people involved know who follows whom; everybody else sees only the number.

The log would outlive that promise, so its facts name the person followed and never the follower.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from zhiliu.kit.contracts.facts import announce
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.errors import Refused

from .facts import PersonFollowed, PersonUnfollowed
from .models import Follow, Person
from .reach import can_see_person, visible_among
from .rules import can_follow


def follow(person: Person, *, by: Person) -> Follow:
    """Follow a person. Idempotent.

    Raises:
        Forbidden: ``by`` itself, a bot, or a leaver.
        Refused: a person out of reach.
    """
    require(can_follow, by, person)
    if not can_see_person(by, person):
        raise Refused(_("This person can’t be found."))
    with transaction.atomic():
        # Race: two simultaneous clicks meet at the unique key; only the one that inserts the row announces it.
        row, is_new = Follow.objects.get_or_create(person=person, by=by)
        if is_new:
            announce(PersonFollowed(person_id=person.pk))
    return row


def unfollow(person: Person, *, by: Person) -> None:
    """Stop following a person. Idempotent."""
    with transaction.atomic():
        deleted, _each = Follow.objects.filter(person=person, by=by).delete()
        if deleted:
            announce(PersonUnfollowed(person_id=person.pk))


@dataclass(frozen=True)
class Bond:
    """Who follows whom among two people, from the viewpoint of one of them.

    Args:
        follows: the viewer follows the other. followed: the other follows the viewer.
    """

    follows: bool
    followed: bool

    @property
    def is_mutual(self) -> bool:
        """Return True if they follow each other."""
        return self.follows and self.followed


def bond(viewer: Person, other: Person) -> Bond:
    """Return who follows whom between ``viewer`` and ``other``, in one query."""
    pair = [viewer.pk, other.pk]
    rows = set(Follow.objects.filter(by__in=pair, person__in=pair).values_list("by_id", flat=True))
    return Bond(follows=viewer.pk in rows, followed=other.pk in rows)


def follower_count(person: Person) -> int:
    """Return a person's number of active followers."""
    return Follow.objects.filter(person=person, by__is_active=True).count()


def followers_among(people: Iterable[int | None]) -> QuerySet[Follow, int]:
    """Return the distinct ids of active followers of ``people`` (ids)."""
    rows = Follow.objects.filter(person__in=[key for key in people if key], by__is_active=True)
    return rows.order_by().values_list("by_id", flat=True).distinct()


def followed_by(person: Person) -> QuerySet[Follow]:
    """Return whom a person follows and may still see; ``is_mutual`` marks those who follow back."""
    mutual = Follow.objects.filter(by=OuterRef("person"), person=person)
    rows = Follow.objects.filter(by=person)
    rows = rows.filter(person__in=visible_among(person, rows.values("person")).values("pk"))
    return rows.select_related("person__department", "person__position").annotate(is_mutual=Exists(mutual))


def followers_of(person: Person) -> QuerySet[Follow]:
    """Return a person's followers, for that person alone; ``is_mutual`` marks those they follow back."""
    mutual = Follow.objects.filter(by=person, person=OuterRef("by"))
    rows = Follow.objects.filter(person=person)
    rows = rows.filter(by__in=visible_among(person, rows.values("by")).values("pk"))
    return rows.select_related("by__department", "by__position").annotate(is_mutual=Exists(mutual))
