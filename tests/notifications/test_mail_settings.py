"""The server mail goes out by: set on a page, tried, and honest about what did not go out."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP as SMTPServer
from aiosmtpd.smtp import AuthResult
from django.core.mail import EmailMessage
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from zhiliu.audit.models import Entry
from zhiliu.communities.models import Community
from zhiliu.console.doctor import examine
from zhiliu.directory.login_links import hand_link
from zhiliu.directory.mailing import mail_links
from zhiliu.directory.models import Department, LinkMail, LoginLink, Organisation, Person
from zhiliu.kit.contracts.mail import why_no_mail
from zhiliu.kit.errors import Refused
from zhiliu.kit.system.encryption import decrypt, encrypt
from zhiliu.notifications.mail_server import BACKEND, Server, change_server, current_server
from zhiliu.notifications.models import Delivery, MailServer, UndeliveredMail
from zhiliu.thanks.thanking import thank

pytestmark = pytest.mark.django_db
PAGE = "/administration/mail/"


class Box:
    """A mail server: what it got, and what it answers to an address."""

    def __init__(self) -> None:
        self.got: list[Any] = []
        self.answers: dict[str, str] = {}

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        """Take or refuse a recipient."""
        if address in self.answers:
            return self.answers[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTPServer, session: Any, envelope: Any) -> str:
        """Keep a mail."""
        self.got.append(envelope)
        return "250 OK"


@pytest.fixture
def box() -> Iterator[Any]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    handler = Box()

    def check(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        fits = (data.login, data.password) == (b"zhiliu", b"geheim")
        return AuthResult(success=fits, handled=False)

    server = Controller(
        handler, hostname="127.0.0.1", port=port, authenticator=check, auth_require_tls=False, auth_required=False
    )
    server.start()
    yield handler, port
    server.stop()


@pytest.fixture
def real_mail(settings: Any) -> None:
    """Mail goes the product's own way."""
    settings.EMAIL_BACKEND = BACKEND


@pytest.fixture
def address(db: None) -> None:
    """People reach the installation somewhere."""
    Organisation(name="岭东冷链", address="http://testserver").save()


def form(port: int, **fields: Any) -> dict[str, Any]:
    told = {"version": 0, "host": "127.0.0.1", "port": port, "security": "none", "user": "zhiliu", "password": "geheim"}
    return {**told, "sender": "知流 <zhiliu@kb.example.com>", **fields}


def test_a_server_is_set_tried_and_used(
    real_mail: None,
    address: None,
    box: Any,
    admin: Person,
    lin: Person,
    wang: Person,
    browse: Any,
    catch_up: Any,
    run_jobs: Any,
) -> None:
    kept, port = box
    client: Client = browse(admin)
    assert why_no_mail() != ""
    assert client.post(PAGE, form(port)).status_code == 302
    assert why_no_mail() == ""
    row = MailServer.objects.get()
    assert "geheim" not in row.secret and decrypt(row.secret) == "geheim"
    entry = Entry.objects.get(verb="notifications.mail_server_changed")
    assert "secret" not in entry.after and entry.after["host"] == "127.0.0.1"
    assert "geheim" not in client.get(PAGE).content.decode()
    client.post(f"{PAGE}test/", {"to": "it@example.com"})
    assert kept.got[0].rcpt_tos == ["it@example.com"] and b"zhiliu@kb.example.com" in kept.got[0].content
    thank(wang, reason="那张对比表我第二天就用上了", by=lin)
    catch_up()
    run_jobs()
    assert kept.got[1].rcpt_tos == ["wang@example.com"] and b"http://testserver/" in kept.got[1].content


def server(port: int = 2525) -> Server:
    return Server("127.0.0.1", port, "zhiliu", "geheim", "none", "知流 <zhiliu@kb.example.com>")


