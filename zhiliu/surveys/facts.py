"""Facts of surveys."""

from __future__ import annotations

from dataclasses import dataclass

from zhiliu.kit.contracts.facts import Fact


@dataclass(frozen=True, kw_only=True)
class SurveyMade(Fact, name="surveys.survey_created"):
    """A survey was created."""

    survey_id: int
    kind: str
    thing_id: int


@dataclass(frozen=True, kw_only=True)
class SurveyAnswered(Fact, name="surveys.survey_answered"):
    """A survey was answered. For anonymous surveys it names neither person nor response."""

    survey_id: int
    kind: str
    thing_id: int
    response_id: int | None = None
