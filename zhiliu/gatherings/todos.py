"""Todos of gatherings, and an onboarding step."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from zhiliu.communities.models import Community
from zhiliu.directory.models import Person
from zhiliu.kit.contracts.todos import Todo, first_steps, waits
from zhiliu.surveys.models import Survey
from zhiliu.surveys.results import unanswered_by

from .completing import FEEDBACK
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
from .queries import communities_to_propose_in, due_words, gathering_moment

LIMIT = 10
_AHEAD = [Gathering.State.PLANNING, Gathering.State.FIXED]
# In an archived community nothing is ended, written up or rated.
_AT_WORK = ~Q(community__phase=Community.Phase.ARCHIVED)


@waits(
    "gatherings.invitations", lambda person: Invitation.objects.filter(person=person, state=Invitation.State.WAITING)
)
def invitations(person: Person) -> list[Todo]:
    """Return invitations to answer."""
    rows = Invitation.objects.filter(person=person, state=Invitation.State.WAITING, gathering__state__in=_AHEAD)
    rows = rows.select_related("gathering__community", "by").only(
        *("at", "by__name", "gathering__title", "gathering__format", "gathering__starts_at"),
        "gathering__community__name",
    )
    return [_invitation(row) for row in rows.order_by("-at")[:LIMIT]]


def _invitation(invitation: Invitation) -> Todo:
    gathering = invitation.gathering
    asks = _("%(name)s invites you to a tea chat") if gathering.is_tea_chat else _("%(name)s invites you to speak")
    meta = [gathering.community.name, asks % {"name": invitation.by.name if invitation.by else _("Someone")}]
    if gathering.starts_at:
        meta.append(gathering_moment(gathering.starts_at))
    url = reverse("gatherings:invitation", args=[gathering.pk])
    return Todo("mail", gathering.title, url, _("Answer"), tuple(meta), invitation.at)


@waits(
    "gatherings.talks", lambda person: LightningTalk.objects.filter(speaker=person, state=LightningTalk.State.WAITING)
)
def talks_to_answer(person: Person) -> list[Todo]:
    """Return lightning talks the person is asked to give."""
    rows = LightningTalk.objects.filter(
        speaker=person, state=LightningTalk.State.WAITING, gathering__state__in=_AHEAD
    ).select_related("gathering__community", "by")
    return [_talk(row) for row in rows.order_by("-at")[:LIMIT]]


def _talk(lightning_talk: LightningTalk) -> Todo:
    asks = _("%(name)s invites you to give a lightning talk") % {
        "name": lightning_talk.by.name if lightning_talk.by else _("Someone")
    }
    url = f"{lightning_talk.gathering.get_absolute_url()}#order"
    return Todo(
        "mail", lightning_talk.title, url, _("Answer"), (lightning_talk.gathering.title, asks), lightning_talk.at
    )


@waits(
    "gatherings.counters",
    lambda person: Invitation.objects.filter(gathering__host=person, state=Invitation.State.COUNTERED),
)
def proposed_times(person: Person) -> list[Todo]:
    """Return the times invited people propose, for the host to choose from."""
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
        Todo(
            "calendar",
            row.gathering.title,
            row.gathering.get_absolute_url(),
            _("Choose a time"),
            (row.gathering.community.name, _("%(name)s proposed other times") % {"name": row.person.name}),
            row.answered_at,
        )
        for row in rows.order_by("-answered_at")[:LIMIT]
    ]


_WANTED = ("topic__community", "gathering__community")


@waits(
    "gatherings.nominations", lambda person: Nomination.objects.filter(person=person, state=Nomination.State.WAITING)
)
def nominations(person: Person) -> list[Todo]:
    """Return open nominations of the person."""
    rows = Nomination.objects.filter(STILL_WANTED, person=person, state=Nomination.State.WAITING)
    return [
        Todo(
            "hand-heart",
            str(row.wanted_for),
            row.get_absolute_url(),
            _("Answer"),
            (
                row.wanted_for.community.name,
                _("%(name)s would like to hear from you") % {"name": row.by.name if row.by else _("Someone")},
            ),
            row.at,
        )
        for row in rows.select_related(*_WANTED, "by").order_by("-at")[:LIMIT]
    ]


@waits(
    "gatherings.department_asks",
    lambda person: DepartmentAsk.objects.filter(department__head=person, state=DepartmentAsk.State.WAITING),
)
def department_asks(person: Person) -> list[Todo]:
    """Return open requests to departments the person heads."""
    rows = DepartmentAsk.objects.filter(
        STILL_WANTED, department__head=person, state=DepartmentAsk.State.WAITING
    ).select_related(*_WANTED, "department")
    return [
        Todo(
            "users",
            str(row.wanted_for),
            row.get_absolute_url(),
            _("Nominate someone"),
            (
                row.wanted_for.community.name,
                _("Who in %(department)s could speak?") % {"department": row.department},
            ),
            row.at,
        )
        for row in rows.order_by("-at")[:LIMIT]
    ]


@waits(
    "gatherings.would_share",
    lambda person: Nomination.objects.filter(gathering__host=person, state=Nomination.State.YES),
)
def would_share(person: Person) -> list[Todo]:
    """Return nominees who would share in a gathering the person hosts."""
    rows = Nomination.objects.filter(STILL_WANTED, gathering__host=person, state=Nomination.State.YES).select_related(
        "gathering__community", "person"
    )
    return [
        Todo(
            "user-check",
            str(row.gathering),
            row.gathering.get_absolute_url(),
            pgettext("about a sharer", "Decide"),
            (row.gathering.community.name, _("%(name)s would speak") % {"name": row.person.name}),
            row.answered_at,
        )
        for row in rows.order_by("-answered_at")[:LIMIT]
        if row.gathering is not None
    ]


@waits("gatherings.to_end", lambda person: Gathering.objects.filter(host=person, state=Gathering.State.FIXED))
def gatherings_to_end(person: Person) -> list[Todo]:
    """Return gatherings that are over and wait for their host to end them."""
    over = Gathering.objects.filter(_AT_WORK, host=person, state=Gathering.State.FIXED, ends_at__lte=timezone.now())
    over = over.select_related("community").only("title", "ends_at", "community__name")
    return [
        Todo(
            "calendar-check",
            gathering.title,
            reverse("gatherings:end", args=[gathering.pk]),
            _("End gathering"),
            (gathering.community.name, _("It’s over. Collect what was said")),
            gathering.ends_at,
        )
        for gathering in over.order_by("-starts_at")[:LIMIT]
    ]


@waits("gatherings.deposits", lambda person: Deposit.objects.filter(owner=person, article=None))
def deposits(person: Person) -> list[Todo]:
    """Return deposits without a draft. Once a draft exists, knowledge asks to finish it."""
    rows = Deposit.objects.filter(owner=person, article=None).select_related("gathering__community")
    rows = rows.exclude(gathering__community__phase=Community.Phase.ARCHIVED)
    return [
        Todo(
            "book",
            _("Write up “%(title)s”") % {"title": row.gathering.title},
            f"{row.gathering.get_absolute_url()}#deposit",
            _("Write up"),
            (row.gathering.community.name, due_words(row)),
            timezone.make_aware(dt.datetime.combine(row.due_on, dt.time(18))),
        )
        for row in rows.order_by("due_on")[:LIMIT]
    ]


@waits("gatherings.feedback", lambda person: Gathering.objects.concerning(person).filter(state=Gathering.State.HELD))
def feedback(person: Person) -> list[Todo]:
    """Return feedback surveys the person has not answered."""
    gatherings = _held_lately(person)
    if not gatherings:
        return []
    surveys = Survey.objects.filter(kind="gathering", purpose=FEEDBACK, thing_id__in=list(gatherings))
    open_ones = unanswered_by(person, [survey for survey in surveys if survey.is_open])
    attended = _took_part(person, list(gatherings))
    return [
        Todo(
            "heart",
            gatherings[survey.thing_id].title,
            f"{gatherings[survey.thing_id].get_absolute_url()}#feedback",
            pgettext("give feedback", "Give feedback"),
            (gatherings[survey.thing_id].community.name, _feedback_words(survey)),
            survey.closes_at,
        )
        for survey in open_ones
        if survey.thing_id in attended
    ][:LIMIT]


def _feedback_words(survey: Survey) -> str:
    if survey.is_anonymous:
        return _("One minute of feedback, without your name")
    return _("One minute of feedback, with your name")


def _held_lately(person: Person) -> dict[int, Gathering]:
    since = timezone.now() - dt.timedelta(days=14)
    gatherings = Gathering.objects.concerning(person).filter(_AT_WORK, state=Gathering.State.HELD, held_at__gte=since)
    gatherings = gatherings.exclude(sharer=person).exclude(format="tea_chat").select_related("community")
    shown = gatherings.only("title", "held_at", "community__name").order_by("-held_at")
    return {gathering.pk: gathering for gathering in shown[:LIMIT]}


def _took_part(person: Person, keys: list[int]) -> set[int]:
    """Return the gatherings the person came to, or had a seat in if nobody was noted; two queries."""
    noted = defaultdict(set)
    for gathering_id, person_id in CheckIn.objects.filter(gathering__in=keys).values_list("gathering_id", "person_id"):
        noted[gathering_id].add(person_id)
    seated = Seat.objects.filter(gathering__in=keys, person=person, waiting=False)
    sat = set(seated.values_list("gathering_id", flat=True))
    return {key for key in keys if person.pk in noted[key] or (key in sat and not noted[key])}


@first_steps.register(key="gatherings.tea", weight=40)
def have_tea(person: Person) -> Todo | None:
    """Suggest tea with a colleague."""
    met = Seat.objects.filter(person=person).exists() or Invitation.objects.filter(person=person).exists()
    if person.is_guest or met or not communities_to_propose_in(person):
        return None
    return Todo(
        "coffee",
        _("Invite a colleague to tea"),
        reverse("gatherings:tea"),
        _("Invite someone"),
        (_("Two people, half an hour. Set up in a minute"),),
    )
