"""Ask, edit, assign and follow questions, and close duplicates."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from zhiliu.communities.models import Community
from zhiliu.communities.rules import can_take_part
from zhiliu.directory.models import Person
from zhiliu.kit.contracts.facts import announce
from zhiliu.kit.contracts.object_types import cards_for
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.errors import Refused
from zhiliu.kit.text.markdown import render
from zhiliu.lineage.linking import link, note_reached
from zhiliu.moderation.models import HeldPost
from zhiliu.moderation.screening import ScreeningResult, flag, hold_for_review, screen
from zhiliu.search.models import Tag

from .facts import QuestionAsked, QuestionChanged, QuestionClosedAsDuplicate, QuestionHandedTo, QuestionReopened
from .models import Question, QuestionFollow
from .rules import can_ask, can_edit, can_look_after, can_moderate, can_reword, can_see

MOST_TAGS = 6


def ask(
    community: Community,
    *,
    title: str,
    by: Person,
    body: str = "",
    tags: Iterable[str] = (),
    source: tuple[str, int] | None = None,
) -> Question | HeldPost:
    """Ask a question in a community, or hold it for review if screening demands it.

    Args:
        body: Markdown. tags: names; at most six are stored.
        source: (kind, id) of the origin; ignored if it is out of reach.

    Raises:
        Forbidden: the community is out of reach, archived, or has questions switched off, or the person is muted.
        Refused: too often.
    """
    require(can_ask, by, community)
    names = list(tags)
    text, place = words_of(title, body), question_place(community.pk)
    look = screen(text, community, by=by, place=place)
    if look.holds:
        fields = {"title": title, "body": body, "tags": names, "source": source}
        payload = {"text": text, "place": place, "community": community.pk, **fields}
        return hold_for_review(look, community, kind="question", payload=payload, by=by)
    return publish_question(community, title=title, body=body, tags=names, source=source, by=by, look=look)


def question_place(community_id: int) -> str:
    """Return the place key of a community's questions, by which screening compares texts."""
    return f"questions-{community_id}"


def words_of(title: str, body: str) -> str:
    """Return title and body as one text."""
    return f"{title}\n\n{body}".strip()


def publish_question(
    community: Community,
    *,
    title: str,
    body: str,
    tags: Iterable[str],
    source: tuple[str, int] | None,
    by: Person,
    look: ScreeningResult | None = None,
) -> Question:
    """Publish a question. The caller has checked permissions and screened the text. See :func:`ask`."""
    with transaction.atomic():
        question = Question.objects.create(community=community, title=title, body=body, html=render(body).html, by=by)
        _file_under(question, tags)
        note_reached(("question", question.pk), 0)
        if source is not None and source in cards_for([source], by):
            link(source, ("question", question.pk), by_id=by.pk)
        announce(QuestionAsked(question_id=question.pk, community_id=community.pk, by_id=by.pk))
        if look is not None:
            flag(look, community, kind="question", thing_id=question.pk, by=by)
    return question


def _file_under(question: Question, tags: Iterable[str]) -> None:
    names = list(dict.fromkeys(tag.strip()[:40] for tag in tags if tag.strip()))[:MOST_TAGS]
    question.tags.set([Tag.objects.get_or_create(name=name)[0] for name in names])


def edit_question(
    question: Question, *, title: str, body: str, by: Person, version: int, tags: Iterable[str] = ()
) -> Question:
    """Edit a question's title, body and tags.

    Args:
        version: of the question the person was looking at.

    Raises:
        Refused: someone else changed it in the meantime.
    """
    require(can_reword, by, question)
    look = ScreeningResult()
    if (title, body) != (question.title, question.body):
        place = question_place(question.community_id)
        look = screen(words_of(title, body), question.community, by=by, place=place, is_edit=True)
    with transaction.atomic():
        changed = Question.objects.filter(pk=question.pk, version=version).update(
            title=title, body=body, html=render(body).html, version=F("version") + 1
        )
        if not changed:
            raise Refused(_("Someone else changed this. Your text is still here: compare and send again."))
        _file_under(question, tags)
        announce(QuestionChanged(question_id=question.pk, community_id=question.community_id, by_id=by.pk))
        if by.pk == question.by_id:
            # An edit of a published text is never held for review, only flagged.
            flag(look, question.community, kind="question", thing_id=question.pk, by=by)
    question.refresh_from_db()
    return question


