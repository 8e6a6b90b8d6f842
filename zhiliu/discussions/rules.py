"""Permissions of questions and posts."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from zhiliu.communities import rules as community_rules
from zhiliu.communities.models import Community
from zhiliu.communities.reach import reach
from zhiliu.communities.role_permissions import Feature
from zhiliu.directory.models import Person
from zhiliu.kit.contracts.rules import name_rule, rule
from zhiliu.moderation.rules import may_write

from .models import Answer, Question


@rule(_("Only people who can see the community can see this."))
def sees_community(person: Person, thing: Any) -> bool:
    """Sees the community of the question or post."""
    return reach(person).sees(thing.community)


@rule(_("This was deleted."))
def is_there(person: Person, thing: Any) -> bool:
    """The question or post was not deleted."""
    return thing.withdrawn_at is None


@rule(_("Questions are switched off in this community."))
def has_questions(person: Person, community: Community) -> bool:
    """The community has switched questions on."""
    return community.has(Feature.QUESTIONS)


@rule(_("Only its author can edit this."))
def is_author(person: Person, thing: Any) -> bool:
    """Is the author."""
    return thing.by_id is not None and thing.by_id == person.pk


@rule(_("This question was already asked. Answer the other one."))
def is_no_duplicate(person: Person, question: Question) -> bool:
    """The question was not closed as a duplicate."""
    return not question.is_duplicate


@rule(_("Someone has answered. The community’s managers can still remove it."))
def nobody_answered(person: Person, question: Question) -> bool:
    """The question has no answers that would be deleted with it."""
    return not question.answer_count


@rule(_("Only the person who asked, the person handling it, and the community’s managers can ask a colleague."))
def sees_to_it(person: Person, question: Question) -> bool:
    """Sees to it that the question is answered."""
    return question.owner_id is not None and question.owner_id == person.pk


@rule(_("The library is switched off in this community."))
def has_library(person: Person, community: Community) -> bool:
    """The community has switched its library on."""
    return community.has(Feature.LIBRARY)


@rule(_("This answer was deleted."))
def stands(person: Person, answer: Answer) -> bool:
    """The answer was not deleted."""
    return answer.withdrawn_at is None


# In an archived community everything can be read and nothing changed.
_works = has_questions & community_rules.is_open_for_work
_moderates = community_rules.can_moderate.of("community")

can_see = name_rule("discussions.see", is_there & sees_community)
# Permissions without the mute check: held texts are published by them, whatever has happened since.
has_place_to_ask = _works & community_rules.can_see
has_place_to_answer = _works.of("community") & can_see & is_no_duplicate
has_place_to_post = has_questions & community_rules.can_take_part
can_ask = name_rule("discussions.ask", has_place_to_ask & may_write)
can_answer = name_rule("discussions.answer", has_place_to_answer & may_write.of("community"))
can_vote = name_rule("discussions.vote", _works.of("community") & can_see)
can_moderate = name_rule("discussions.moderate", _moderates)
can_edit = name_rule("discussions.edit", _works.of("community") & can_see & (_moderates | is_author))
can_reword = name_rule("discussions.reword", can_edit & may_write.of("community"))
can_withdraw = name_rule(
    "discussions.withdraw", _works.of("community") & sees_community & (_moderates | (is_author & nobody_answered))
)
can_accept = name_rule(
    "discussions.accept",
    can_edit.because(_("Only the person who asked and the community’s managers can accept an answer.")),
)
can_look_after = name_rule("discussions.look_after", community_rules.can_take_part.of("community"))
can_edit_answer = name_rule(
    "discussions.edit_answer",
    _works.of("question.community") & stands & is_author & may_write.of("question.community"),
)
can_withdraw_answer = name_rule(
    "discussions.withdraw_answer",
    _works.of("question.community") & (community_rules.can_moderate.of("question.community") | is_author),
)
can_put_into_faq = name_rule(
    "discussions.put_into_faq", (has_library & community_rules.can_publish).of("community") & can_see
)
can_ask_expert = name_rule("discussions.ask_expert", can_answer & (_moderates | is_author | sees_to_it))
can_keep_rota = name_rule("discussions.keep_rota", has_questions & community_rules.can_moderate)


can_see_post = name_rule("discussions.see_post", can_see)
can_post = name_rule("discussions.post", has_place_to_post & may_write)
can_edit_post = name_rule(
    "discussions.edit_post", _works.of("community") & can_see_post & is_author & may_write.of("community")
)
can_withdraw_post = name_rule(
    "discussions.withdraw_post", _works.of("community") & sees_community & (_moderates | is_author)
)
