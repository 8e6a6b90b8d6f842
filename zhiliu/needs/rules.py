"""Permissions of needs and topics."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from zhiliu.communities import rules as community_rules
from zhiliu.communities.models import Community
from zhiliu.communities.reach import reach
from zhiliu.communities.role_permissions import Feature
from zhiliu.directory.models import Person
from zhiliu.kit.contracts.rules import name_rule, rule


@rule(_("Only the author can edit this."))
def is_author(person: Person, thing: Any) -> bool:
    """Is the author."""
    return thing.by_id is not None and thing.by_id == person.pk


@rule(_("Only people who can see the community can see this."))
def can_see(person: Person, thing: Any) -> bool:
    """May see the need or topic; twin of ``visible_to``."""
    return reach(person).sees(thing.community)


@rule(_("Needs are switched off in this community."))
def has_needs(person: Person, community: Community) -> bool:
    """The community has switched needs on."""
    return community.has(Feature.NEEDS)


# In an archived community everything can be read and nothing changed.
_is_open = community_rules.is_open_for_work.of("community")

name_rule("needs.see", can_see)
can_voice = name_rule("needs.voice", has_needs & community_rules.is_open_for_work & community_rules.can_see)
can_moderate = name_rule("needs.moderate", community_rules.can_moderate.of("community"))
can_edit = name_rule("needs.edit", _is_open & (is_author | community_rules.can_moderate.of("community")))
can_support = name_rule("needs.support", _is_open & can_see)
can_make_topic = name_rule("needs.make_topic", community_rules.can_take_part.of("community"))
