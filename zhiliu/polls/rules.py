"""Permissions of polls."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from rules import Predicate

from zhiliu.communities import rules as community_rules
from zhiliu.communities.reach import reach
from zhiliu.communities.role_permissions import Feature
from zhiliu.directory.models import Person
from zhiliu.kit.contracts.rules import Rule, name_rule, rule

from .models import Poll
from .owners import owners


@rule(_("Only people who can see the community can see this."))
def sees_community(person: Person, poll: Poll) -> bool:
    """Sees the poll's community."""
    return poll.community is not None and reach(person).sees(poll.community)


@rule(_("Only people who can see the page it belongs to can see this."))
def sees_thing(person: Person, poll: Poll) -> bool:
    """Sees the object it belongs to."""
    owner = owners.get(poll.kind)
    return owner is not None and owner.see(person, poll.thing_id or 0)


@rule(_("Polls are switched off in this community."))
def has_polls(person: Person, community: object) -> bool:
    """The community has polls enabled."""
    return community.has(Feature.POLLS)  # type: ignore[attr-defined]


@rule(_("Only the poll’s author or a moderator can close it."))
def is_author(person: Person, poll: Poll) -> bool:
    """Created the poll."""
    return person.is_active and poll.by_id is not None and poll.by_id == person.pk


@rule(_("Only the people running this can start and close its polls."))
def keeps_owner(person: Person, poll: Poll) -> bool:
    """May create and close polls of the object it belongs to."""
    owner = owners.get(poll.kind)
    return owner is not None and person.is_active and owner.keep(person, poll.thing_id or 0)


@rule(_("Only participants can vote here."))
def takes_part(person: Person, poll: Poll) -> bool:
    """May vote in the polls of the object it belongs to."""
    owner = owners.get(poll.kind)
    return owner is not None and person.is_active and owner.vote(person, poll.thing_id or 0)


def _by_owner(of_community: Rule, of_thing: Rule) -> Rule:
    """Combine a rule for polls of communities with one for those of objects."""

    def asked(poll: Poll) -> Rule:
        return of_thing if poll.kind else of_community

    return Rule(
        Predicate(lambda person, poll: asked(poll)(person, poll), name="by_owner"),
        lambda person, poll: asked(poll).why_not(person, poll),
        f"of a community: {of_community.words}; of a thing: {of_thing.words}",
    )


# The twin of ``visible_to``.
can_see = name_rule("polls.see", _by_owner(sees_community, sees_thing))
can_open = name_rule("polls.open", has_polls & community_rules.can_take_part)
can_vote = name_rule("polls.vote", _by_owner(community_rules.can_take_part.of("community"), takes_part))
_closes = community_rules.is_open_for_work.of("community") & (community_rules.can_moderate.of("community") | is_author)
can_close = name_rule("polls.close", _by_owner(_closes, keeps_owner))
