"""People follow people. Who follows whom is known to the two alone; everybody else is told only how many.

The log would outlive that promise, so its facts name who is followed and never who follows.
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
from .reach import can_see_person, visible_people
from .rules import can_follow


def follow(person: Person, *, by: Person) -> Follow:
    """Want to know what a person shares. Idempotent.

    Raises:
        Forbidden: oneself, a bot, or somebody who has left.
        Refused: somebody out of reach.
    """
    require(can_follow, by, person)
    if not can_see_person(by, person):
        raise Refused(_("This person can’t be found."))
    with transaction.atomic():
        # Two clicks at the same moment meet at the unique key; one of them makes the row and announces it.
        row, is_new = Follow.objects.get_or_create(person=person, by=by)
        if is_new:
            announce(PersonFollowed(person_id=person.pk))
    return row


def unfollow(person: Person, *, by: Person) -> None:
    """Follow a person no longer. Harmless when one does not."""
    with transaction.atomic():
        gone, _each = Follow.objects.filter(person=person, by=by).delete()
        if gone:
            announce(PersonUnfollowed(person_id=person.pk))


@dataclass(frozen=True)
class Bond:
    """How two people stand to each other, as one of them may know it.

    Args:
        follows: whether who looks follows the other. followed: whether the other follows who looks.
    """

    follows: bool
    followed: bool

    @property
    def is_mutual(self) -> bool:
        """Whether the two value each other."""
        return self.follows and self.followed


def bond(viewer: Person, other: Person) -> Bond:
    """How ``viewer`` and ``other`` stand to each other, in one query."""
    pair = [viewer.pk, other.pk]
    rows = set(Follow.objects.filter(by__in=pair, person__in=pair).values_list("by_id", flat=True))
    return Bond(follows=viewer.pk in rows, followed=other.pk in rows)


def follower_count(person: Person) -> int:
    """How many people who are here follow a person."""
    return Follow.objects.filter(person=person, by__is_active=True).count()


def followers_among(people: Iterable[int | None]) -> QuerySet[Follow, int]:
    """Ids of those who follow one of ``people`` (ids), each once."""
    rows = Follow.objects.filter(person__in=[key for key in people if key], by__is_active=True)
    return rows.order_by().values_list("by_id", flat=True).distinct()


def followed_by(person: Person) -> QuerySet[Follow]:
    """Whom a person follows, as far as they may still see them; ``is_mutual`` says who follows them too."""
    mutual = Follow.objects.filter(by=OuterRef("person"), person=person)
    rows = Follow.objects.filter(by=person, person__in=visible_people(person).values("pk"))
    return rows.select_related("person__department", "person__position").annotate(is_mutual=Exists(mutual))


def followers_of(person: Person) -> QuerySet[Follow]:
    """Who follows a person, for that person alone; ``is_mutual`` says whom they follow too."""
    mutual = Follow.objects.filter(by=person, person=OuterRef("by"))
    rows = Follow.objects.filter(person=person, by__in=visible_people(person).values("pk"))
    return rows.select_related("by__department", "by__position").annotate(is_mutual=Exists(mutual))
