"""Facts about questions and posts."""

from __future__ import annotations

from dataclasses import dataclass

from zhiliu.kit.contracts.facts import Fact


@dataclass(frozen=True, kw_only=True)
class QuestionAsked(Fact, name="discussions.question_asked"):
    """Someone asked a question."""

    about = ("question", "question_id")
    question_id: int


@dataclass(frozen=True, kw_only=True)
class QuestionChanged(Fact, name="discussions.question_changed"):
    """A question's title, body or tags were edited."""

    about = ("question", "question_id")
    question_id: int


@dataclass(frozen=True, kw_only=True)
class QuestionHandedTo(Fact, name="discussions.question_handed_to"):
    """A question was assigned to someone who sees to it; 0 means nobody."""

    about = ("question", "question_id")
    question_id: int
    owner_id: int


@dataclass(frozen=True, kw_only=True)
class QuestionClosedAsDuplicate(Fact, name="discussions.question_closed_as_duplicate"):
    """A question was closed as a duplicate."""

    about = ("question", "question_id")
    question_id: int
    into_id: int


@dataclass(frozen=True, kw_only=True)
class QuestionReopened(Fact, name="discussions.question_reopened"):
    """A question closed as a duplicate was reopened."""

    about = ("question", "question_id")
    question_id: int


@dataclass(frozen=True, kw_only=True)
class QuestionWithdrawn(Fact, name="discussions.question_deleted"):
    """A question was deleted by the asker or a moderator."""

    about = ("question", "question_id")
    question_id: int


@dataclass(frozen=True, kw_only=True)
class QuestionPutBack(Fact, name="discussions.question_restored"):
    """A question a moderator had deleted was restored."""

    about = ("question", "question_id")
    question_id: int


@dataclass(frozen=True, kw_only=True)
class QuestionAnswered(Fact, name="discussions.question_answered"):
    """Someone answered a question."""

    about = ("question", "question_id")
    question_id: int
    answer_id: int


@dataclass(frozen=True, kw_only=True)
class AnswerChanged(Fact, name="discussions.answer_changed"):
    """An answer was edited by its author."""

    about = ("question", "question_id")
    question_id: int
    answer_id: int


@dataclass(frozen=True, kw_only=True)
class AnswerWithdrawn(Fact, name="discussions.answer_deleted"):
    """An answer was deleted by its author or a moderator."""

    about = ("question", "question_id")
    question_id: int
    answer_id: int


@dataclass(frozen=True, kw_only=True)
class AnswerPutBack(Fact, name="discussions.answer_restored"):
    """An answer a moderator had deleted was restored."""

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
    """The acceptance of an answer was undone: the question is open again."""

    about = ("question", "question_id")
    question_id: int
    answer_id: int


@dataclass(frozen=True, kw_only=True)
class AnswerFound(Fact, name="discussions.answer_found"):
    """Someone who was about to ask found the answer first: the search helped."""

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
    """A colleague who may know was asked, by someone or automatically."""

    about = ("question", "question_id")
    question_id: int
    person_id: int


@dataclass(frozen=True, kw_only=True)
class ExpertDeclined(Fact, name="discussions.expert_declined"):
    """A colleague who was asked declined."""

    about = ("question", "question_id")
    question_id: int


@dataclass(frozen=True, kw_only=True)
class DutyGiven(Fact, name="discussions.duty_given"):
    """Someone was put on the rota."""

    about = ("community", "community_id")
    duty_id: int
    person_id: int


@dataclass(frozen=True, kw_only=True)
class DutyTakenOff(Fact, name="discussions.duty_taken_off"):
    """Someone was taken off the rota."""

    about = ("community", "community_id")
    duty_id: int
    person_id: int


@dataclass(frozen=True, kw_only=True)
class NewcomerWaits(Fact, name="discussions.newcomer_unanswered"):
    """A newcomer's question has waited 24 working hours for a first answer; announced once."""

    about = ("question", "question_id")
    question_id: int


@dataclass(frozen=True, kw_only=True)
class Posted(Fact, name="discussions.post_published"):
    """Someone published a post."""

    about = ("post", "post_id")
    post_id: int


@dataclass(frozen=True, kw_only=True)
class PostChanged(Fact, name="discussions.post_changed"):
    """A post was edited."""

    about = ("post", "post_id")
    post_id: int


@dataclass(frozen=True, kw_only=True)
class PostWithdrawn(Fact, name="discussions.post_deleted"):
    """A post was deleted by its author or a moderator."""

    about = ("post", "post_id")
    post_id: int


@dataclass(frozen=True, kw_only=True)
class PostPutBack(Fact, name="discussions.post_restored"):
    """A post a moderator had deleted was restored."""

    about = ("post", "post_id")
    post_id: int
