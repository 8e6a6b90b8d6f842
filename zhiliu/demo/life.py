"""A community that was merged into another one weeks ago: its links redirect there."""

from __future__ import annotations

from zhiliu.communities.joining import add_members
from zhiliu.communities.lifecycle.merging import merge_communities
from zhiliu.communities.models import Announcement, Community, MergeOrSplit, PhaseChange
from zhiliu.communities.role_permissions import Role
from zhiliu.communities.starting import start_community
from zhiliu.directory.models import Person

from .stage import Stage

NAME, SLUG = "冷媒替换小组", "refrigerant"


def build(stage: Stage) -> None:
    """Start the community in spring and merge it in autumn."""
    target = Community.objects.without_tree_fields().get(slug="refrigeration")
    keeper = Person.objects.get(memberships__community=target, memberships__role=Role.MANAGER)
    began, ended = stage.clock.at(-150, "09:30"), stage.clock.at(-34, "15:10")
    with stage.moment(began):
        small = start_community(name=NAME, kind="professional", slug=SLUG, purpose="老系统换新冷媒的经验", by=keeper)
        people = stage.some(stage.members["refrigeration"], 9, {keeper.pk})
        add_members(small, dict.fromkeys(people, Role.MEMBER), by=keeper)
    Community.objects.filter(pk=small.pk).update(started_at=began, offers_starter=False)
    small.rulebooks.update(at=began)
    small.memberships.update(joined_at=began)
    with stage.moment(ended):
        merge_or_split = merge_communities(small, target, by=keeper)
    MergeOrSplit.objects.filter(pk=merge_or_split.pk).update(at=ended)
    PhaseChange.objects.filter(community=small).update(at=ended)
    _settle(target)


def _settle(target: Community) -> None:
    """Pin the newest announcement, as everywhere."""
    newest = target.announcements.order_by("-at").first()
    target.announcements.exclude(pk=newest.pk if newest else 0).update(is_pinned=False)
    Announcement.objects.filter(pk=newest.pk if newest else 0).update(is_pinned=True)
