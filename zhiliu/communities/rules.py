"""Who may do what in a community."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from rules import Predicate

from zhiliu.directory.models import Person
from zhiliu.kit.contracts.rules import Rule, name_rule, rule

from .models import Community
from .reach import reach
from .role_permissions import MAY, Permission, Role


@rule(_("Only members can see this community. You can ask to join."))
def can_see(person: Person, community: Community) -> bool:
    """May see what is inside."""
    return reach(person).sees(community)


@rule(_("Join the community first."))
def is_member(person: Person, community: Community) -> bool:
    """Belongs to the community."""
    return person.is_active and (reach(person).is_member(community) or person.is_admin)


@rule(_("This community is archived and read-only."))
def is_open_for_work(person: Person, community: Community) -> bool:
    """The community is not archived."""
    return community.phase != Community.Phase.ARCHIVED


def may(act: Permission) -> Rule:
    """Return the rule that a role in the community, or above it, allows ``act``; its reason names those roles."""

    def test(person: Person, community: Community) -> bool:
        return person.is_active and reach(person).may(act, community.pk)

    def why(person: Any, community: Any) -> Any:
        names = [str(Role(role).label) for role in Role if act in MAY[role]]
        if Role.MEMBER in [role for role in Role if act in MAY[role]]:
            return _("Join the community first.")
        return _("Who can %(act)s: %(roles)s.") % {"act": act.label, "roles": _(", ").join(names)}

    return Rule(Predicate(test, name=f"may_{act}"), why, f"has a role that may {act.value}")


@rule(_("This page is for community managers and leaders."))
def manages_somewhere(person: Person, thing: Any) -> bool:
    """Manages or leads a community."""
    return person.is_active and bool(reach(person).managed)


name_rule("communities.see", can_see)
can_see_week = name_rule("communities.week", manages_somewhere)
can_edit_home = name_rule("communities.edit_home", may(Permission.EDIT_HOME) & is_open_for_work)
can_admit = name_rule("communities.admit", may(Permission.ADMIT) & is_open_for_work)
# Also of an archived community: what was has to be accounted for.
can_export = name_rule("communities.export", may(Permission.EXPORT))
can_set_up = name_rule("communities.repair_settings", may(Permission.REPAIR_SETTINGS))
can_archive = name_rule("communities.archive", may(Permission.ARCHIVE))
can_moderate = name_rule("communities.moderate", may(Permission.MODERATE) & is_open_for_work)
can_schedule = name_rule("communities.schedule", may(Permission.SCHEDULE) & is_open_for_work)
can_publish = name_rule("communities.publish", may(Permission.PUBLISH) & is_open_for_work)
can_verify = name_rule("communities.verify_article", may(Permission.VERIFY_ARTICLE) & is_open_for_work)
can_take_part = name_rule("communities.take_part", is_open_for_work & is_member)
