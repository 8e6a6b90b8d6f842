"""What of gatherings waits for a person, and a first step of a newcomer."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from zhiliu.directory.models import Person
from zhiliu.kit.agenda import Waiting, first_steps, waiting
from zhiliu.surveys.models import Survey
from zhiliu.surveys.results import unanswered_by

from .holding import FEEDBACK
from .models import (
    STILL_WANTED,
    CheckIn,
    DepartmentAsk,
    Deposit,
    Gathering,
    Invitation,
    LightningTalk,
    Nomination,
    Seat,
)
from .queries import communities_to_propose_in, due_words, moment_words

LIMIT = 10
_AHEAD = [Gathering.State.PLANNING, Gathering.State.FIXED]


@waiting.adds(key="gatherings.invitations")
def invitations(person: Person) -> list[Waiting]:
    """Invitations to answer."""
    rows = Invitation.objects.filter(person=person, state=Invitation.State.WAITING, gathering__state__in=_AHEAD)
    rows = rows.select_related("gathering__community", "by").only(
        *("at", "by__name", "gathering__title", "gathering__format", "gathering__starts_at"),
        "gathering__community__name",
    )
    return [_invitation(one) for one in rows.order_by("-at")[:LIMIT]]


def _invitation(one: Invitation) -> Waiting:
    gathering = one.gathering
    asks = _("%(name)s invites you to a tea chat") if gathering.is_tea_chat else _("%(name)s invites you to speak")
    meta = [gathering.community.name, asks % {"name": one.by.name if one.by else _("Someone")}]
    if gathering.starts_at:
        meta.append(moment_words(gathering.starts_at))
    url = reverse("gatherings:invitation", args=[gathering.pk])
    return Waiting("mail", gathering.title, url, _("Answer"), tuple(meta), one.at)


@waiting.adds(key="gatherings.talks")
def talks_to_answer(person: Person) -> list[Waiting]:
    """Lightning talks one is asked to give."""
    rows = LightningTalk.objects.filter(
        speaker=person, state=LightningTalk.State.WAITING, gathering__state__in=_AHEAD
    ).select_related("gathering__community", "by")
    return [_talk(one) for one in rows.order_by("-at")[:LIMIT]]


def _talk(one: LightningTalk) -> Waiting:
    asks = _("%(name)s invites you to give a lightning talk") % {"name": one.by.name if one.by else _("Someone")}
    url = f"{one.gathering.get_absolute_url()}#order"
    return Waiting("mail", one.title, url, _("Answer"), (one.gathering.title, asks), one.at)


@waiting.adds(key="gatherings.counters")
def proposed_times(person: Person) -> list[Waiting]:
    """Times an invited person proposes, for the host to choose from."""
    rows = Invitation.objects.filter(
        gathering__host=person,
        state=Invitation.State.COUNTERED,
        gathering__sharer=None,
        gathering__state__in=_AHEAD,
    )
    rows = rows.select_related("gathering__community", "person").only(
        "answered_at", "person__name", "gathering__title", "gathering__community__name"
    )
    return [
        Waiting(
            "calendar",
            one.gathering.title,
            one.gathering.get_absolute_url(),
            _("Choose a time"),
            (one.gathering.community.name, _("%(name)s proposed other times") % {"name": one.person.name}),
            one.answered_at,
        )
        for one in rows.order_by("-answered_at")[:LIMIT]
    ]


_WANTED = ("topic__community", "gathering__community")


@waiting.adds(key="gatherings.nominations")
def nominations(person: Person) -> list[Waiting]:
    """Colleagues who named a person as the one to share."""
    rows = Nomination.objects.filter(STILL_WANTED, person=person, state=Nomination.State.WAITING)
    return [
        Waiting(
            "hand-heart",
            str(one.wanted_for),
            one.get_absolute_url(),
            _("Answer"),
            (
                one.wanted_for.community.name,
                _("%(name)s would like to hear from you") % {"name": one.by.name if one.by else _("Someone")},
            ),
            one.at,
        )
        for one in rows.select_related(*_WANTED, "by").order_by("-at")[:LIMIT]
    ]


@waiting.adds(key="gatherings.department_asks")
def department_asks(person: Person) -> list[Waiting]:
    """Who is to be named from a department the person heads."""
    rows = DepartmentAsk.objects.filter(
        STILL_WANTED, department__head=person, state=DepartmentAsk.State.WAITING
    ).select_related(*_WANTED, "department")
    return [
        Waiting(
            "users",
            str(one.wanted_for),
            one.get_absolute_url(),
            _("Nominate someone"),
            (
                one.wanted_for.community.name,
                _("Who in %(department)s could speak?") % {"department": one.department},
            ),
            one.at,
        )
        for one in rows.order_by("-at")[:LIMIT]
    ]


@waiting.adds(key="gatherings.would_share")
def would_share(person: Person) -> list[Waiting]:
    """Named people who would share in a gathering the person hosts."""
    rows = Nomination.objects.filter(STILL_WANTED, gathering__host=person, state=Nomination.State.YES).select_related(
        "gathering__community", "person"
    )
    return [
        Waiting(
            "user-check",
            str(one.gathering),
            one.gathering.get_absolute_url(),
            pgettext("about a sharer", "Decide"),
            (one.gathering.community.name, _("%(name)s would speak") % {"name": one.person.name}),
            one.answered_at,
        )
        for one in rows.order_by("-answered_at")[:LIMIT]
        if one.gathering is not None
    ]


@waiting.adds(key="gatherings.to_end")
def gatherings_to_end(person: Person) -> list[Waiting]:
    """Gatherings that are over and wait for their host to collect what was said."""
    over = Gathering.objects.filter(host=person, state=Gathering.State.FIXED, ends_at__lte=timezone.now())
    over = over.select_related("community").only("title", "ends_at", "community__name")
    return [
        Waiting(
            "calendar-check",
            one.title,
            reverse("gatherings:end", args=[one.pk]),
            _("End gathering"),
            (one.community.name, _("It’s over. Collect what was said")),
            one.ends_at,
        )
        for one in over.order_by("-starts_at")[:LIMIT]
    ]


@waiting.adds(key="gatherings.deposits")
def deposits(person: Person) -> list[Waiting]:
    """What a person is to write down; once a draft is begun, knowledge asks to finish it."""
    rows = Deposit.objects.filter(owner=person, article=None).select_related("gathering__community")
    return [
        Waiting(
            "book",
            _("Write up “%(title)s”") % {"title": one.gathering.title},
            f"{one.gathering.get_absolute_url()}#deposit",
            _("Write up"),
            (one.gathering.community.name, due_words(one)),
            timezone.make_aware(dt.datetime.combine(one.due_on, dt.time(18))),
        )
        for one in rows.order_by("due_on")[:LIMIT]
    ]


@waiting.adds(key="gatherings.feedback")
def feedback(person: Person) -> list[Waiting]:
    """One minute of feedback that is still open."""
    held = _held_lately(person)
    if not held:
        return []
    surveys = Survey.objects.filter(kind="gathering", purpose=FEEDBACK, thing_id__in=list(held))
    open_ones = unanswered_by(person, [survey for survey in surveys if survey.is_open])
    came = _took_part(person, list(held))
    return [
        Waiting(
            "heart",
            held[survey.thing_id].title,
            f"{held[survey.thing_id].get_absolute_url()}#feedback",
            pgettext("give feedback", "Give feedback"),
            (held[survey.thing_id].community.name, _("One minute of feedback, without your name")),
            survey.closes_at,
        )
        for survey in open_ones
        if survey.thing_id in came
    ][:LIMIT]


def _held_lately(person: Person) -> dict[int, Gathering]:
    since = timezone.now() - dt.timedelta(days=14)
    held = Gathering.objects.concerning(person).filter(state=Gathering.State.HELD, held_at__gte=since)
    held = held.exclude(sharer=person).exclude(format="tea_chat").select_related("community")
    shown = held.only("title", "held_at", "community__name").order_by("-held_at")
    return {one.pk: one for one in shown[:LIMIT]}


def _took_part(person: Person, keys: list[int]) -> set[int]:
    """Those of the gatherings the person came to, or had a seat in where nobody was noted; two queries."""
    noted = defaultdict(set)
    for gathering_id, person_id in CheckIn.objects.filter(gathering__in=keys).values_list("gathering_id", "person_id"):
        noted[gathering_id].add(person_id)
    seated = Seat.objects.filter(gathering__in=keys, person=person, waiting=False)
    sat = set(seated.values_list("gathering_id", flat=True))
    return {key for key in keys if person.pk in noted[key] or (key in sat and not noted[key])}


@first_steps.adds(key="gatherings.tea", weight=40)
def have_tea(person: Person) -> Waiting | None:
    """Have tea with somebody who has been here longer."""
    met = Seat.objects.filter(person=person).exists() or Invitation.objects.filter(person=person).exists()
    if person.is_guest or met or not communities_to_propose_in(person):
        return None
    return Waiting(
        "coffee",
        _("Invite a colleague to tea"),
        reverse("gatherings:tea"),
        _("Invite someone"),
        (_("Two people, half an hour. Set up in a minute"),),
    )
