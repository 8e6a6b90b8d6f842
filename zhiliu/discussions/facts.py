"""What happens with questions and posts."""

from __future__ import annotations

from dataclasses import dataclass

from zhiliu.kit.facts import Fact


@dataclass(frozen=True, kw_only=True)
class QuestionAsked(Fact):
    """Somebody asked something."""

    about = ("question", "question_id")
    question_id: int


@dataclass(frozen=True, kw_only=True)
class QuestionChanged(Fact):
    """A question's words or tags were mended."""

    about = ("question", "question_id")
    question_id: int


@dataclass(frozen=True, kw_only=True)
class QuestionHandedTo(Fact):
    """Somebody sees to it that a question is answered; 0 is nobody."""

    about = ("question", "question_id")
    question_id: int
    owner_id: int


@dataclass(frozen=True, kw_only=True)
class QuestionClosedAsDuplicate(Fact):
    """A question had been asked before."""

    about = ("question", "question_id")
    question_id: int
    into_id: int


@dataclass(frozen=True, kw_only=True)
class QuestionReopened(Fact):
    """A question was no duplicate after all."""

    about = ("question", "question_id")
    question_id: int


@dataclass(frozen=True, kw_only=True)
class QuestionWithdrawn(Fact):
    """A question was taken back by who asked it, or by who moderates."""

    about = ("question", "question_id")
    question_id: int


@dataclass(frozen=True, kw_only=True)
class QuestionPutBack(Fact):
    """A question a moderator had taken down stands again."""

    about = ("question", "question_id")
    question_id: int


@dataclass(frozen=True, kw_only=True)
class QuestionAnswered(Fact):
    """Somebody answered."""

    about = ("question", "question_id")
    question_id: int
    answer_id: int


@dataclass(frozen=True, kw_only=True)
class AnswerChanged(Fact):
    """An answer's words were mended by who wrote it."""

    about = ("question", "question_id")
    question_id: int
    answer_id: int


@dataclass(frozen=True, kw_only=True)
class AnswerWithdrawn(Fact):
    """An answer was taken back by who wrote it, or by who moderates."""

    about = ("question", "question_id")
    question_id: int
    answer_id: int


@dataclass(frozen=True, kw_only=True)
class AnswerPutBack(Fact):
    """An answer a moderator had taken down stands again."""

    about = ("question", "question_id")
    question_id: int
    answer_id: int


@dataclass(frozen=True, kw_only=True)
class AnswerAccepted(Fact):
    """An answer was accepted: the question is resolved."""

    about = ("question", "question_id")
    question_id: int
    answer_id: int


@dataclass(frozen=True, kw_only=True)
class AcceptanceUndone(Fact):
    """The question is open again."""

    about = ("question", "question_id")
    question_id: int
    answer_id: int


@dataclass(frozen=True, kw_only=True)
class AnswerFound(Fact):
    """Somebody who was about to ask found the answer before: the search helped."""

    kind: str
    thing_id: int


@dataclass(frozen=True, kw_only=True)
class QuestionPutIntoFaq(Fact):
    """A resolved question became an article of the FAQ."""

    about = ("question", "question_id")
    question_id: int
    article_id: int


@dataclass(frozen=True, kw_only=True)
class ExpertAsked(Fact):
    """A colleague who may know was asked, by somebody or by itself."""

    about = ("question", "question_id")
    question_id: int
    person_id: int


@dataclass(frozen=True, kw_only=True)
class ExpertDeclined(Fact):
    """A colleague who was asked cannot say."""

    about = ("question", "question_id")
    question_id: int


@dataclass(frozen=True, kw_only=True)
class DutyGiven(Fact):
    """Somebody is on duty at certain hours from now on."""

    about = ("community", "community_id")
    duty_id: int
    person_id: int


@dataclass(frozen=True, kw_only=True)
class DutyTakenOff(Fact):
    """Somebody is no longer on duty at certain hours."""

    about = ("community", "community_id")
    duty_id: int
    person_id: int


@dataclass(frozen=True, kw_only=True)
class NewcomerWaits(Fact):
    """A newcomer's question has waited 24 working hours for a first answer; told once."""

    about = ("question", "question_id")
    question_id: int


@dataclass(frozen=True, kw_only=True)
class Posted(Fact):
    """Somebody wrote a post."""

    about = ("post", "post_id")
    post_id: int


@dataclass(frozen=True, kw_only=True)
class PostChanged(Fact):
    """A post was mended."""

    about = ("post", "post_id")
    post_id: int


@dataclass(frozen=True, kw_only=True)
class PostWithdrawn(Fact):
    """A post was taken back by who wrote it, or by who moderates."""

    about = ("post", "post_id")
    post_id: int


@dataclass(frozen=True, kw_only=True)
class PostPutBack(Fact):
    """A post a moderator had taken down stands again."""

    about = ("post", "post_id")
    post_id: int
