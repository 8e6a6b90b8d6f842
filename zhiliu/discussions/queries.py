"""Queries behind the pages of questions and posts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, Max, Min, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from zhiliu.comments.voting import Votes, votes_on
from zhiliu.communities.models import Community
from zhiliu.directory.calendar import calendar_around
from zhiliu.directory.models import Person
from zhiliu.kit.contracts.object_types import ObjectCard, cards_for
from zhiliu.kit.web.paging import ListOrder
from zhiliu.kit.web.table_export import moment_cell
from zhiliu.knowledge.models import Article
from zhiliu.lineage.models import Link
from zhiliu.needs import queries as needs_queries

from .models import Answer, ExpertRequest, Finding, Post, Question, Resolution
from .rules import can_edit_answer, can_withdraw_answer
from .unanswered import usual_wait

MOST_ANSWERS = 200
SHOWN = ("all", "unanswered", "unresolved", "resolved", "mine")


@dataclass
class QuestionRow:
    """A question as a row of a list."""

    question: Question
    tags: list[str]

    @property
    def key(self) -> tuple[Any, ...]:
        """Everything the row shows except relative times: the cache key of its fragment."""
        question = self.question
        names = (question.by.name if question.by else "", question.owner.name if question.owner else "")
        state = (question.answer_count, question.is_resolved, question.is_duplicate)
        return (question.pk, question.version, state, names, tuple(self.tags))


@dataclass
class AnswerShown:
    """An answer as the question's page shows it."""

    answer: Answer
    votes: Votes
    is_accepted: bool
    may_edit: bool
    may_withdraw: bool
    is_mine: bool


def question_list(community: Community, viewer: Person, *, show: str = "all", text: str = "") -> QuerySet[Question]:
    """Return questions of a community: all, unanswered, unresolved, resolved, or the viewer's own; with these words."""
    rows = Question.objects.standing().filter(community=community)
    if text:
        rows = rows.filter(Q(title__icontains=text) | Q(body__icontains=text))
    narrowed = {
        "unanswered": rows.unanswered(),
        "unresolved": rows.open(),
        "resolved": rows.filter(resolution__isnull=False),
        "mine": rows.filter(by=viewer),
    }
    questions: QuerySet[Question] = narrowed.get(show, rows.filter(duplicate_of=None))
    return with_people(questions)


# Orders of the list of questions by what the address says.
QUESTION_ORDERS = {
    "new": ListOrder("-at", pgettext_lazy("questions", "Newest first")),
    "old": ListOrder("at", pgettext_lazy("questions", "Oldest first")),
    "answers": ListOrder("-answer_count", gettext_lazy("Most answers")),
}


def question_lines(questions: QuerySet[Question]) -> Iterator[Sequence[Any]]:
    """Yield the lines of the list of questions, headings first.

    Args:
        questions: from :func:`question_list`, in their order.
    """
    yield (
        *(pgettext("question", "Title"), pgettext("question", "Asked by"), pgettext("question", "Asked on")),
        *(_("First answer after (working minutes)"), _("Answers"), _("Resolved"), _("Accepted answer by")),
    )
    rows = questions.prefetch_related(None).select_related(None).select_related("by", "resolution__answer__by")
    rows = rows.only(*("title", "at", "first_answer_at", "answer_count", "by__name"), "resolution__answer__by__name")
    bounds = questions.order_by().aggregate(start=Min("at"), end=Max("first_answer_at"))
    calendar = calendar_around(bounds["start"], bounds["end"]) if bounds["end"] else None
    for question in rows.iterator(chunk_size=500):
        wait: int | str = ""
        if calendar is not None and question.first_answer_at:
            wait = round(calendar.worked(question.at, question.first_answer_at).total_seconds() / 60)
        accepted = question.resolution.answer.by if question.is_resolved else None
        asked = moment_cell(question.at)
        resolved = pgettext("resolved", "yes") if question.is_resolved else pgettext("resolved", "no")
        names = (question.by.name if question.by else "", accepted.name if accepted else "")
        yield question.title, names[0], asked, wait, question.answer_count, resolved, names[1]


def with_people(rows: QuerySet[Question]) -> QuerySet[Question]:
    """Select what a row shows. ``only`` skips the many other columns of a person."""
    shown = rows.select_related("by", "owner", "resolution").prefetch_related("tags")
    return shown.only(
        *("community_id", "title", "at", "answer_count", "duplicate_of_id", "version"),
        *("by__name", "owner__name", "resolution__id"),
    )


