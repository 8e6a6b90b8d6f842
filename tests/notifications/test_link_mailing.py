"""Links for a first sign-in by mail: to whom they go, what a mail server can do to them, and that nobody gets two."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.core import mail
from django.test import Client
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from zhiliu.activity.models import Activity
from zhiliu.audit.models import Entry
from zhiliu.directory.accounts import deactivate, new_person
from zhiliu.directory.link_handover import hand_links, without_password
from zhiliu.directory.login_links import hand_link
from zhiliu.directory.mailing import mail_again, mail_links, mailable, people_unreached, take_up, unreached
from zhiliu.directory.models import Department, LinkMail, LinkMailing, LoginLink, Person
from zhiliu.kit.errors import Forbidden, Refused
from zhiliu.notifications import link_mailing
from zhiliu.transfers.importing import advance, start

from ..transfers.conftest import bring, roster  # noqa: F401  # bring is a fixture
from .test_mail_server import free_port

pytestmark = pytest.mark.django_db
NEW = "tall trees by the river"


@pytest.fixture
def plant(admin: Person) -> Department:
    """Three with an address, one without, none with a password."""
    place = Department.objects.create(name="制造")
    for number in range(4):
        email = f"l{number}@x.cn" if number < 3 else None
        new_person(name=f"石长根{number}", employee_number=f"L{number}", email=email, department=place)
    return place


class Server:
    """A mail server that answers each address as told; keeps what it took."""

    def __init__(self) -> None:
        self.answers: dict[str, str] = {}
        self.got: list[str] = []

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        """Take the address, or say what was told."""
        if answer := self.answers.get(address):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Keep it."""
        self.got += envelope.rcpt_tos
        return "250 OK"


@pytest.fixture
def server(settings: Any) -> Any:
    """A running mail server."""
    keeper = Server()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", free_port(), 5
    running = Controller(keeper, hostname="127.0.0.1", port=settings.EMAIL_PORT)
    running.start()
    yield keeper
    running.stop()


def everybody() -> Any:
    return without_password().filter(employee_number__startswith="L")


def states(mailing: LinkMailing) -> dict[str, str]:
    return dict(mailing.rows.order_by("pk").values_list("person__employee_number", "state"))


def test_each_gets_one_link_by_mail_that_lets_in(
    plant: Department, admin: Person, browse: Any, catch_up: Any, run_jobs: Any
) -> None:
    client, page = browse(admin), f"/administration/departments/{plant.pk}/"
    assert "用邮件发给 3 人" in client.get(page).content.decode()
    answer = client.post(f"{page}mailing/")
    mailing = LinkMailing.objects.get()
    assert answer.headers["Location"] == mailing.get_absolute_url()
    assert mail.outbox == [] and not LoginLink.objects.exists()
    catch_up()
    run_jobs()
    assert [item.to for item in mail.outbox] == [["l0@x.cn"], ["l1@x.cn"], ["l2@x.cn"]]
    assert states(mailing) == {"L0": "sent", "L1": "sent", "L2": "sent", "L3": "no_address"}
    said = str(mail.outbox[0].body)
    assert "石长根0" in said and "周航" in said and NEW not in said
    found = re.search(r"/password/links/\S+", said)
    assert found is not None
    worker = Client()
    assert worker.post(found[0], {"password": NEW}).status_code == 302
    assert worker.get("/people/").status_code == 200
    text = client.get(mailing.get_absolute_url()).content.decode()
    assert "石长根3" in text and "没有邮箱" in text and "石长根0" not in text
    entry = Entry.objects.get(verb="directory.login_links_mailed")
    assert (entry.subject, entry.after) == ("制造", {"links": 3})
    assert Activity.objects.filter(verb="directory.login_links_mailed").values_list("data", flat=True)[0] == {
        "mailing_id": mailing.pk
    }


def test_pressed_twice_nobody_gets_two(plant: Department, admin: Person, catch_up: Any, run_jobs: Any) -> None:
    mail_links(everybody(), about="制造", by=admin)
    with pytest.raises(Refused):
        mail_links(everybody(), about="制造", by=admin)
    catch_up()
    run_jobs()
    with pytest.raises(Refused):
        mail_links(everybody(), about="制造", by=admin)
    assert len(mail.outbox) == 3 and LinkMailing.objects.count() == 1


def test_two_mailings_that_were_begun_at_once_reach_each_person_once(
    plant: Department, admin: Person, catch_up: Any, run_jobs: Any
) -> None:
    first = mail_links(everybody(), about="制造", by=admin)
    second = LinkMailing.objects.create(about="导入", by=admin)
    LinkMail.objects.bulk_create(
        LinkMail(mailing=second, person=person, state="waiting") for person in everybody().exclude(email=None)
    )
    catch_up()
    link_mailing.send_mailing.func(second.pk)
    run_jobs()
    assert Counter(str(item.to) for item in mail.outbox) == {f"['l{n}@x.cn']": 1 for n in range(3)}
    assert set(states(second).values()) == {"sent"}
    assert states(first) == {"L0": "not_needed", "L1": "not_needed", "L2": "not_needed", "L3": "no_address"}


