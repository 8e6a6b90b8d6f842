"""Queries about who is invited to attend and who came, for the host."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from zhiliu.directory.models import Person
from zhiliu.kit.web.table_export import moment_cell

from .models import AudienceInvitation, CheckIn, Gathering, Seat

Answer = AudienceInvitation.Answer
# What the list of invited people can be limited to, and the condition on invitations with ``comes``.
SHOWS = {
    "yes": Q(comes=True),
    "maybe": Q(comes=False, answer=Answer.MAYBE),
    "no": Q(comes=False, answer=Answer.NO),
    "open": Q(comes=False, answer=""),
}


def invited_to(gathering: Gathering, show: str = "") -> QuerySet[AudienceInvitation]:
    """Return the invitations with their people; ``show`` limits them to one answer."""
    rows = AudienceInvitation.objects.filter(gathering=gathering).with_seats().filter(SHOWS.get(show, Q()))
    return rows.select_related("person__department", "second_call")


def audience_counts(gathering: Gathering) -> dict[str, int]:
    """Return how many are invited (``all``), have seen it (``seen``), and gave each answer; one query."""
    rows = AudienceInvitation.objects.filter(gathering=gathering).with_seats()
    counts = {name: Count("pk", filter=condition) for name, condition in SHOWS.items()}
    seen = Q(seen_at__isnull=False) | Q(comes=True) | ~Q(answer="")
    return rows.aggregate(all=Count("pk"), seen=Count("pk", filter=seen), **counts)


def audience_lines(gathering: Gathering) -> Iterator[Sequence[Any]]:
    """Yield the lines of the list of invited people, headings first."""
    yield (
        pgettext("person", "Name"),
        _("Employee number"),
        _("Department"),
        _("Email"),
        _("Answer"),
        _("Opened on"),
        _("Answered on"),
    )
    for row in invited_to(gathering).order_by("pk").iterator(chunk_size=500):
        yield *_who(row.person), answer_in_words(row), moment_cell(row.seen_at), moment_cell(row.answered_at)


def answer_in_words(row: AudienceInvitation) -> str:
    """Return the answer to an invitation of :func:`invited_to`."""
    if row.comes:  # type: ignore[attr-defined]
        return _("Coming")
    return str(row.get_answer_display()) if row.answer else _("No answer yet")


def attendance_lines(gathering: Gathering) -> Iterator[Sequence[Any]]:
    """Yield the lines of the attendance list, headings first: who signed up or came."""
    yield (
        pgettext("person", "Name"),
        _("Employee number"),
        _("Department"),
        _("Email"),
        _("Signed up"),
        _("Came"),
        _("Checked in at"),
    )
    came = dict(CheckIn.objects.filter(gathering=gathering).values_list("person_id", "at"))
    seats = Seat.objects.filter(gathering=gathering, person=OuterRef("pk"))
    listed = Q(pk__in=CheckIn.objects.filter(gathering=gathering).values("person")) | Exists(seats)
    people = Person.objects.filter(listed).annotate(signed_up=Exists(seats)).select_related("department")
    for person in people.order_by("department__name", "name", "pk"):
        signed_up = _("Yes") if person.signed_up else ""
        yield *_who(person), signed_up, _("Yes") if person.pk in came else "", moment_cell(came.get(person.pk))


def _who(person: Person) -> tuple[str, str, str, str]:
    return person.name, person.employee_number or "", str(person.department or ""), person.email or ""