def question_rows(questions: Iterable[Question]) -> list[QuestionRow]:
    """Return rows with the names of their tags."""
    return [QuestionRow(question, sorted(tag.name for tag in question.tags.all())) for question in questions]


# Orders of the answers by what the address says; the accepted one is always first.
ANSWER_SORTS: dict[str, tuple[str, ...]] = {"best": ("-vote_count", "at"), "new": ("-at",), "old": ("at",)}


def answers_of(question: Question, viewer: Person, *, order: str = "best") -> list[AnswerShown]:
    """Return answers in two queries: the accepted one, then by ``order`` of ``ANSWER_SORTS``, deleted ones last."""
    rows = list(question.answers.select_related("by").order_by(*ANSWER_SORTS[order])[:MOST_ANSWERS])
    accepted = question.resolution.answer_id if question.is_resolved else None
    votes = votes_on("answer", [row.pk for row in rows], viewer)
    rows.sort(key=lambda answer: (answer.pk != accepted, answer.withdrawn_at is not None))
    return [_shown(row, question, votes[row.pk], row.pk == accepted, viewer) for row in rows]


def answer_lines(question: Question, *, order: str = "best") -> Iterator[Sequence[Any]]:
    """Yield the lines of a question's answers, headings first; deleted ones are left out."""
    yield (
        *(pgettext("answer", "Answer"), pgettext("answer", "Answered by"), pgettext("answer", "Answered on")),
        *(pgettext("number", "Votes"), pgettext("heading", "Accepted")),
    )
    accepted = question.resolution.answer_id if question.is_resolved else None
    rows = question.answers.filter(withdrawn_at=None).select_related("by").order_by(*ANSWER_SORTS[order])
    for row in rows.iterator(chunk_size=500):
        who = row.by.name if row.by else ""
        is_accepted = pgettext("accepted", "yes") if row.pk == accepted else ""
        yield row.body, who, moment_cell(row.at), row.vote_count, is_accepted


def _shown(row: Answer, question: Question, votes: Votes, is_accepted: bool, viewer: Person) -> AnswerShown:
    row.question = question
    mine = row.by_id == viewer.pk
    withdraws = row.withdrawn_at is None and not is_accepted and can_withdraw_answer(viewer, row)
    return AnswerShown(row, votes, is_accepted, can_edit_answer(viewer, row), withdraws, mine)


def answered_by(person: Person, viewer: Person) -> Any:
    """Return others' questions a person answered and the viewer may see, annotated with ``was_accepted``."""
    theirs = Answer.objects.filter(question=OuterRef("pk"), by=person, withdrawn_at=None)
    accepted = Resolution.objects.filter(question=OuterRef("pk"), answer__by=person)
    rows = Question.objects.visible_to(viewer).filter(Exists(theirs)).exclude(by=person)
    return rows.annotate(was_accepted=Exists(accepted))


def similar_questions(
    text: str,
    viewer: Person,
    *,
    kinds: Iterable[str] = ("question", "article"),
    leave_out: tuple[str, int] = ("", 0),
) -> list[ObjectCard]:
    """Return similar questions and articles the viewer may see, best first."""
    cards = needs_queries.similar_needs(text, viewer, kinds=kinds)
    return [card for card in cards if (card.kind, card.key) != leave_out]


def question_sources(question: Question, viewer: Person) -> list[ObjectCard]:
    """Return the origins of a question the viewer may see."""
    links = Link.objects.filter(target_kind="question", target_id=question.pk)
    cards = cards_for(links.values_list("source_kind", "source_id")[:5], viewer)
    return list(cards.values())


def requests_of(question: Question) -> list[ExpertRequest]:
    """Return the requests to colleagues, oldest first."""
    return list(question.expert_requests.select_related("person").order_by("at"))


def one_is_asked(requests: Iterable[ExpertRequest]) -> bool:
    """Return whether a request is open. The next colleague has to wait for it, at most a working day."""
    return any(request.state == ExpertRequest.State.WAITING for request in requests)


@dataclass(frozen=True)
class AskedOfMe:
    """An open request to the reader, with its evidence."""

    request: ExpertRequest
    evidence: ObjectCard | None


