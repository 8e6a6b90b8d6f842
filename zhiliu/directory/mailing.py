"""Links for a first sign-in go out by mail: who gets one, and what became of it.

Nobody gets two. A person is taken up (:func:`take_up`) before their mail goes out, and only while no other link that
was mailed to them still works. Where a process dies between the two, nobody knows whether the mail went out: it is not
sent again by itself but shown, and an administrator decides.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from zhiliu.kit.contracts.audit import Change
from zhiliu.kit.contracts.facts import announce
from zhiliu.kit.contracts.mail import why_no_mail
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.errors import Refused

from .facts import LoginLinksMailed
from .link_handover import without_password
from .login_links import Purpose, make_login_link
from .models import LinkMail, LinkMailing, LoginLink, Person
from .rules import is_admin

State = LinkMail.State
# After so long no mail server is still being talked to.
SETTLED = dt.timedelta(minutes=3)
TRIES = 5


def mailable(people: QuerySet[Person]) -> QuerySet[Person]:
    """Those of them who have an address and no link by mail that waits or still works."""
    return people.exclude(email=None).exclude(email="").exclude(pk__in=_on_their_way().values("person"))


def _on_their_way() -> QuerySet[LinkMail]:
    works = Q(link__used_at=None, link__expires_at__gt=timezone.now())
    return LinkMail.objects.filter(Q(state=State.WAITING) | (Q(state__in=[State.SENDING, State.SENT]) & works))


def mail_links(people: QuerySet[Person], *, about: str, by: Person) -> LinkMailing:
    """Have a link sent to everybody of ``people`` who has an address; who has none is noted.

    Pressed twice, the second finds nobody left.

    Args:
        people: without a password, as :func:`.handing.without_password` finds them. about: whose links these are.

    Raises:
        Refused: no mail goes out, or there is nobody to send to.
    """
    require(is_admin, by)
    _refuse_without_mail()
    with transaction.atomic():
        mailing = LinkMailing.objects.create(about=about[:200], by=by)
        wanted = set(mailable(people).values_list("pk", flat=True))
        without = set(people.filter(Q(email=None) | Q(email="")).values_list("pk", flat=True))
        if not wanted:
            raise Refused(_("No one left to email: everyone with an email address already got a link."))
        states = {pk: State.WAITING if pk in wanted else State.NO_ADDRESS for pk in sorted(wanted | without)}
        rows = (LinkMail(mailing=mailing, person_id=pk, state=state) for pk, state in states.items())
        LinkMail.objects.bulk_create(rows, batch_size=500)
        _announce(mailing, len(wanted), by)
    return mailing


def mail_again(mailing: LinkMailing, *, by: Person) -> int:
    """Try those again who were not reached: failed, unclear, waiting, and who got an address meanwhile.

    Returns:
        How many.
    """
    require(is_admin, by)
    _refuse_without_mail()
    with transaction.atomic():
        again = unreached(mailing).exclude(Q(person__email=None) | Q(person__email=""))
        # Own columns only: PostgreSQL does not look into a subquery again after it has waited.
        keys = list(again.values_list("pk", flat=True))
        mailing.rows.filter(pk__in=keys).exclude(state=State.SENT).update(state=State.WAITING, tries=0, said="")
        waiting: int = mailing.rows.filter(state=State.WAITING).count()
        if waiting:
            _announce(mailing, waiting, by)
    return waiting


def _refuse_without_mail() -> None:
    if obstacle := why_no_mail():
        raise Refused(obstacle)


def _announce(mailing: LinkMailing, count: int, by: Person) -> None:
    fact = LoginLinksMailed(mailing_id=mailing.pk, by_id=by.pk)
    announce(fact, change=Change(mailing.about, after={"links": count}))


def unreached(mailing: LinkMailing) -> QuerySet[LinkMail]:
    """Rows an administrator should look at; those being sent for too long are unclear."""
    unclear = Q(state=State.SENDING, at__lt=timezone.now() - SETTLED)
    return mailing.rows.filter(unclear | Q(state__in=[State.FAILED, State.NO_ADDRESS]))


def people_unreached(mailing: LinkMailing) -> QuerySet[Person]:
    """Those among them who still have no password."""
    return without_password().filter(pk__in=unreached(mailing).values("person"))


def take_up(mailing_id: int, *, before: dt.datetime) -> LinkMail | None:
    """The next person whose mail waits, with a fresh link; noted before anything goes out.

    Args:
        before: whoever was taken up since is left for the next round.

    Returns:
        None when nobody is left.
    """
    waiting = LinkMail.objects.filter(mailing=mailing_id, state=State.WAITING)
    waiting = waiting.filter(Q(at=None) | Q(at__lt=before)).order_by("tries", "pk")
    while (key := waiting.values_list("pk", "person_id").first()) is not None:
        if (mail := _claim(*key)) is not None:
            return mail
    return None


def _claim(pk: int, person_id: int) -> LinkMail | None:
    """Take a row up; None when somebody else did, or nothing is to be sent."""
    now = timezone.now()
    with transaction.atomic():
        # The person's row settles two mailings that reach the same person at once.
        person = Person.objects.select_for_update().get(pk=person_id)
        row = LinkMail.objects.filter(pk=pk, state=State.WAITING).select_related("mailing__by").first()
        if row is None:
            return None
        if (state := _why_not(person, row)) is not None:
            LinkMail.objects.filter(pk=pk, state=State.WAITING).update(state=state, at=now)
            return None
        row.link, row.person, row.tries = (
            make_login_link(person, Purpose.HANDED, by=row.mailing.by),
            person,
            row.tries + 1,
        )
        row.state, row.at = State.SENDING, now
        row.save(update_fields=["link", "tries", "state", "at"])
    return row


def _why_not(person: Person, row: LinkMail) -> State | None:
    """What has come between: no address any more, a password, another link by mail, or who sends may no longer."""
    if row.mailing.by is None or not is_admin(row.mailing.by):
        return State.FAILED
    if not person.email:
        return State.NO_ADDRESS
    sent = _on_their_way().filter(person=person).exclude(state=State.WAITING)
    needed = without_password().filter(pk=person.pk).exists() and not sent.exists()
    return None if needed else State.NOT_NEEDED


def note_sent(mail: LinkMail) -> None:
    """The mail server has taken it."""
    LinkMail.objects.filter(pk=mail.pk).update(state=State.SENT, said="")


def note_refused(mail: LinkMail, said: str, *, for_good: bool) -> None:
    """The mail server said no, for now or for good; the link that did not go out ends."""
    ends = for_good or mail.tries >= TRIES
    with transaction.atomic():
        state = State.FAILED if ends else State.WAITING
        LinkMail.objects.filter(pk=mail.pk, state=State.SENDING).update(state=state, said=said[:200])
        if mail.link_id is not None:
            LoginLink.objects.filter(pk=mail.link_id, used_at=None).update(used_at=timezone.now())


def mailing_counts(mailings: Iterable[LinkMailing]) -> dict[int, dict[str, int]]:
    """How many rows there are of each state, by mailing."""
    found: dict[int, dict[str, int]] = {mailing.pk: dict.fromkeys(State.values, 0) for mailing in mailings}
    rows = LinkMail.objects.filter(mailing__in=list(found)).order_by()
    for key, state, count in rows.values_list("mailing", "state").annotate(n=Count("pk")):
        found[key][state] = count
    return found
