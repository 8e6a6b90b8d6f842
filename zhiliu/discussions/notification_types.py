"""Notification types of questions and posts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from zhiliu.comments.facts import Commented
from zhiliu.comments.models import Comment
from zhiliu.comments.notification_types import OfComment
from zhiliu.comments.reply_handlers import name_for
from zhiliu.communities.models import Membership
from zhiliu.communities.role_permissions import Role
from zhiliu.kit.contracts.notification_types import NotificationType, offers_notification
from zhiliu.notifications.delivery import forget_news
from zhiliu.search.following import tag_followers
from zhiliu.search.models import Tag

from .facts import (
    AnswerAccepted,
    DutyGiven,
    ExpertAsked,
    NewcomerWaits,
    Posted,
    QuestionAnswered,
    QuestionAsked,
    QuestionHandedTo,
)
from .models import Answer, Post, Question, QuestionFollow
from .queries import asked_of
from .rota import on_duty

ANSWER = "question.answer"


class _AsksForAnswer(NotificationType):
    """Base of notifications about questions that want an answer, which can be written by mail."""

    def reply_to(self, row: Any) -> tuple[str, int]:
        """A reply is an answer."""
        return ANSWER, row.row.thing_id

    def said(self, row: Any) -> str:
        """Return the situation."""
        return str(row.card.thing.body)


@offers_notification
class QuestionIsNew(_AsksForAnswer):
    """Experts of the community and fully involved members are notified of a question."""

    key = "discussions.asked"
    fact = QuestionAsked
    icon = "circle-question-mark"
    says = gettext_lazy("%(who)s asked: “%(title)s”")

    def recipients(self, fact: QuestionAsked) -> Iterable[int]:
        """Return members with full involvement, and experts who did not mute the community.

        People on duty are excluded.
        """
        everything = Q(involvement=Membership.Involvement.EVERYTHING)
        expert = Q(role=Role.EXPERT) & ~Q(involvement=Membership.Involvement.NOTHING)
        rows = Membership.objects.filter(everything | expert, community_id=fact.community_id or 0)
        return set(rows.values_list("person_id", flat=True)) - _on_duty(fact)


def _on_duty(fact: QuestionAsked) -> set[int]:
    return {duty.person_id for duty in on_duty(fact.community_id or 0)}


@offers_notification
class QuestionOnYourDuty(_AsksForAnswer):
    """People on duty are notified of a question at once."""

    key = "discussions.asked_on_duty"
    group = "mine"
    fact = QuestionAsked
    icon = "circle-question-mark"
    calls = True
    mail = True
    says = gettext_lazy("You are on duty. %(who)s asks: “%(title)s”")

    def recipients(self, fact: QuestionAsked) -> Iterable[int]:
        """Return who is on duty now."""
        return _on_duty(fact)


@offers_notification
class YouAreOnDuty(NotificationType):
    """Someone is put on the rota."""

    key = "discussions.duty_given"
    group = "mine"
    fact = DutyGiven
    icon = "calendar-check"
    tells = "person_id"
    says = gettext_lazy("You are on the rota of “%(title)s”")


@offers_notification
class NewcomerIsWaiting(_AsksForAnswer):
    """Managers are notified that a newcomer's question has waited too long."""

    key = "discussions.newcomer_unanswered"
    group = "mine"
    fact = NewcomerWaits
    icon = "clock-alert"
    calls = True
    mail = True
    says = gettext_lazy("A newcomer has been waiting a long time for an answer: “%(title)s”")

    def recipients(self, fact: NewcomerWaits) -> Iterable[int]:
        """Return the managers, or the leaders if there are none."""
        rows = Membership.objects.filter(community_id=fact.community_id or 0)
        roles = (Role.MANAGER, Role.LEADER)
        people = [set(rows.filter(role=role).values_list("person_id", flat=True)) for role in roles]
        return people[0] or people[1]

    def still_wanted(self, fact: NewcomerWaits) -> bool:
        """Return whether nobody else has answered."""
        return Question.objects.standing().filter(pk=fact.question_id, first_answer_at=None).exists()


@offers_notification
class QuestionWasAnswered(NotificationType):
    """Asker, owner and followers are notified of an answer."""

    key = "discussions.answered"
    group = "mine"
    fact = QuestionAnswered
    icon = "message-circle"
    mail = True

    def recipients(self, fact: QuestionAnswered) -> Iterable[int]:
        """Return asker, owner and followers, while the answer stands."""
        return _concerned(fact.question_id) if self.still_wanted(fact) else []

    def still_wanted(self, fact: QuestionAnswered) -> bool:
        """Return whether the answer was not deleted."""
        return Answer.objects.filter(pk=fact.answer_id, withdrawn_at=None).exists()

    def details(self, fact: QuestionAnswered) -> dict[str, Any]:
        """Store the answer's key."""
        return {"answer": fact.answer_id}

    def said(self, row: Any) -> str:
        """Return the answer."""
        answer = Answer.objects.filter(pk=row.details.get("answer") or 0, withdrawn_at=None).first()
        return answer.body if answer is not None else ""

    def reply_to(self, row: Any) -> tuple[str, int]:
        """A reply is a comment on the question."""
        return name_for("question"), row.row.thing_id

    def sentence(self, row: Any) -> Any:
        """Return the text naming who answered."""
        if row.others:
            return ngettext(
                "%(who)s and %(count)s other answered “%(title)s”",
                "%(who)s and %(count)s others answered “%(title)s”",
                row.others,
            ) % {"who": row.who, "count": row.others, "title": row.title}
        return _("%(who)s answered “%(title)s”") % {"who": row.who, "title": row.title}


