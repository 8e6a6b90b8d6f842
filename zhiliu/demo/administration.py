"""Administrative acts of half a year, for the audit log."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from zhiliu.communities.joining import give_role
from zhiliu.communities.models import Membership
from zhiliu.communities.role_permissions import Role
from zhiliu.communities.starting import change_settings
from zhiliu.directory.login_links import hand_link
from zhiliu.directory.managing.people import set_administrator
from zhiliu.directory.managing.places import save_room
from zhiliu.directory.models import LinkMail, LinkMailing, Location, Person
from zhiliu.kit.contracts.audit import ClientInfo, whence
from zhiliu.search.synonyms import add_synonyms

from .stage import Stage

OFFICE = ClientInfo("page", "10.8.0.21", "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Edg/141.0")


def build(stage: Stage) -> None:
    """Run the acts through their verbs, each at its time."""
    admin, lin = Person.objects.get(handle="admin"), Person.objects.get(handle="lin")
    place, helper = Location.objects.order_by("pk")[0], stage.others[7]
    with _at(stage, -96, "10:12"):
        room = save_room(None, location=place, name="三楼茶室", seats=6, by=admin)
    with _at(stage, -61, "16:40"):
        set_administrator(helper, True, by=admin)
    with _at(stage, -47, "09:05"):
        set_administrator(Person.objects.get(pk=helper.pk), False, by=admin)
    with _at(stage, -33, "14:26"):
        save_room(room, location=place, name="三楼茶室", seats=8, by=admin)
    with _at(stage, -12, "11:31"):
        hand_link(stage.others[20], by=admin)
    with _at(stage, -10, "15:02"):
        add_synonyms("除霜、化霜、融霜", by=admin)
    _links_by_mail(stage, admin)
    managed = Membership.objects.filter(person=lin, role=Role.MANAGER).select_related("community").order_by("pk")[0]
    plain = managed.community.memberships.filter(role=Role.MEMBER, person__in=stage.others).order_by("pk")[0]
    with _at(stage, -9, "17:20"):
        give_role(managed.community, plain.person, Role.EXPERT, by=lin)
    with _at(stage, -4, "10:03"):
        change_settings(managed.community, sessions_a_month=managed.community.sessions_a_month + 1, by=lin)


def _links_by_mail(stage: Stage, admin: Person) -> None:
    """Store a mailing of sign-in links to a department: most were used, one address was wrong, one person has none."""
    about, at = "安装工程部", stage.clock.at(-12, "11:40")
    named = {person.pk for person in stage.people.values()}
    people = list(Person.objects.filter(department__name=about).exclude(pk__in=named).order_by("pk")[:12])
    with stage.moment(at):
        mailing = LinkMailing.objects.create(about=about, by=admin, at=at)
    states = [LinkMail.State.SENT] * (len(people) - 2) + [LinkMail.State.FAILED, LinkMail.State.NO_ADDRESS]
    for person, state in zip(people, states, strict=True):
        reply = "550 5.1.1 User unknown" if state == LinkMail.State.FAILED else ""
        LinkMail.objects.create(mailing=mailing, person=person, state=state, tries=1, said=reply, at=at)
    Person.objects.filter(pk=people[-1].pk).update(email=None)


@contextmanager
def _at(stage: Stage, day: int, hour: str) -> Iterator[None]:
    mark = whence.set(OFFICE)
    try:
        with stage.moment(stage.clock.at(day, hour)):
            yield
    finally:
        whence.reset(mark)