def test_who_came_in_or_left_meanwhile_gets_none(
    plant: Department, admin: Person, catch_up: Any, run_jobs: Any
) -> None:
    mailing = mail_links(everybody(), about="制造", by=admin)
    first, second, third, _last = Person.objects.filter(employee_number__startswith="L").order_by("employee_number")
    first.set_password(NEW)
    first.save()
    deactivate(second, by=admin)
    Person.objects.filter(pk=third.pk).update(email=None)
    catch_up()
    run_jobs()
    assert mail.outbox == []
    assert states(mailing) == {"L0": "not_needed", "L1": "not_needed", "L2": "no_address", "L3": "no_address"}


def test_links_made_before_keep_working_and_links_made_after_allow_another_mail(
    plant: Department, admin: Person, catch_up: Any, run_jobs: Any
) -> None:
    person = Person.objects.get(employee_number="L0")
    before = hand_link(person, by=admin)
    mail_links(everybody(), about="制造", by=admin)
    catch_up()
    run_jobs()
    before.refresh_from_db()
    assert before.used_at is None and not mailable(everybody()).exists()
    hand_links([person.pk], by=admin)
    assert list(mailable(everybody())) == [person]


def test_what_the_server_refuses_for_good_is_told_and_for_now_is_tried_again(
    plant: Department, admin: Person, server: Server, catch_up: Any, run_jobs: Any, browse: Any
) -> None:
    server.answers = {"l0@x.cn": "550 No such user", "l1@x.cn": "451 Come back later"}
    mailing = mail_links(everybody(), about="制造", by=admin)
    catch_up()
    run_jobs()
    assert server.got == ["l2@x.cn"]
    assert states(mailing) == {"L0": "failed", "L1": "waiting", "L2": "sent", "L3": "no_address"}
    assert "550 No such user" in browse(admin).get(mailing.get_absolute_url()).content.decode()
    job = DBTaskResult.objects.get(task_path__endswith="send_mailing")
    assert job.status == TaskResultStatus.READY and job.run_after > timezone.now()
    server.answers.clear()
    DBTaskResult.objects.update(run_after=timezone.now())
    run_jobs()
    assert server.got == ["l2@x.cn", "l1@x.cn"]
    assert mail_again(mailing, by=admin) == 1
    catch_up()
    run_jobs()
    assert server.got == ["l2@x.cn", "l1@x.cn", "l0@x.cn"] and not mail_again(mailing, by=admin)


def test_who_is_refused_for_now_too_often_is_told(plant: Department, admin: Person, server: Server) -> None:
    server.answers = {"l0@x.cn": "451 Come back later"}
    mailing = mail_links(everybody().filter(employee_number="L0"), about="制造", by=admin)
    for _round in range(5):
        with pytest.raises(link_mailing.NotTakenYet):
            link_mailing.send_mailing.func(mailing.pk)
        assert LinkMail.objects.get().link.used_at is not None  # type: ignore[union-attr]
        LinkMail.objects.update(at=timezone.now() - dt.timedelta(minutes=1))
    assert states(mailing) == {"L0": "failed"} and server.got == []