def forget_answer(answer: Answer) -> None:
    """Remove a deleted answer from inbox counts."""
    people, about = _concerned(answer.question_id), ("question", answer.question_id)
    forget_news(QuestionWasAnswered.key, people, about, "answer", answer.pk, by_id=answer.by_id)


def _concerned(question_id: int) -> set[int]:
    people = Question.objects.filter(pk=question_id).values_list("by_id", "owner_id").first() or ()
    followers = QuestionFollow.objects.filter(question=question_id).values_list("by_id", flat=True)
    return {key for key in (*people, *followers) if key}


@offers_notification
class AnswerWasAccepted(NotificationType):
    """The author is notified that their answer was accepted."""

    key = "discussions.accepted"
    group = "support"
    fact = AnswerAccepted
    icon = "circle-check"
    calls = True
    mail = True
    says = gettext_lazy("%(who)s accepted your answer to “%(title)s”")

    def recipients(self, fact: AnswerAccepted) -> Iterable[int]:
        """Return the author of the answer."""
        return [key for key in Answer.objects.filter(pk=fact.answer_id).values_list("by_id", flat=True) if key]


@offers_notification
class QuestionIsResolved(NotificationType):
    """Followers are notified that a question is resolved."""

    key = "discussions.resolved"
    group = "mine"
    fact = AnswerAccepted
    icon = "circle-check"
    says = gettext_lazy("Resolved: “%(title)s”")

    def recipients(self, fact: AnswerAccepted) -> Iterable[int]:
        """Return everybody concerned except the author, who gets the notification above."""
        author = Answer.objects.filter(pk=fact.answer_id).values_list("by_id", flat=True)
        return _concerned(fact.question_id) - set(author)


@offers_notification
class QuestionIsYours(_AsksForAnswer):
    """Someone is notified that a question was assigned to them."""

    key = "discussions.handed"
    group = "mine"
    fact = QuestionHandedTo
    icon = "hand-heart"
    calls = True
    mail = True
    tells = "owner_id"
    says = gettext_lazy("%(who)s asks you to get “%(title)s” answered")


@offers_notification
class FollowedTagIsAsked(_AsksForAnswer):
    """Followers of a tag are notified of a question under it."""

    key = "discussions.tagged_as_followed"
    group = "following"
    fact = QuestionAsked
    icon = "hash"
    by_the_way = True
    says = gettext_lazy("A question under a tag you follow: “%(title)s”")

    def recipients(self, fact: QuestionAsked) -> Iterable[int]:
        """Return followers of the question's tags."""
        tags = Tag.objects.filter(questions=fact.question_id).values_list("pk", flat=True)
        return tag_followers(tags)


@offers_notification
class YouMayKnow(_AsksForAnswer):
    """A colleague who may know is asked, with the reason."""

    key = "discussions.expert_asked"
    group = "mine"
    fact = ExpertAsked
    icon = "hand-heart"
    calls = True
    mail = True
    tells = "person_id"

    def still_wanted(self, fact: ExpertAsked) -> bool:
        """Return whether nobody else has answered."""
        return Question.objects.standing().filter(pk=fact.question_id, first_answer_at=None).exists()

    def mail_lines(self, row: Any) -> list[str]:
        """Return the evidence."""
        request = asked_of(row.card.thing, row.row.person)
        return [_("In reply to: %(title)s") % {"title": request.evidence.title}] if request and request.evidence else []

    def sentence(self, row: Any) -> Any:
        """Return the text naming who asks; without a name for automatic requests."""
        if not row.who:
            return _("You may know this: “%(title)s”") % {"title": row.title}
        return _("%(who)s thinks you may know this: “%(title)s”") % {"who": row.who, "title": row.title}


@offers_notification
class PostIsNew(NotificationType):
    """Fully involved members are notified of a post."""

    key = "discussions.post_published"
    fact = Posted
    icon = "message-square-text"
    says = gettext_lazy("%(who)s wrote: “%(title)s”")

    def recipients(self, fact: Posted) -> Iterable[int]:
        """Return members whose involvement is everything."""
        rows = Membership.objects.filter(community_id=fact.community_id or 0)
        return rows.filter(involvement=Membership.Involvement.EVERYTHING).values_list("person_id", flat=True)

    def reply_to(self, row: Any) -> tuple[str, int]:
        """A reply is a comment."""
        return name_for("post"), row.row.thing_id

    def said(self, row: Any) -> str:
        """Return the post."""
        return str(row.card.thing.body)


@offers_notification
class SomebodyAskedBack(OfComment):
    """Everybody concerned, and earlier commenters, are notified of a comment on a question."""

    key = "discussions.asked_back"
    mail = True
    says = gettext_lazy("%(who)s asked for details on “%(title)s”")

    def concerned(self, fact: Commented) -> Iterable[int]:
        """Return asker, owner, followers and commenters."""
        if fact.kind != "question":
            return []
        talked = Comment.objects.filter(kind="question", thing_id=fact.thing_id, withdrawn_at=None)
        return _concerned(fact.thing_id) | {key for key in talked.values_list("by_id", flat=True) if key}


@offers_notification
class PostWasCommented(OfComment):
    """The author of a post, and earlier commenters, are notified of a comment."""

    key = "discussions.commented"
    says = gettext_lazy("%(who)s commented on “%(title)s”")

    def concerned(self, fact: Commented) -> Iterable[int]:
        """Return the author and the commenters."""
        if fact.kind != "post":
            return []
        authors = set(Post.objects.filter(pk=fact.thing_id).values_list("by_id", flat=True))
        talked = Comment.objects.filter(kind="post", thing_id=fact.thing_id, withdrawn_at=None)
        return authors | set(talked.values_list("by_id", flat=True))
