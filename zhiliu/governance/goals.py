"""State goals, and link what serves them."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from zhiliu.directory.models import Person
from zhiliu.kit.contracts.audit import Picture, change, picture, picture_of
from zhiliu.kit.contracts.facts import announce
from zhiliu.kit.contracts.object_types import ObjectCard
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.errors import Refused

from .facts import GoalServed, GoalSet
from .models import Goal, Service
from .rules import can_align, can_set_goals

SERVING = ("community", "topic", "gathering", "article")


def state_goal(*, title: str, by: Person, **fields: Any) -> Goal:
    """State a goal.

    Args:
        fields: further fields of :class:`Goal`.

    Raises:
        Refused: the name is taken.
    """
    require(can_set_goals, by, None)
    with transaction.atomic():
        _refuse_namesake(title)
        goal = Goal.objects.create(title=title, by=by, **fields)
        announce(GoalSet(goal_id=goal.pk, act="stated", by_id=by.pk), change=change(Picture(), picture_of(goal)))
    return goal


def change_goal(goal: Goal, *, version: int, by: Person, **fields: Any) -> None:
    """Change a goal.

    Args:
        version: of the goal the form was made from.

    Raises:
        Refused: the name is taken, or someone else changed it in the meantime.
    """
    require(can_set_goals, by, goal)
    with transaction.atomic():
        _refuse_namesake(fields["title"], without=goal)
        was = picture(Goal, goal.pk)
        if not Goal.objects.filter(pk=goal.pk, version=version).update(version=version + 1, **fields):
            raise Refused(_("Someone else changed this. Review the current version, then save again."))
        announce(GoalSet(goal_id=goal.pk, act="changed", by_id=by.pk), change=change(was, picture(Goal, goal.pk)))


def close_goal(goal: Goal, closed: bool, *, by: Person) -> None:
    """Close or reopen a goal; what serves it stays linked. Idempotent."""
    require(can_set_goals, by, goal)
    with transaction.atomic():
        was = picture(Goal, goal.pk)
        rows = Goal.objects.filter(pk=goal.pk, closed_at__isnull=closed)
        if rows.update(closed_at=timezone.now() if closed else None):
            fact = GoalSet(goal_id=goal.pk, act="closed" if closed else "opened", by_id=by.pk)
            announce(fact, change=change(was, picture(Goal, goal.pk)))


def serve_goal(goal: Goal, card: ObjectCard, *, by: Person) -> Service:
    """Link an object to a goal it serves. Idempotent.

    Raises:
        Forbidden: ``by`` does not moderate the object's community. Refused: the goal is closed.
    """
    require(can_align, by, card)
    if card.kind not in SERVING:
        raise Refused(_("Only communities, topics, gatherings and articles can serve goals."))
    if goal.closed_at is not None:
        raise Refused(_("This goal is closed."))
    with transaction.atomic():
        service, is_new = Service.objects.get_or_create(
            goal=goal, kind=card.kind, thing_id=card.key, defaults={"by": by}
        )
        if is_new:
            announce(_served(goal, card, by))
    return service


def end_service(goal: Goal, card: ObjectCard, *, by: Person) -> None:
    """Unlink an object from a goal. Idempotent."""
    require(can_align, by, card)
    with transaction.atomic():
        if goal.services.filter(kind=card.kind, thing_id=card.key).delete()[0]:
            announce(_served(goal, card, by, ended=True))


def _served(goal: Goal, card: ObjectCard, by: Person, ended: bool = False) -> GoalServed:
    community = card.key if card.kind == "community" else card.community_id
    return GoalServed(
        goal_id=goal.pk, kind=card.kind, thing_id=card.key, ended=ended, community_id=community, by_id=by.pk
    )


def _refuse_namesake(title: str, without: Goal | None = None) -> None:
    others = Goal.objects.filter(title=title)
    if without is not None:
        others = others.exclude(pk=without.pk)
    if others.exists():
        raise Refused(_("A goal with this name already exists."), field="title")
