"""Facts of moderation. Who reported something is confidential: the facts of reports have no actor."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import pgettext_lazy

from zhiliu.kit.contracts.facts import Fact


@dataclass(frozen=True, kw_only=True)
class ThingHeld(Fact, name="moderation.content_held"):
    """A post is held for review before publication."""

    hold_id: int


@dataclass(frozen=True, kw_only=True)
class ThingFlagged(Fact, name="moderation.content_flagged"):
    """A detector flagged something published for review."""

    kind: str
    thing_id: int


@dataclass(frozen=True, kw_only=True)
class ThingReported(Fact, name="moderation.content_reported"):
    """A person reported an object to the moderators."""

    report_id: int
    kind: str
    thing_id: int


@dataclass(frozen=True, kw_only=True)
class Decided(Fact, name="moderation.decided"):
    """A moderator decided about something held, reported or flagged."""

    administrative = pgettext_lazy("audit", "Decided a held or reported post")
    about = ("decision", "decision_id")
    decision_id: int
    author_id: int | None = None
    was_held: bool = False
    reporter_ids: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class DecisionUndone(Fact, name="moderation.decision_undone"):
    """A decision was undone within some minutes; its object waits again."""

    administrative = pgettext_lazy("audit", "Undid a decision")
    about = ("decision", "decision_id")
    decision_id: int


@dataclass(frozen=True, kw_only=True)
class SanctionImposed(Fact, name="moderation.sanction_imposed"):
    """A person was warned, muted or removed from a community for a term."""

    administrative = pgettext_lazy("audit", "Imposed a sanction")
    about = ("sanction", "sanction_id")
    sanction_id: int
    person_id: int
    kind: str


@dataclass(frozen=True, kw_only=True)
class SanctionLifted(Fact, name="moderation.sanction_lifted"):
    """A sanction was lifted before its term, or after an appeal."""

    administrative = pgettext_lazy("audit", "Ended a sanction")
    about = ("sanction", "sanction_id")
    sanction_id: int
    person_id: int


@dataclass(frozen=True, kw_only=True)
class AppealMade(Fact, name="moderation.appeal_made"):
    """A person appealed against their sanction."""

    about = ("sanction", "sanction_id")
    sanction_id: int


@dataclass(frozen=True, kw_only=True)
class AppealDecided(Fact, name="moderation.appeal_decided"):
    """An appeal was decided by another person than the one who imposed the sanction."""

    administrative = pgettext_lazy("audit", "Decided an appeal")
    about = ("sanction", "sanction_id")
    sanction_id: int
    person_id: int


@dataclass(frozen=True, kw_only=True)
class PolicyChanged(Fact, name="moderation.policy_changed"):
    """A community's moderation settings were changed."""

    administrative = pgettext_lazy("audit", "Changed a community’s moderation")
    about = ("community", "community_id")


@dataclass(frozen=True, kw_only=True)
class TemplatesChanged(Fact, name="moderation.templates_changed"):
    """Canned responses to authors were changed."""

    administrative = pgettext_lazy("audit", "Changed canned replies to authors")


@dataclass(frozen=True, kw_only=True)
class WordsChanged(Fact, name="moderation.words_changed"):
    """The organisation's list of words was changed."""

    administrative = pgettext_lazy("audit", "Changed the list of words")