def test_mail_comes_from_the_address_of_the_server_unless_it_names_its_own(
    real_mail: None, address: None, box: Any, admin: Person, settings: Any
) -> None:
    kept, port = box
    change_server(server(port), version=0, by=admin)
    for sender in (None, "人事 <hr@kb.example.com>"):
        EmailMessage(subject="你好", body="……", from_email=sender, to=["it@example.com"]).send()
    assert [envelope.mail_from for envelope in kept.got] == ["zhiliu@kb.example.com", "hr@kb.example.com"]


def test_the_sample_company_writes_its_mail_to_files_until_it_has_a_server(
    real_mail: None, address: None, box: Any, admin: Person, settings: Any, tmp_path: Path
) -> None:
    settings.DEMO, settings.DATA_DIR = True, tmp_path
    kept, port = box
    assert why_no_mail() == ""
    EmailMessage(subject="First", body="……", to=["it@example.com"]).send()
    (file,) = (tmp_path / "mail").iterdir()
    assert "Subject: First" in file.read_text() and kept.got == []
    change_server(server(port), version=0, by=admin)
    EmailMessage(subject="Second", body="……", to=["it@example.com"]).send()
    assert len(list((tmp_path / "mail").iterdir())) == 1
    assert [b"Subject: Second" in envelope.content for envelope in kept.got] == [True]


def test_a_server_declared_for_the_installation_is_not_changed_on_the_page(
    real_mail: None, address: None, admin: Person, settings: Any
) -> None:
    settings.DECLARED = settings.DECLARED.model_copy(update={"smtp_host": "mail.example.com"})
    with pytest.raises(Refused, match="ZHILIU_SMTP_HOST"):
        change_server(server(), version=0, by=admin)
    assert not MailServer.objects.exists()
    declared = current_server()
    assert declared is not None and (declared.host, declared.is_declared) == ("mail.example.com", True)


def test_an_empty_password_keeps_the_one_that_is_set_and_stale_forms_are_refused(
    real_mail: None, address: None, admin: Person, browse: Any
) -> None:
    client: Client = browse(admin)
    client.post(PAGE, form(2525))
    assert client.post(PAGE, form(2526, version=1, password="")).status_code == 302
    assert client.post(PAGE, form(2527, version=1)).status_code == 200
    row = MailServer.objects.get()
    assert (row.port, decrypt(row.secret), row.version) == (2526, "geheim", 2)


def test_the_page_says_in_the_servers_words_what_went_wrong(
    real_mail: None, address: None, box: Any, admin: Person, browse: Any
) -> None:
    kept, port = box
    client: Client = browse(admin)
    client.post(PAGE, form(port, password="falsch"))
    assert "535" in client.post(f"{PAGE}test/", {"to": "it@example.com"}, follow=True).content.decode()
    client.post(PAGE, form(port, version=1))
    kept.answers["nobody@example.com"] = "550 No such user here"
    said = client.post(f"{PAGE}test/", {"to": "nobody@example.com"}, follow=True).content.decode()
    assert "550 No such user here" in said and not kept.got
    client.post(PAGE, form(1, version=2))
    assert (
        "ConnectionRefusedError" in client.post(f"{PAGE}test/", {"to": "it@example.com"}, follow=True).content.decode()
    )


def test_without_a_server_nothing_is_called_sent_and_links_made_before_work(
    real_mail: None, address: None, admin: Person, lin: Person, wang: Person, browse: Any, catch_up: Any, run_jobs: Any
) -> None:
    Person.objects.filter(pk=wang.pk).update(password="!")
    before = hand_link(wang, by=admin)
    with pytest.raises(Refused, match=str(why_no_mail())):
        mail_links(Person.objects.filter(pk=wang.pk), about="制造", by=admin)
    assert not LinkMail.objects.exists() and LoginLink.objects.get(pk=before.pk).used_at is None
    thank(wang, reason="谢谢", by=lin)
    catch_up()
    run_jobs()
    delivery = Delivery.objects.get()
    assert (delivery.sent_at, delivery.dropped) == (None, "no mail server")


