"""Sections of the manager's week about people: never signed in, requests to join, newcomers without an answer."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence

from django.db.models import BooleanField, ExpressionWrapper, Q
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from zhiliu.directory.calendar import calendar_around
from zhiliu.directory.models import Person
from zhiliu.directory.reminding import mail_reminder, never_signed_in, reminded_lately, why_no_reminder
from zhiliu.directory.rules import caretakers
from zhiliu.kit.contracts.mail import why_no_mail
from zhiliu.kit.errors import Refused
from zhiliu.kit.web.addresses import address

from .joining import decide_request
from .models import Community, JoinRequest, Membership
from .reach import reach
from .week import (
    ActResult,
    NewcomerPost,
    WeekAct,
    WeekRow,
    WeekRows,
    WeekSection,
    day_of,
    newcomer_posts,
    week_sections,
)

PATIENCE = dt.timedelta(hours=24)
# Nobody answers what is older.
YOUNG = dt.timedelta(days=30)


# --- who never signed in ------------------------------------------------------------------------------------------


@caretakers.register(key="communities.managed")
def manages_a_community_of(person: Person, other: Person) -> bool:
    """Return whether the person manages a community of the other one."""
    managed = Membership.objects.filter(person=other, community__in=reach(person).managed)
    return managed.exclude(community__phase=Community.Phase.ARCHIVED).exists()


def absent_people(communities: Sequence[Community], viewer: Person, most: int) -> WeekRows:
    """Return members who never signed in and got no link this week; those who can be sent one first."""
    inside = Membership.objects.filter(community__in=communities)
    people = never_signed_in().filter(pk__in=inside.values("person"))
    people = people.exclude(pk__in=reminded_lately().values("person"))
    without_mail = ExpressionWrapper(Q(email=None) | Q(email=""), BooleanField())
    shown = list(people.select_related("department").order_by(without_mail, "joined_at", "pk")[:most])
    by_person: dict[int, list[Community]] = defaultdict(list)
    named = {community.pk: community for community in communities}
    for person_id, community_id in inside.filter(person__in=shown).values_list("person_id", "community_id"):
        by_person[person_id].append(named[community_id])
    obstacle = why_no_mail()
    rows = [_absent_row(person, by_person[person.pk], can_mail=not obstacle) for person in shown]
    note = _("No email can be sent: %(reason)s Tell them in person.") % {"reason": obstacle} if obstacle else ""
    return WeekRows(rows, people.count(), note if rows else "")


def _absent_row(person: Person, communities: list[Community], *, can_mail: bool) -> WeekRow:
    reason = why_no_reminder(person)
    members = f"{address('communities:members', communities[0].slug)}?{urlencode({'q': person.name})}"
    return WeekRow(
        person.name,
        person.get_absolute_url(),
        (
            *(community.name for community in communities[:2]),
            *([str(person.department)] if person.department else []),
            *([reason] if reason else []),
        ),
        person,
        person.pk if can_mail and reason is None else 0,
        None if can_mail and reason is None else (_("See in the list"), members),
    )


def nudge(communities: Sequence[Community], keys: Sequence[int], by: Person) -> ActResult:
    """Mail a link for a first sign-in to members of these communities."""
    inside = Membership.objects.filter(community__in=communities, person__in=keys)
    people = Person.objects.filter(pk__in=inside.values("person"))
    about = _(", ").join(community.name for community in communities)
    reminder = mail_reminder(people, about=about, by=by)
    return ActResult(len(reminder.people), tuple((person.name, reason) for person, reason in reminder.refused))


week_sections.register(
    WeekSection(
        gettext_lazy("Never signed in"),
        pgettext_lazy("nothing waits", "everyone has signed in"),
        absent_people,
        WeekAct(
            gettext_lazy("Email a sign-in link"),
            nudge,
            lambda n: (
                ngettext(
                    "%(n)s person will get a sign-in link by email.",
                    "%(n)s people will get a sign-in link by email.",
                    n,
                )
                % {"n": n}
            ),
        ),
    ),
    key="absent",
    weight=0,
)


# --- who asked to join --------------------------------------------------------------------------------------------


def requests_to_join(communities: Sequence[Community], viewer: Person, most: int) -> WeekRows:
    """Return the undecided requests, oldest first."""
    rows = JoinRequest.objects.filter(decision="", community__in=communities).order_by("at", "pk")
    shown = rows.select_related("person", "community")[:most]
    return WeekRows([_request_row(request) for request in shown], rows.count())


def _request_row(request: JoinRequest) -> WeekRow:
    members = address("communities:members", request.community.slug)
    meta = (request.community.name, day_of(request.at), *([request.note] if request.note else []))
    link = (pgettext("request to join", "Decline…"), members)
    return WeekRow(request.person.name, request.person.get_absolute_url(), meta, request.person, request.pk, link)


def admit_several(communities: Sequence[Community], keys: Sequence[int], by: Person) -> ActResult:
    """Admit those who asked to join these communities. Whose request was decided meanwhile is left as they are."""
    rows = JoinRequest.objects.filter(pk__in=keys, community__in=communities, decision="")
    count, refused = 0, []
    for request in rows.select_related("person", "community").order_by("at", "pk"):
        try:
            decided = decide_request(request, admit=True, by=by)
        except Refused as error:
            refused.append((request.person.name, error.reason))
        else:
            count += decided.decision == JoinRequest.Decision.ADMITTED
    return ActResult(count, tuple(refused))


week_sections.register(
    WeekSection(
        gettext_lazy("Requests to join"),
        pgettext_lazy("nothing waits", "no requests to join"),
        requests_to_join,
        WeekAct(
            gettext_lazy("Approve"),
            admit_several,
            lambda n: ngettext("%(n)s person was approved.", "%(n)s people were approved.", n) % {"n": n},
        ),
    ),
    key="requests",
    weight=10,
)


# --- newcomers whom nobody answered -------------------------------------------------------------------------------


def unanswered_newcomers(communities: Sequence[Community], viewer: Person, most: int) -> WeekRows:
    """Return what newcomers wrote over 24 working hours ago without an answer, oldest first."""
    now = timezone.now()
    calendar = calendar_around(now - YOUNG, now)
    posts = [post for source in newcomer_posts for post in source(communities, viewer, now - YOUNG)]
    late = [post for post in posts if post.by.pk != viewer.pk and calendar.worked(post.at, now) >= PATIENCE]
    late.sort(key=lambda post: post.at)
    named = {community.pk: community.name for community in communities}
    return WeekRows([_post_row(post, named[post.community_id]) for post in late[:most]], len(late))


def _post_row(post: NewcomerPost, community: str) -> WeekRow:
    meta = (post.kind, post.by.name, community, day_of(post.at))
    return WeekRow(post.title, post.url, meta, post.by, link=(pgettext("newcomer", "Answer"), post.url))


week_sections.register(
    WeekSection(
        gettext_lazy("Newcomers waiting for an answer"),
        pgettext_lazy("nothing waits", "every newcomer got an answer"),
        unanswered_newcomers,
    ),
    key="newcomers",
    weight=20,
)