def hand_to(question: Question, owner: Person | None, *, by: Person) -> Question:
    """Assign a question to the person who sees to it. Idempotent.

    Members may assign themselves and step back; moderators may assign others.

    Raises:
        Forbidden: not a member, or assigning someone else without moderating the community.
        Refused: the assignee cannot take part there.
    """
    is_own_affair = owner.pk == by.pk if owner else question.owner_id == by.pk
    require(can_look_after if is_own_affair else can_moderate, by, question)
    if owner is not None and not can_take_part(owner, question.community):
        raise Refused(_("Choose a member of the community."), field="owner")
    with transaction.atomic():
        others = Question.objects.filter(pk=question.pk).exclude(owner=owner)
        if others.update(owner=owner):
            key = owner.pk if owner else 0
            announce(
                QuestionHandedTo(question_id=question.pk, owner_id=key, community_id=question.community_id, by_id=by.pk)
            )
    question.refresh_from_db()
    return question


def follow_question(question: Question, *, on: bool, by: Person) -> None:
    """Set whether the person follows a question. Idempotent: the caller passes the wished state.

    What someone follows is private: no fact is announced.
    """
    require(can_see, by, question)
    if on:
        QuestionFollow.objects.get_or_create(question=question, by=by)
    else:
        QuestionFollow.objects.filter(question=question, by=by).delete()


def close_as_duplicate(question: Question, into: Question, *, by: Person) -> Question:
    """Close a question as a duplicate; its followers follow the other one. Idempotent.

    Raises:
        Forbidden: neither asker nor moderator.
        Refused: the same question, one of another community (whose readers differ), or one that was asked before, too.
    """
    require(can_edit, by, question)
    if question.pk == into.pk or question.community_id != into.community_id:
        raise Refused(_("Choose another question of this community."), field="into")
    with transaction.atomic():
        # Locked in the order of their keys, so that two people closing crosswise do not deadlock.
        rows = Question.objects.select_for_update().filter(pk__in=[question.pk, into.pk]).order_by("pk")
        locked = {row.pk: row for row in rows}
        if locked[into.pk].duplicate_of_id is not None:
            raise Refused(_("That question is a duplicate too. Choose the original."), field="into")
        if locked[question.pk].duplicate_of_id != into.pk:
            # Duplicates of this question move to the other one: a duplicate never points to a duplicate.
            Question.objects.filter(duplicate_of=question).update(duplicate_of=into)
            Question.objects.filter(pk=question.pk).update(duplicate_of=into)
            _follow_there(question, into)
            announce(
                QuestionClosedAsDuplicate(
                    question_id=question.pk, into_id=into.pk, community_id=question.community_id, by_id=by.pk
                )
            )
    question.refresh_from_db()
    return question


def _follow_there(question: Question, into: Question) -> None:
    wanting = {*question.followers.values_list("by_id", flat=True), question.by_id} - {into.by_id, None}
    rows = [QuestionFollow(question=into, by_id=key) for key in sorted(key for key in wanting if key)]
    QuestionFollow.objects.bulk_create(rows, ignore_conflicts=True)


def reopen(question: Question, *, by: Person) -> Question:
    """Reopen a question closed as a duplicate. Idempotent."""
    require(can_edit, by, question)
    with transaction.atomic():
        closed = Question.objects.filter(pk=question.pk, duplicate_of__isnull=False)
        if closed.update(duplicate_of=None):
            announce(QuestionReopened(question_id=question.pk, community_id=question.community_id, by_id=by.pk))
    question.refresh_from_db()
    return question
