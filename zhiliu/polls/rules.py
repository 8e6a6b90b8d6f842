"""Who may do what with polls."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from zhiliu.communities import rules as community_rules
from zhiliu.communities.reach import reach
from zhiliu.communities.tables import Feature
from zhiliu.directory.models import Person
from zhiliu.kit.rules import name_rule, rule

from .models import Poll


@rule(_("Only those who see the community can see this."))
def can_see(person: Person, poll: Poll) -> bool:
    """May see the poll; twin of ``visible_to``."""
    return reach(person).sees(poll.community)


@rule(_("Polls are switched off in this community."))
def has_polls(person: Person, community: object) -> bool:
    """The community has switched polls on."""
    return community.has(Feature.POLLS)  # type: ignore[attr-defined]


name_rule("polls.see", can_see)
can_open = name_rule("polls.open", has_polls & community_rules.can_take_part)
can_vote = name_rule("polls.vote", community_rules.can_take_part.of("community"))