def asked_of(question: Question, viewer: Person) -> AskedOfMe | None:
    """Return the open request to the viewer, if any."""
    waiting = ExpertRequest.State.WAITING
    request = question.expert_requests.filter(person=viewer, state=waiting).select_related("by").first()
    if request is None:
        return None
    reference = (request.evidence_kind, request.evidence_id)
    return AskedOfMe(request, cards_for([reference], viewer).get(reference) if reference[0] else None)


def faq_of(question: Question, viewer: Person) -> Article | None:
    """Return the FAQ article of a question, if the viewer may see it."""
    article: Article | None = Article.objects.visible_to(viewer).filter(faq_entry__question=question).first()
    return article


def other_questions(question: Question, without: Iterable[int], limit: int = 20) -> list[Question]:
    """Return the newest other questions of the community, to choose the original of a duplicate."""
    rows = Question.objects.standing().filter(community=question.community, duplicate_of=None)
    rows = rows.exclude(pk__in=[question.pk, *without]).select_related("resolution")
    return list(rows.order_by("-at", "-pk")[:limit])


def waiting_for_answers(viewer: Person, communities: Iterable[int], limit: int = 5) -> list[Question]:
    """Return others' questions of the last 30 days that nobody else has answered, longest waiting first."""
    rows = Question.objects.visible_to(viewer).waiting().filter(community__in=list(communities))
    rows = rows.exclude(by=viewer).select_related("community", "by")
    shown = rows.only("title", "at", "community__name", "community__slug", "by__name")
    return list(shown.order_by("at", "pk")[:limit])


@dataclass(frozen=True)
class HowItGoes:
    """How a community answers, for its moderators. Wait and findings are of the last 30 days."""

    hours: float | None
    waiting: int
    found: int


def how_it_goes(community: Community) -> HowItGoes:
    """Return the median wait in working hours, the number waiting now, and how often the search helped instead."""
    wait = usual_wait(community)
    findings = Finding.objects.filter(community=community, on__gt=timezone.localdate() - dt.timedelta(days=30))
    rows = Question.objects.filter(community=community).open().filter(first_answer_at=None)
    hours = round(wait.total_seconds() / 3600, 1) if wait is not None else None
    return HowItGoes(hours, rows.count(), findings.count())


@dataclass
class PostRow:
    """A post as a row of a list."""

    post: Post

    @property
    def key(self) -> tuple[Any, ...]:
        """Everything the row shows except relative times: the cache key of its fragment."""
        post = self.post
        counts = (post.version, post.vote_count, post.comment_count)
        return (post.pk, counts, post.by.name if post.by else "")


# Orders of the list of posts by what the address says.
POST_ORDERS = {
    "new": ListOrder("-at", gettext_lazy("Newest first")),
    "old": ListOrder("at", gettext_lazy("Oldest first")),
    "votes": ListOrder("-vote_count", gettext_lazy("Most votes")),
    "comments": ListOrder("-comment_count", gettext_lazy("Most discussed")),
}


def post_list(community: Community, viewer: Person, *, kind: str = "", text: str = "") -> QuerySet[Post]:
    """Return posts of a community, of one kind or all; with these words."""
    rows: QuerySet[Post] = Post.objects.visible_to(viewer).filter(community=community).select_related("by")
    shown = rows.only(
        *("community_id", "title", "kind", "at", "vote_count", "comment_count", "version", "by__name"),
    )
    if text:
        shown = shown.filter(Q(title__icontains=text) | Q(body__icontains=text))
    return shown.filter(kind=kind) if kind else shown


def post_lines(posts: QuerySet[Post]) -> Iterator[Sequence[Any]]:
    """Yield the lines of the list of posts, headings first."""
    yield (
        *(_("Title"), pgettext("post", "Kind"), pgettext("post", "Written by")),
        *(pgettext("post", "Written on"), pgettext("number", "Votes"), pgettext("number", "Comments")),
    )
    for post in posts.iterator(chunk_size=500):
        who = post.by.name if post.by else ""
        counts = (post.vote_count, post.comment_count)
        yield post.title, post.get_kind_display(), who, moment_cell(post.at), *counts


def post_rows(posts: Iterable[Post]) -> list[PostRow]:
    """Return the rows of posts."""
    return [PostRow(post) for post in posts]
