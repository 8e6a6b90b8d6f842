"""Administration of positions."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from zhiliu.kit.contracts.audit import Picture, change, picture
from zhiliu.kit.contracts.facts import announce
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.errors import Refused

from ..facts import PositionChanged
from ..models import Person, Position
from ..rules import is_admin

_TAKEN = _("A position with this name already exists.")


def save_position(position: Position | None, *, name: str, level: int, by: Person) -> Position:
    """Change a position, or create one when ``position`` is None.

    Raises:
        Refused: the name is taken.
    """
    require(is_admin, by)
    saved = position or Position()
    saved.name, saved.level = name, level
    try:
        with transaction.atomic():
            was = picture(Position, saved.pk)
            saved.save()
            fact = PositionChanged(position_id=saved.pk, act="changed" if position else "added", by_id=by.pk)
            announce(fact, change=change(was, picture(Position, saved.pk)))
    except IntegrityError:
        raise Refused(_TAKEN, field="name") from None
    return saved


def remove_position(position: Position, *, by: Person) -> None:
    """Remove an unused position. Idempotent.

    Raises:
        Refused: people hold it.
    """
    require(is_admin, by)
    with transaction.atomic():
        if Person.objects.active().filter(position=position.pk).exists():
            raise Refused(_("This position is in use. Give those people another one first."))
        was = picture(Position, position.pk)
        if Position.objects.filter(pk=position.pk).delete()[0]:
            fact = PositionChanged(position_id=position.pk, act="removed", by_id=by.pk)
            announce(fact, change=change(was, Picture()))
