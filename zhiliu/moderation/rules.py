"""Permissions of moderation."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rules import Predicate

from zhiliu.communities.models import Community
from zhiliu.communities.reach import reach
from zhiliu.communities.role_permissions import Permission
from zhiliu.communities.rules import may
from zhiliu.directory.models import Person
from zhiliu.kit.contracts.rules import Rule, name_rule, rule
from zhiliu.kit.system.db import CompiledQuery

from .models import Sanction


@rule(gettext_lazy("Only administrators decide on content outside communities."))
def is_administrator(person: Person, thing: object) -> bool:
    """Is an administrator of the installation."""
    return person.is_active and person.is_admin


def _in(act: Permission) -> Rule:
    """Has a role that allows ``act`` in a community; without a community, is an administrator."""
    allowed = may(act)

    def test(person: Person, community: Community | None) -> bool:
        return is_administrator(person) if community is None else allowed(person, community)

    def why(person: Any, community: Any) -> Any:
        return (is_administrator if community is None else allowed).why_not(person, community)

    return Rule(Predicate(test, name=f"{act}_here"), why, allowed.words)


def mute_of(person: Person, community_id: int) -> Sanction | None:
    """Return a person's longest running mute in a community; one query per request for all communities."""
    mutes: dict[int, Sanction] | None = getattr(person, "_mutes", None)
    if mutes is None:
        rows = [row for row in _mutes.objects(person.pk) if row.is_in_force]
        mutes = person._mutes = {row.community_id: row for row in rows}  # type: ignore[attr-defined]
    return mutes.get(community_id)


_mutes = CompiledQuery(
    lambda person: Sanction.objects.filter(person=person, kind=Sanction.Kind.MUTE, lifted_at=None).order_by("until"), 1
)


def forget_mutes(person: Person) -> None:
    """Clear the cached mutes; called by verbs that impose and lift."""
    # Not through __dict__: the person of a request is a lazy object with a dictionary of its own.
    if hasattr(person, "_mutes"):
        del person._mutes


def _may_write(person: Person, community: Community | None) -> bool:
    mute = mute_of(person, community.pk) if community is not None else None
    return mute is None or not mute.is_in_force


def _why_silent(person: Person, community: Community) -> Any:
    mute = mute_of(person, community.pk)
    if mute is None or mute.until is None:
        return ""
    until = date_format(timezone.localtime(mute.until), "SHORT_DATETIME_FORMAT")
    return _("You can’t write here until %(until)s: %(reason)s") % {"until": until, "reason": mute.reason}


@rule(gettext_lazy("Only the person themselves can appeal."))
def is_about_oneself(person: Person, sanction: Sanction) -> bool:
    """Is the person sanctioned."""
    return person.is_active and sanction.person_id == person.pk


@rule(gettext_lazy("Appeals are decided by someone other than the person who imposed the sanction."))
def did_not_impose(person: Person, sanction: Sanction) -> bool:
    """Neither imposed the sanction nor received it."""
    return person.pk not in (sanction.by_id, sanction.person_id)


@rule(gettext_lazy("Only the person themselves and the community’s managers can see this."))
def can_see_sanction(person: Person, sanction: Sanction) -> bool:
    """Is the person sanctioned, moderates the community, or may decide appeals there."""
    acts = (Permission.MODERATE, Permission.DECIDE_APPEAL)
    return sanction.person_id == person.pk or any(reach(person).may(act, sanction.community_id) for act in acts)


# These rules also apply to archived communities: their content can be reported and taken down.
can_moderate = name_rule("moderation.decide", _in(Permission.MODERATE))
can_mute = name_rule("moderation.mute", _in(Permission.MUTE))
can_remove = name_rule("moderation.remove", _in(Permission.ADMIT))
can_set_policy = name_rule("moderation.set_policy", may(Permission.REPAIR_SETTINGS))
can_keep_words = name_rule("moderation.keep_words", is_administrator)
can_appeal = name_rule("moderation.appeal", is_about_oneself)
can_decide_appeal = name_rule(
    "moderation.decide_appeal", _in(Permission.DECIDE_APPEAL).of("community") & did_not_impose
)
name_rule("moderation.see_sanction", can_see_sanction)
may_write = name_rule(
    "moderation.write", Rule(Predicate(_may_write, name="may_write"), _why_silent, "is not muted in the community")
)
