"""People thank people."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from zhiliu.directory.models import Person
from zhiliu.directory.reach import can_see_person
from zhiliu.kit.contracts.facts import announce
from zhiliu.kit.contracts.object_types import card_or_404
from zhiliu.kit.errors import Refused

from .facts import Thanked
from .models import Thanks


def thank(to: Person, *, reason: str, by: Person, about: tuple[str, int] | None = None) -> Thanks:
    """Thank a person. Idempotent for the same reason and object.

    Args:
        reason: what helped. about: (kind, id) of the object it is for.

    Raises:
        Refused: ``by`` itself, a person out of reach, or no reason.
    """
    if to.pk == by.pk:
        raise Refused(_("You can’t thank yourself."))
    if not reason.strip():
        raise Refused(_("Briefly say what helped you."), field="reason")
    if not can_see_person(by, to):
        raise Refused(_("This person can’t be found."))
    kind, thing_id = about or ("", 0)
    community_id = card_or_404(kind, thing_id, by).community_id if about else None
    with transaction.atomic():
        thanks, is_new = Thanks.objects.get_or_create(
            to=to, by=by, kind=kind, thing_id=thing_id, reason=reason.strip(), defaults={"community_id": community_id}
        )
        if is_new:
            announce(
                Thanked(
                    thanks_id=thanks.pk,
                    to_id=to.pk,
                    kind=kind,
                    thing_id=thing_id,
                    community_id=community_id,
                    by_id=by.pk,
                )
            )
    return thanks
