"""Permissions of a community's files."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from zhiliu.communities import rules as community_rules
from zhiliu.communities.models import Community
from zhiliu.communities.reach import reach
from zhiliu.communities.role_permissions import Feature
from zhiliu.directory.models import Person
from zhiliu.kit.contracts.rules import name_rule, rule

from .models import SharedFile


@rule(_("Only people who can see the community can see this."))
def can_see(person: Person, shared: SharedFile) -> bool:
    """May see the file; twin of ``visible_to``."""
    return reach(person).sees(shared.community)


@rule(_("Shared files are switched off in this community."))
def has_files(person: Person, community: Community) -> bool:
    """The community has shared files enabled."""
    return community.has(Feature.FILES)


@rule(_("Only the person who added it and moderators can do this."))
def put_it_here(person: Person, shared: SharedFile) -> bool:
    """Shared the file."""
    return person.is_active and shared.by_id == person.pk


name_rule("files.see", can_see)
can_share = name_rule("files.share", has_files & community_rules.can_take_part)
can_tend = name_rule(
    "files.tend",
    (community_rules.can_moderate.of("community") | put_it_here) & community_rules.is_open_for_work.of("community"),
)
