"""What happens with questions and posts."""

from __future__ import annotations

from dataclasses import dataclass

from zhiliu.kit.contracts.facts import Fact


@dataclass(frozen=True, kw_only=True)
class QuestionAsked(Fact, name="discussions.question_asked"):
    """Somebody asked something."""

    about = ("question", "question_id")
    question_id: int


@dataclass(frozen=True, kw_only=True)
class QuestionChanged(Fact, name="discussions.question_changed"):
    """A question's words or tags were mended."""

    about = ("question", "question_id")
    question_id: int


@dataclass(frozen=True, kw_only=True)
class QuestionHandedTo(Fact, name="discussions.question_handed_to"):
    """Somebody sees to it that a question is answered; 0 is nobody."""

    about = ("question", "question_id")
    question_id: int
    owner_id: int


@dataclass(frozen=True, kw_only=True)
class QuestionClosedAsDuplicate(Fact, name="discussions.question_closed_as_duplicate"):
    """A question had been asked before."""

    about = ("question", "question_id")
    question_id: int
    into_id: int


@dataclass(frozen=True, kw_only=True)
class QuestionReopened(Fact, name="discussions.question_reopened"):
    """A question was no duplicate after all."""

    about = ("question", "question_id")
    question_id: int


@dataclass(frozen=True, kw_only=True)
class QuestionWithdrawn(Fact, name="discussions.question_deleted"):
    """A question was taken back by who asked it, or by who moderates."""

    about = ("question", "question_id")
    question_id: int


@dataclass(frozen=True, kw_only=True)
class QuestionPutBack(Fact, name="discussions.question_restored"):
    """A question a moderator had taken down stands again."""

    about = ("question", "question_id")
    question_id: int


@dataclass(frozen=True, kw_only=True)
class QuestionAnswered(Fact, name="discussions.question_answered"):
    """Somebody answered."""

    about = ("question", "question_id")
    question_id: int
    answer_id: int


@dataclass(frozen=True, kw_only=True)
class AnswerChanged(Fact, name="discussions.answer_changed"):
    """An answer's words were mended by who wrote it."""

    about = ("question", "question_id")
    question_id: int
    answer_id: int


@dataclass(frozen=True, kw_only=True)
class AnswerWithdrawn(Fact, name="discussions.answer_deleted"):
    """An answer was taken back by who wrote it, or by who moderates."""

    about = ("question", "question_id")
    question_id: int
    answer_id: int


@dataclass(frozen=True, kw_only=True)
class AnswerPutBack(Fact, name="discussions.answer_restored"):
    """An answer a moderator had taken down stands again."""

    about = ("question", "question_id")
    question_id: int
    answer_id: int


@dataclass(frozen=True, kw_only=True)
class AnswerAccepted(Fact, name="discussions.answer_accepted"):
    """An answer was accepted: the question is resolved."""

    about = ("question", "question_id")
    question_id: int
    answer_id: int


@dataclass(frozen=True, kw_only=True)
class AcceptanceUndone(Fact, name="discussions.acceptance_undone"):
    """The question is open again."""

    about = ("question", "question_id")
    question_id: int
    answer_id: int


@dataclass(frozen=True, kw_only=True)
class AnswerFound(Fact, name="discussions.answer_found"):
    """Somebody who was about to ask found the answer before: the search helped."""

    kind: str
    thing_id: int


@dataclass(frozen=True, kw_only=True)
class QuestionPutIntoFaq(Fact, name="discussions.question_added_to_faq"):
    """A resolved question became an article of the FAQ."""

    about = ("question", "question_id")
    question_id: int
    article_id: int


@dataclass(frozen=True, kw_only=True)
class ExpertAsked(Fact, name="discussions.expert_asked"):
    """A colleague who may know was asked, by somebody or by itself."""

    about = ("question", "question_id")
    question_id: int
    person_id: int


@dataclass(frozen=True, kw_only=True)
class ExpertDeclined(Fact, name="discussions.expert_declined"):
    """A colleague who was asked cannot say."""

    about = ("question", "question_id")
    question_id: int


@dataclass(frozen=True, kw_only=True)
class DutyGiven(Fact, name="discussions.duty_given"):
    """Somebody is on duty at certain hours from now on."""

    about = ("community", "community_id")
    duty_id: int
    person_id: int


@dataclass(frozen=True, kw_only=True)
class DutyTakenOff(Fact, name="discussions.duty_taken_off"):
    """Somebody is no longer on duty at certain hours."""

    about = ("community", "community_id")
    duty_id: int
    person_id: int


@dataclass(frozen=True, kw_only=True)
class NewcomerWaits(Fact, name="discussions.newcomer_unanswered"):
    """A newcomer's question has waited 24 working hours for a first answer; told once."""

    about = ("question", "question_id")
    question_id: int


@dataclass(frozen=True, kw_only=True)
class Posted(Fact, name="discussions.post_published"):
    """Somebody wrote a post."""

    about = ("post", "post_id")
    post_id: int


@dataclass(frozen=True, kw_only=True)
class PostChanged(Fact, name="discussions.post_changed"):
    """A post was mended."""

    about = ("post", "post_id")
    post_id: int


@dataclass(frozen=True, kw_only=True)
class PostWithdrawn(Fact, name="discussions.post_deleted"):
    """A post was taken back by who wrote it, or by who moderates."""

    about = ("post", "post_id")
    post_id: int


@dataclass(frozen=True, kw_only=True)
class PostPutBack(Fact, name="discussions.post_restored"):
    """A post a moderator had taken down stands again."""

    about = ("post", "post_id")
    post_id: int
