"""Deposits: who writes up a gathering, until when, and the draft it starts from."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Count
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from zhiliu.directory.calendar import working_days_from
from zhiliu.directory.models import Person
from zhiliu.kit.contracts.facts import announce
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.errors import Refused
from zhiliu.knowledge.drafting import library_of, start_draft
from zhiliu.knowledge.models import Article
from zhiliu.knowledge.publishing import publish
from zhiliu.lineage.linking import link
from zhiliu.polls.models import Poll

from .evening.writing_down import markdown_of_evening, tell_those_quoted
from .facts import DepositAssigned, DepositLate, DepositStarted
from .models import Deposit, Gathering, Question
from .rules import can_deposit, can_host, can_publish_deposit, can_see
from .running_order import order_of

WORKING_DAYS = 5


def usual_due_day(today: dt.date | None = None) -> dt.date:
    """Return the day five working days from now, by the working calendar."""
    return working_days_from(today or timezone.localdate(), WORKING_DAYS)


def assign_deposit(gathering: Gathering, *, owner: Person, by: Person, due_on: dt.date | None = None) -> Deposit:
    """Assign the deposit of a held gathering to an owner with a due day. Idempotent for the same owner and day.

    Raises:
        Refused: the owner cannot see it.
    """
    require(can_host, by, gathering)
    if not owner.is_active or not can_see(owner, gathering):
        raise Refused(_("This person can’t see the gathering."), field="owner")
    with transaction.atomic():
        current = Deposit.objects.select_for_update().filter(gathering=gathering).first()
        due_on = due_on or (current.due_on if current else usual_due_day())
        if current is not None and (current.owner_id, current.due_on) == (owner.pk, due_on):
            return current
        values = {"owner": owner, "due_on": due_on, "late_told_at": None}
        deposit, _new = Deposit.objects.update_or_create(
            gathering=gathering, defaults=values, create_defaults={**values, "by": by}
        )
        if current is None or current.owner_id != owner.pk:
            announce(
                DepositAssigned(
                    gathering_id=gathering.pk,
                    deposit_id=deposit.pk,
                    owner_id=owner.pk,
                    community_id=gathering.community_id,
                    by_id=by.pk,
                )
            )
    return deposit


def start_deposit(gathering: Gathering, *, by: Person) -> Article:
    """Start the article of a held gathering from everything that was collected. Idempotent.

    Raises:
        Refused: it was not held. Forbidden: neither host nor owner, or may not write in the library.
    """
    require(can_deposit, by, gathering)
    if gathering.state != Gathering.State.HELD:
        raise Refused(_("End the gathering before writing it up."))
    with transaction.atomic():
        deposit = _locked(gathering, by)
        if deposit.article is not None:
            return deposit.article
        article = start_draft(
            library=library_of(gathering.community),
            title=gathering.title,
            markdown=markdown_of(gathering),
            by=by,
            owner=deposit.owner or by,
            template=Article.Template.SESSION_SUMMARY,
            authors=_authors(gathering),
        )
        Deposit.objects.filter(pk=deposit.pk).update(article=article)
        link(("gathering", gathering.pk), ("article", article.pk), by_id=by.pk)
        tell_those_quoted(gathering, article, by=by)
        announce(
            DepositStarted(
                gathering_id=gathering.pk,
                deposit_id=deposit.pk,
                article_id=article.pk,
                community_id=gathering.community_id,
                by_id=by.pk,
            )
        )
    return article


def publish_deposit(gathering: Gathering, *, by: Person) -> Article:
    """Start the article from everything that was collected and publish it at once. Idempotent.

    An article that already exists is left alone: its text may differ from what the gathering's page shows.

    Raises:
        Refused: it was not held. Forbidden: not the owner, or may not publish here.
    """
    require(can_publish_deposit, by, gathering)
    with transaction.atomic():
        begun = _locked(gathering, by).article
        if begun is not None:
            return begun
        article = start_deposit(gathering, by=by)
        publish(article, by=by)
    return article


def _authors(gathering: Gathering) -> list[Person]:
    """Return the people who shared."""
    speakers = [talk.speaker for talk in order_of(gathering).given] if gathering.is_lightning else []
    return [*([gathering.sharer] if gathering.sharer else []), *speakers]


def _locked(gathering: Gathering, by: Person) -> Deposit:
    """Return the deposit with the gathering locked: of two clicks, one starts the article and the other finds it."""
    Gathering.objects.select_for_update().get(pk=gathering.pk)
    deposit, _new = Deposit.objects.select_related("article", "owner").get_or_create(
        gathering=gathering, defaults={"owner": by, "due_on": usual_due_day(), "by": by}
    )
    return deposit


def markdown_of(gathering: Gathering) -> str:
    """Return what was collected, as the start of an article: summary, questions with answers, polls, files."""
    parts = [_whereabouts(gathering), gathering.summary.strip()]
    if gathering.take_home:
        parts.append(f"## {_('Takeaways')}\n\n{gathering.take_home}")
    parts.append(_talks(gathering))
    parts.append(markdown_of_evening(gathering) if gathering.is_evening else "")
    parts.append(_questions(gathering))
    parts.append(_polls(gathering))
    parts.append(_files(gathering))
    return "\n\n".join(part for part in parts if part) + "\n"


def _whereabouts(gathering: Gathering) -> str:
    sharer = gathering.sharer.name if gathering.sharer else ""
    day = date_format(timezone.localtime(gathering.starts_at), "SHORT_DATE_FORMAT") if gathering.starts_at else ""
    source = _("From the gathering of %(day)s") % {"day": day}
    return f"> {source}" + (_(", with %(name)s") % {"name": sharer} if sharer else "")


def _questions(gathering: Gathering) -> str:
    talks = order_of(gathering).given if gathering.is_lightning else []
    questions = gathering.questions.exclude(talk__in=talks).order_by("-vote_count", "on", "pk")
    rows = [_question(question) for question in questions]
    return f"## {_('Questions and answers')}\n\n" + "\n\n".join(rows) if rows else ""


def _talks(gathering: Gathering) -> str:
    """Return every lightning talk with its speaker and its questions."""
    if not gathering.is_lightning:
        return ""
    rows = []
    for talk in order_of(gathering).given:
        questions = [_question(question) for question in talk.questions.order_by("-vote_count", "on", "pk")]
        speaker = _("Speaker: %(name)s") % {"name": talk.speaker.name}
        rows.append("\n\n".join([f"### {talk.title}", speaker, *questions]))
    head = pgettext("gathering format", "Lightning talks")
    return f"## {head}\n\n" + "\n\n".join(rows) if rows else ""


def _question(question: Question) -> str:
    done = question.state == Question.State.ANSWERED
    answer = question.answer or (_("(answered in the room)") if done else _("(still open)"))
    return f"**{question.text}**\n\n{answer}"


def _polls(gathering: Gathering) -> str:
    """Return the room's polls, most votes first. Polls without votes are omitted."""
    shown = Poll.objects.about("gathering", gathering.pk).filter(ballot_count__gt=0)
    rows = [_poll(poll) for poll in shown.order_by("at", "pk")]
    return f"## {_('What the room said')}\n\n" + "\n\n".join(rows) if rows else ""