def test_where_no_mail_goes_out_no_page_offers_it(
    real_mail: None, admin: Person, wang: Person, browse: Any, client: Client
) -> None:
    part = Department.objects.create(name="制造")
    Person.objects.filter(pk=wang.pk).update(password="!", department=part)
    assert 'name="username"' not in client.get("/password/forgotten/").content.decode()
    page = browse(admin).get(f"/administration/departments/{part.pk}/").content.decode()
    assert "links.csv" in page and "/mailing/" not in page and PAGE in page
    answer = browse(admin).post(f"/administration/departments/{part.pk}/mailing/", follow=True)
    assert str(why_no_mail()) in answer.content.decode() and not LinkMail.objects.exists()


def test_a_guest_gets_a_link_to_pass_on_where_no_mail_goes_out(
    real_mail: None, community: Community, lin: Person, browse: Any, client: Client
) -> None:
    sent = {"how": "now", "guest_name": "客人", "guest_email": "guest@partner.example"}
    page = browse(lin).post(f"/communities/{community.slug}/members/new/", sent).content.decode()
    path = page.split("http://testserver", 1)[1].split("<", 1)[0].split('"', 1)[0]
    assert path.startswith("/invitations/")
    assert client.get(path).status_code == 200


def test_mail_that_did_not_go_out_is_listed_until_it_does(
    real_mail: None,
    address: None,
    box: Any,
    admin: Person,
    lin: Person,
    wang: Person,
    browse: Any,
    catch_up: Any,
    run_jobs: Any,
) -> None:
    kept, port = box
    client: Client = browse(admin)
    client.post(PAGE, form(port))
    kept.answers["wang@example.com"] = "452 Mailbox full"
    thank(wang, reason="谢谢", by=lin)
    catch_up()
    run_jobs()
    row = UndeliveredMail.objects.get()
    assert (row.to, row.said, row.tries) == ("wang@example.com", "452 Mailbox full", 1)
    assert "452 Mailbox full" in client.get(PAGE).content.decode()
    kept.answers.clear()
    DBTaskResult.objects.update(run_after=timezone.now())
    run_jobs()
    assert not UndeliveredMail.objects.exists() and kept.got[-1].rcpt_tos == ["wang@example.com"]


def test_only_administrators_see_set_and_try_the_server(wang: Person, browse: Any) -> None:
    assert browse(wang).get(PAGE).status_code == 403
    assert browse(wang).post(PAGE, form(25)).status_code == 403
    assert browse(wang).post(f"{PAGE}test/", {"to": "x@example.com"}).status_code == 403
    assert not MailServer.objects.exists()


def test_the_doctor_tells_the_truth_about_address_and_mail(
    real_mail: None, box: Any, admin: Person, capsys: Any
) -> None:
    def lines() -> dict[str, str]:
        examine()
        said = [line for line in capsys.readouterr().out.splitlines() if len(line) > 5]
        return {line[5:].partition(":")[0]: line[:4] + line[5:].partition(":")[2] for line in said}

    _kept, port = box
    assert lines()["mail server"].startswith("note") and lines()["address"].startswith("FAIL")
    Organisation(name="岭东", address="http://localhost:8000").save()
    assert lines()["address"].startswith("FAIL")
    Organisation(name="岭东", address="http://127.0.0.1:1").save()
    told = {"host": "127.0.0.1", "port": port, "security": "none", "sender": "a@b.cn", "user": "zhiliu"}
    MailServer.objects.create(pk=1, secret=encrypt("falsch"), **told)
    assert lines()["mail server"].startswith("FAIL") and "535" in lines()["mail server"]
    MailServer.objects.update(secret=encrypt("geheim"))
    assert lines()["mail server"] == "ok  "
    UndeliveredMail.objects.create(message_id="<1@x>", to="a@b.cn", subject="x", said="550 no")
    assert lines()["mail"].startswith("FAIL")
