"""The two tables of ``docs/architecture.md`` that the code uses: roles x acts, and kinds x features.

A test compares the tables in the document with these.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Role(models.TextChoices):
    """The role of a member."""

    MANAGER = "manager", pgettext_lazy("community role", "Community manager")
    LEADER = "leader", pgettext_lazy("community role", "Community leader")
    SPONSOR = "sponsor", pgettext_lazy("community role", "Sponsor")
    ADVISER = "adviser", pgettext_lazy("community role", "Knowledge adviser")
    EXPERT = "expert", pgettext_lazy("community role", "Technical expert")
    MEMBER = "member", pgettext_lazy("community role", "Member")


class Permission(models.TextChoices):
    """What a role can allow."""

    EDIT_HOME = "edit_home", _("edit the home page and announce")
    ADMIT = "admit", _("approve members")
    MUTE = "mute", _("mute members")
    DECIDE_APPEAL = "decide_appeal", _("decide appeals")
    PUBLISH = "publish", _("publish articles")
    VERIFY_ARTICLE = "verify_article", _("verify articles")
    SEE_SPENDING = "see_spending", _("see spending")
    KEEP_BUDGET = "keep_budget", _("keep the budget")
    EXPORT = "export", _("export lists of members")
    MODERATE = "moderate", _("moderate, merge needs and create topics")
    SCHEDULE = "schedule", _("arrange gatherings")
    ARCHIVE = "archive", _("archive")
    REPAIR_SETTINGS = "repair_settings", _("change settings and roles")


_A = Permission
MAY: dict[str, frozenset[Permission]] = {
    Role.MANAGER: frozenset(Permission) - {_A.DECIDE_APPEAL},
    Role.LEADER: frozenset(Permission) - {_A.REPAIR_SETTINGS, _A.KEEP_BUDGET},
    Role.SPONSOR: frozenset({_A.DECIDE_APPEAL, _A.SEE_SPENDING, _A.KEEP_BUDGET, _A.EXPORT, _A.PUBLISH, _A.SCHEDULE}),
    Role.ADVISER: frozenset({_A.EDIT_HOME, _A.PUBLISH, _A.VERIFY_ARTICLE, _A.EXPORT, _A.MODERATE, _A.SCHEDULE}),
    Role.EXPERT: frozenset({_A.PUBLISH, _A.VERIFY_ARTICLE, _A.SCHEDULE}),
    Role.MEMBER: frozenset({_A.PUBLISH, _A.SCHEDULE}),
    "guest": frozenset(),
}


class Kind(models.TextChoices):
    """The six kinds of community."""

    PROFESSIONAL = "professional", pgettext_lazy("community kind", "Professional")
    INTEREST = "interest", pgettext_lazy("community kind", "Interest")
    HELP = "help", pgettext_lazy("community kind", "Mutual help")
    BEST = "best", pgettext_lazy("community kind", "Best practice")
    LEARNING = "learning", pgettext_lazy("community kind", "Learning")
    KNOWLEDGE = "knowledge", pgettext_lazy("community kind", "Knowledge management")


class Feature(models.TextChoices):
    """What a community can enable."""

    TALK = "talk", pgettext_lazy("feature", "Channels")
    QUESTIONS = "questions", pgettext_lazy("feature", "Questions")
    NEEDS = "needs", pgettext_lazy("feature", "Needs")
    POLLS = "polls", pgettext_lazy("feature", "Polls")
    GATHERINGS = "gatherings", pgettext_lazy("feature", "Gatherings")
    LIBRARY = "library", pgettext_lazy("feature", "Library")
    FILES = "files", pgettext_lazy("feature", "Shared files")


class Admission(models.TextChoices):
    """How people become members."""

    OPEN = "open", pgettext_lazy("admission", "Anyone can join")
    REQUEST = "request", pgettext_lazy("admission", "On request")
    INVITED = "invited", pgettext_lazy("admission", "By invitation")
    RULE = "rule", pgettext_lazy("admission", "Automatic, by rule")


class JoinMethod(models.TextChoices):
    """How a person became a member."""

    OWN = "own", pgettext_lazy("way in", "joined by themselves")
    REQUEST = "request", pgettext_lazy("way in", "asked to join")
    HAND = "hand", pgettext_lazy("way in", "was added")
    LINK = "link", pgettext_lazy("way in", "joined with a link")
    INVITATION = "invitation", pgettext_lazy("way in", "was invited")
    RULE = "rule", pgettext_lazy("way in", "joined by rule")


@dataclass(frozen=True)
class KindTemplate:
    """What a new community of a kind starts with.

    Args:
        features: enabled at the start.
        sessions_a_month: the suggested number of gatherings.
        default_format: the gathering format offered first.
        default_template: the article template offered first.
        admission: suggested admission.
        roles: roles to fill besides the manager.
        rules: suggested rulebook, one rule a line.
        starter: (title, text) of the first announcement: what to do here first.
        hint: the purpose of the kind in one line.
    """

    features: tuple[Feature, ...]
    sessions_a_month: int
    default_format: str
    default_template: str
    admission: Admission
    roles: tuple[Role, ...]
    rules: tuple[Any, ...]
    starter: tuple[Any, Any]
    hint: Any


_F = Feature
_ALL = (_F.TALK, _F.QUESTIONS, _F.NEEDS, _F.POLLS, _F.GATHERINGS, _F.LIBRARY, _F.FILES)
KINDS: dict[str, KindTemplate] = {
    Kind.PROFESSIONAL: KindTemplate(
        features=_ALL,
        sessions_a_month=2,
        default_format="one_problem_talk",
        default_template="case",
        admission=Admission.OPEN,
        roles=(Role.LEADER, Role.EXPERT, Role.ADVISER),
        rules=(
            _("Say what happened before you judge it."),
            _("No customer names or prices that could harm anyone outside this community."),
            _("If you ask, come back and say how it went."),
        ),
        starter=(
            _("Start with the last time you were stuck"),
            _(
                "Write one need: the last time you were stuck in your work. "
                "The one with most support becomes our first talk."
            ),
        ),
        hint=_("People in the same profession solving hard cases together."),
    ),
    Kind.INTEREST: KindTemplate(
        features=(_F.TALK, _F.POLLS, _F.GATHERINGS, _F.NEEDS),
        sessions_a_month=1,
        default_format="tea_chat",
        default_template="plain",
        admission=Admission.OPEN,
        roles=(Role.LEADER,),
        rules=(_("Come and go as you like. Cancel your sign-up when you can’t make it."), _("No advertising.")),
        starter=(
            _("Vote on the first outing"),
            _("Vote for the times that suit you. Three people are enough to start."),
        ),
        hint=_("Things people enjoy doing together outside work."),
    ),
    Kind.HELP: KindTemplate(
        features=_ALL,
        sessions_a_month=1,
        default_format="tea_chat",
        default_template="case",
        admission=Admission.OPEN,
        roles=(Role.EXPERT, Role.LEADER),
        rules=(
            _("No question is too small. First answer, then teach."),
            _("Say what you have tried and what the device shows."),
            _("If you were helped, write down how in three sentences."),
        ),
        starter=(
            _("Ask what stops you right now"),
            _("Describe the situation and what you’ve tried. Search first: it may already be solved."),
        ),
        hint=_("Quick help at any time, live or by looking it up."),
    ),
    Kind.BEST: KindTemplate(
        features=(_F.TALK, _F.QUESTIONS, _F.LIBRARY, _F.NEEDS, _F.GATHERINGS, _F.FILES),
        sessions_a_month=1,
        default_format="one_problem_talk",
        default_template="sop",
        admission=Admission.REQUEST,
        roles=(Role.EXPERT, Role.ADVISER),
        rules=(
            _("A practice is written as steps someone else can follow."),
            _("Every practice has an owner and a review date."),
            _("If you deviate, say why: that is how the practice improves."),
        ),
        starter=(
            _("Write down one practice as steps"),
            _("Choose a job you do well. Write the steps, who does each, and what can go wrong."),
        ),
        hint=_("Proven ways of working, kept as SOPs and improved through use."),
    ),
    Kind.LEARNING: KindTemplate(
        features=_ALL,
        sessions_a_month=2,
        default_format="one_problem_talk",
        default_template="session_summary",
        admission=Admission.OPEN,
        roles=(Role.LEADER, Role.EXPERT),
        rules=(
            _("Say at the start what you want to be able to do at the end."),
            _("Find a partner and tell each other once a week how far you’ve got."),
            _("If you miss a session, read the summary and ask one question."),
        ),
        starter=(
            _("Find your learning partner"),
            _("Invite a colleague to a tea chat and agree on what each of you wants to learn this month."),
        ),
        hint=_("Learning something together, with partners who keep each other going."),
    ),
    Kind.KNOWLEDGE: KindTemplate(
        features=(_F.TALK, _F.QUESTIONS, _F.LIBRARY, _F.NEEDS, _F.POLLS, _F.GATHERINGS, _F.FILES),
        sessions_a_month=1,
        default_format="one_problem_talk",
        default_template="plain",
        admission=Admission.REQUEST,
        roles=(Role.ADVISER, Role.EXPERT),
        rules=(
            _("Every article has an owner. Without one it is archived."),
            _("Anything past its review date is checked or marked within two weeks."),
        ),
        starter=(
            _("Go through what is due for review"),
            _("Open the library, sort by review date, and take one article."),
        ),
        hint=_("The people who keep company knowledge findable, reviewed and used."),
    ),
}