def _poll(poll: Poll) -> str:
    counted = poll.options.annotate(count=Count("ballots")).order_by("-count", "order")
    lines = [
        f"- {option.text}{_(': ')}" + ngettext("%(n)s vote", "%(n)s votes", option.count) % {"n": option.count}
        for option in counted
    ]
    return f"**{poll.question}**\n\n" + "\n".join(lines)


def _files(gathering: Gathering) -> str:
    rows = [
        f"- [{file.upload.name}]({file.upload.get_absolute_url()})" for file in gathering.files.select_related("upload")
    ]
    return f"## {_('Files')}\n\n" + "\n".join(rows) if rows else ""


def tell_late(today: dt.date | None = None) -> int:
    """Announce late deposits, once each.

    Returns:
        How many were announced.
    """
    count = 0
    for deposit in Deposit.objects.late(today).filter(late_told_at=None).select_related("gathering")[:500]:
        with transaction.atomic():
            # The filter keeps two job processes from announcing the same row.
            if Deposit.objects.filter(pk=deposit.pk, late_told_at=None).update(late_told_at=timezone.now()):
                gathering = deposit.gathering
                announce(
                    DepositLate(gathering_id=gathering.pk, deposit_id=deposit.pk, community_id=gathering.community_id)
                )
                count += 1
    return count
