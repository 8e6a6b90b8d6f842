"""Who may do what with needs and topics."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from rules import Predicate

from zhiliu.communities import rules as community_rules
from zhiliu.communities.reach import reach
from zhiliu.directory.models import Person
from zhiliu.kit.rules import Rule, name_rule, rule


def in_community(inner: Rule) -> Rule:
    """A rule about a community, asked about something that belongs to one."""
    predicate = Predicate(lambda person, thing: inner(person, thing.community), name="in_community")
    return Rule(
        predicate, lambda person, thing: inner.why_not(person, thing.community), f"in its community: {inner.words}"
    )


@rule(_("Only the author may change this."))
def is_author(person: Person, thing: Any) -> bool:
    """Wrote it."""
    return thing.by_id is not None and thing.by_id == person.pk


@rule(_("Only those who see the community can see this."))
def can_see(person: Person, thing: Any) -> bool:
    """May see the need or topic; twin of ``visible_to``."""
    return reach(person).sees(thing.community)


name_rule("needs.see", can_see)
can_voice = name_rule("needs.voice", community_rules.is_open_for_work & community_rules.can_see)
can_moderate = name_rule("needs.moderate", in_community(community_rules.can_moderate))
can_edit = name_rule("needs.edit", is_author | in_community(community_rules.can_moderate))
can_make_topic = name_rule("needs.make_topic", in_community(community_rules.can_take_part))