def test_a_server_that_is_not_there_makes_nothing_unclear(plant: Department, admin: Person, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", free_port(), 5
    mailing = mail_links(everybody(), about="制造", by=admin)
    with pytest.raises(OSError):
        link_mailing.send_mailing.func(mailing.pk)
    assert set(states(mailing).values()) == {"waiting", "no_address"} and not LoginLink.objects.exists()


def test_a_job_that_is_cut_off_sends_nobody_two_and_shows_who_is_unclear(
    plant: Department, admin: Person, server: Server, monkeypatch: pytest.MonkeyPatch, browse: Any
) -> None:
    real: Callable[[LinkMail], None] = link_mailing.note_sent
    noted: list[int] = []

    def cut(row: LinkMail) -> None:
        noted.append(row.pk)
        if len(noted) == 2:
            raise KeyboardInterrupt
        real(row)

    monkeypatch.setattr(link_mailing, "note_sent", cut)
    mailing = mail_links(everybody(), about="制造", by=admin)
    with pytest.raises(KeyboardInterrupt):
        link_mailing.send_mailing.func(mailing.pk)
    assert server.got == ["l0@x.cn", "l1@x.cn"]
    link_mailing.send_mailing.func(mailing.pk)
    link_mailing.send_mailing.func(mailing.pk)
    assert server.got == ["l0@x.cn", "l1@x.cn", "l2@x.cn"]
    assert states(mailing)["L1"] == "sending"
    assert [row.person.employee_number for row in unreached(mailing)] == ["L3"]
    LinkMail.objects.filter(state="sending").update(at=timezone.now() - dt.timedelta(minutes=5))
    assert set(people_unreached(mailing).values_list("employee_number", flat=True)) == {"L1", "L3"}
    text = browse(admin).get(mailing.get_absolute_url()).content.decode()
    assert "石长根1" in text and "不确定" in text
    with pytest.raises(Refused):
        mail_links(everybody(), about="制造", by=admin)
    assert mail_again(mailing, by=admin) == 1
    link_mailing.send_mailing.func(mailing.pk)
    assert server.got.count("l1@x.cn") == 2 and server.got.count("l0@x.cn") == 1


def test_a_long_mailing_is_several_jobs(
    plant: Department, admin: Person, monkeypatch: pytest.MonkeyPatch, catch_up: Any, run_jobs: Any
) -> None:
    monkeypatch.setattr(link_mailing, "AT_ONCE", 2)
    mail_links(everybody(), about="制造", by=admin)
    catch_up()
    run_jobs()
    assert len(mail.outbox) == 2
    run_jobs()
    assert len(mail.outbox) == 3


def test_two_workers_take_up_different_people(plant: Department, admin: Person) -> None:
    mailing = mail_links(everybody(), about="制造", by=admin)
    now = timezone.now()
    taken = [take_up(mailing.pk, before=now) for _n in range(4)]
    assert [row.person.employee_number for row in taken if row is not None] == ["L0", "L1", "L2"] and taken[3] is None


def test_only_administrators_send_and_see_it(plant: Department, admin: Person, lin: Person, browse: Any) -> None:
    with pytest.raises(Forbidden):
        mail_links(everybody(), about="制造", by=lin)
    mailing = mail_links(everybody(), about="制造", by=admin)
    with pytest.raises(Forbidden):
        mail_again(mailing, by=lin)
    client, page = browse(lin), mailing.get_absolute_url()
    assert [client.get(url).status_code for url in ("/administration/mailings/", page, f"{page}progress/")] == [403] * 3
    assert client.post(f"{page}again/").status_code == client.post(f"{page}links.csv").status_code == 403
    assert client.post(f"/administration/departments/{plant.pk}/mailing/").status_code == 403
    assert not LoginLink.objects.exists()


def test_whoever_sent_and_is_no_administrator_any_more_sends_nothing(plant: Department, admin: Person) -> None:
    mailing = mail_links(everybody(), about="制造", by=admin)
    Person.objects.filter(pk=admin.pk).update(is_admin=False)
    link_mailing.send_mailing.func(mailing.pk)
    assert mail.outbox == [] and states(mailing)["L0"] == "failed"


def test_who_was_not_reached_gets_a_file_instead(
    plant: Department, admin: Person, browse: Any, catch_up: Any, run_jobs: Any
) -> None:
    mailing = mail_links(everybody(), about="制造", by=admin)
    client, page = browse(admin), mailing.get_absolute_url()
    assert "正在发送" in client.get(f"{page}progress/").content.decode()
    catch_up()
    run_jobs()
    assert client.get(f"{page}progress/").headers["HX-Refresh"] == "true"
    lines = b"".join(client.post(f"{page}links.csv").streaming_content).decode("utf-8-sig").splitlines()
    assert [line.split(",")[1] for line in lines] == ["工号", "L3"]


def test_after_an_import_newcomers_with_an_address_get_theirs(
    bring: Any,  # noqa: F811
    admin: Person,
    browse: Any,
    catch_up: Any,
    run_jobs: Any,
) -> None:
    run = bring(roster("E1,甲,,,,,a@x.cn", "E2,乙,,,,,"))
    start(run, by=admin)
    run.refresh_from_db()
    advance(run)
    client, page = browse(admin), run.get_absolute_url()
    assert "用邮件发给 1 人" in client.get(page).content.decode()
    assert client.post(f"{page}mailing/").status_code == 302
    catch_up()
    run_jobs()
    assert [item.to for item in mail.outbox] == [["a@x.cn"]] and LinkMailing.objects.get().about == "people.csv"
    assert "用邮件发给" not in client.get(page).content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_both_lists_take_the_same_questions_for_one_and_three(
    count: int, admin: Person, browse: Any, django_assert_max_num_queries: Any
) -> None:
    for number in range(count):
        mailing = LinkMailing.objects.create(about="制造", by=admin)
        person = new_person(name=f"石长根{number}", employee_number=f"L{number}", department=None)
        for stored in LinkMailing.objects.all():
            LinkMail.objects.create(mailing=stored, person=person, state="no_address")
    client = browse(admin)
    client.get("/administration/mailings/")
    with django_assert_max_num_queries(14):
        client.get("/administration/mailings/")
    with django_assert_max_num_queries(16):
        client.get(mailing.get_absolute_url())
