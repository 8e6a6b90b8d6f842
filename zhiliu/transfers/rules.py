"""Permissions of imports."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from rules import Predicate

from zhiliu.directory.models import Person
from zhiliu.directory.rules import is_admin
from zhiliu.kit.contracts.documents import receiver
from zhiliu.kit.contracts.rules import Rule, name_rule, rule

can_import = name_rule("transfers.import", is_admin)


def _why_not(person: Person, run: Any) -> Any:
    return receiver.provider.why_not(person, run.place)


_is_welcome = Predicate(lambda person, run: _why_not(person, run) is None, name="is_welcome")
# A run is seen by people who may import documents into its target; twin of ``DocumentRun.objects.visible_to``.
can_bring = name_rule(
    "transfers.bring_documents", Rule(_is_welcome, _why_not, "May bring documents into the place they go to")
)


@rule(_("Only a library’s managers can import documents."))
def has_a_place(person: Person, _thing: Any = None) -> bool:
    """Manages a place that accepts documents."""
    return bool(receiver.provider.places(person))


can_bring_somewhere = name_rule("transfers.bring_somewhere", has_a_place)
