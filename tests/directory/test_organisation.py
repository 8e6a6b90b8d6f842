"""The page of the organisation: what counts for everybody."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from zhiliu.activity.models import Activity
from zhiliu.audit.models import Entry
from zhiliu.directory.defaults import language_of, zone_of
from zhiliu.directory.managing.organisation import change_organisation, set_logo, vouch_for_address
from zhiliu.directory.models import Organisation, Person
from zhiliu.directory.reaching import (
    address_fault,
    address_is_doubtful,
    known_address_fault,
    mark_address,
    note_address,
)
from zhiliu.directory.tasks import check_address
from zhiliu.kit.errors import Forbidden, Refused

pytestmark = pytest.mark.django_db
PAGE = "/administration/organisation/"
VOUCH = "/administration/organisation/address/vouch/"


@pytest.fixture
def organisation() -> Organisation:
    row = Organisation(name="岭东冷链")
    row.save()
    return row


@pytest.fixture
def answering() -> Iterator[Any]:
    """answering(text) gives the address of a server that answers with it."""
    servers: list[HTTPServer] = []

    def serve(text: str) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, *args: Any) -> None:
                pass

        server = HTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_address[1]}"

    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()


def sent(row: Organisation, **fields: Any) -> dict[str, Any]:
    return {"version": row.version, "name": row.name, "photos": row.photos, "language": "", "time_zone": "", **fields}


def test_an_address_is_checked_by_opening_it(answering: Any) -> None:
    assert address_fault(answering(mark_address())) == ""
    assert "打开的是别的系统" in address_fault(answering("Apache"))
    assert "打不开" in address_fault("http://127.0.0.1:1")


def test_an_address_that_does_not_lead_here_is_kept_only_by_whoever_opened_it(
    organisation: Organisation, admin: Person, browse: Any, answering: Any
) -> None:
    client: Client = browse(admin)
    wrong = answering("Apache")
    page = client.post(PAGE, sent(organisation, address=wrong)).content.decode()
    assert "打开的是别的系统" in page and 'name="sure"' in page
    organisation.refresh_from_db()
    assert (organisation.address, organisation.version) == ("", 1)
    assert client.post(PAGE, sent(organisation, address=wrong, sure="on")).status_code == 302
    organisation.refresh_from_db()
    assert (organisation.address, organisation.version) == (wrong, 2)
    assert Entry.objects.get(verb="directory.organisation_changed").after["address"] == wrong


def test_a_right_address_is_saved_at_once_and_links_begin_with_it(
    organisation: Organisation, admin: Person, wang: Person, browse: Any, answering: Any
) -> None:
    client: Client = browse(admin)
    assert client.post(PAGE, sent(organisation, address=answering(mark_address()) + "/")).status_code == 302
    organisation.refresh_from_db()
    organisation.address = "https://kb.example.com"
    organisation.save()
    client.cookies["__Host-sessionid"] = client.cookies["sessionid"].value
    client.defaults["HTTP_HOST"] = "127.0.0.1:8000"
    page = client.post(f"/administration/people/{wang.handle}/link/").content.decode()
    assert "https://kb.example.com/password/links/" in page and "each reader’s own computer" not in page


def test_a_link_that_would_lead_nowhere_says_so(
    organisation: Organisation, admin: Person, wang: Person, browse: Any
) -> None:
    client = Client(headers={"host": "127.0.0.1:8000"})
    client.force_login(admin, backend="zhiliu.directory.signin.backends.PasswordBackend")
    Person.objects.update(language="en")
    page = client.post(f"/administration/people/{wang.handle}/link/").content.decode()
    assert "points to each reader’s own computer" in page and PAGE in page
    reached = browse(admin).post(f"/administration/people/{wang.handle}/link/").content.decode()
    assert "http://testserver/password/links/" in reached and "each reader’s own computer" not in reached


def link_page(browse: Any, admin: Person, person: Person) -> str:
    client = browse(admin)
    client.cookies["__Host-sessionid"] = client.cookies["sessionid"].value
    answer = client.post(f"/administration/people/{person.handle}/link/", headers={"host": "127.0.0.1:8000"})
    return str(answer.content.decode())


def test_an_address_that_stopped_leading_here_is_said_above_links(
    organisation: Organisation, admin: Person, wang: Person, browse: Any, answering: Any, settings: Any
) -> None:
    Organisation.objects.update(address="http://kb.invalid")
    Organisation.forget()
    assert "没有打开知流" not in link_page(browse, admin, wang)
    check_address.func()
    assert "没有打开知流" in link_page(browse, admin, wang)
    # A right one is found right again without anybody's doing.
    settings.BASE_URL, settings.ADDRESS_IS_DECLARED = answering(mark_address()), True
    check_address.func()
    assert Organisation.current().address_answers


def test_who_opened_the_address_in_a_browser_is_believed_until_it_changes(
    organisation: Organisation, admin: Person, wang: Person, browse: Any
) -> None:
    Organisation.objects.update(address="http://kb.invalid", address_answers=False)
    Organisation.forget()
    client: Client = browse(admin)
    client.defaults["HTTP_HOST"] = "127.0.0.1:8000"
    client.cookies["__Host-sessionid"] = client.cookies["sessionid"].value
    assert VOUCH in client.get(PAGE).content.decode()
    assert client.post(VOUCH).status_code == 302
    check_address.func()
    assert "没有打开知流" not in link_page(browse, admin, wang)
    assert VOUCH not in client.get(PAGE).content.decode()
    organisation.refresh_from_db()
    change_organisation(version=organisation.version, by=admin, address="http://other.invalid")
    check_address.func()
    assert "没有打开知流" in link_page(browse, admin, wang)


def test_language_and_time_zone_of_the_organisation_count_for_who_has_not_chosen(
    organisation: Organisation, wang: Person, admin: Person, browse: Any, client: Client
) -> None:
    assert (language_of(wang), str(zone_of(wang))) == ("zh-hans", "Asia/Shanghai")
    page = browse(admin).post(PAGE, sent(organisation, language="en", time_zone="Europe/Berlin"))
    assert page.status_code == 302
    assert (language_of(wang), str(zone_of(wang))) == ("en", "Europe/Berlin")
    assert b"Sign in" in client.get("/signin/").content
    wang.language, wang.time_zone = "zh-hans", "Asia/Tokyo"
    assert (language_of(wang), str(zone_of(wang))) == ("zh-hans", "Asia/Tokyo")


def test_everybody_sets_their_own_time_zone(wang: Person, browse: Any) -> None:
    client: Client = browse(wang)
    path = f"/people/{wang.handle}/profile/"
    assert "Asia/Tokyo" in client.get(path).content.decode()
    told = {"tagline": "", "skills": "", "experience": "", "pinyin": ""}
    assert client.post(path, {**told, "time_zone": "Asia/Tokyo"}).status_code == 302
    wang.refresh_from_db()
    assert wang.time_zone == "Asia/Tokyo"
    assert client.post(path, {**told, "time_zone": "Mars/Olympus"}).status_code == 200
    wang.refresh_from_db()
    assert wang.time_zone == "Asia/Tokyo"


def test_the_logo_is_drawn_anew_and_shown_to_strangers(
    organisation: Organisation, admin: Person, browse: Any, client: Client
) -> None:
    drawn = BytesIO()
    picture = Image.new("RGB", (900, 300), "navy")
    picture.info["comment"] = "secret place"
    picture.save(drawn, "PNG")
    posted = browse(admin).post(PAGE, sent(organisation, logo=SimpleUploadedFile("logo.png", drawn.getvalue())))
    assert posted.status_code == 302
    organisation.refresh_from_db()
    answer = client.get(f"/organisation/logo/{organisation.logo_digest}.png")
    assert Image.open(BytesIO(answer.content)).size == (512, 171)
    assert "immutable" in answer.headers["Cache-Control"]
    assert f"/organisation/logo/{organisation.logo_digest}.png" in client.get("/signin/").content.decode()
    assert client.get("/organisation/logo/0123456789abcdef.png").status_code == 404
    browse(admin).post("/administration/organisation/logo/removal/")
    assert client.get(f"/organisation/logo/{organisation.logo_digest}.png").status_code == 404


def test_what_is_no_picture_is_no_logo(organisation: Organisation, admin: Person, browse: Any) -> None:
    for content in (b"<svg onload=alert(1)>", b"", b"GIF89a"):
        answer = browse(admin).post(PAGE, sent(organisation, logo=SimpleUploadedFile("logo.png", content)))
        assert answer.status_code == 200
    organisation.refresh_from_db()
    assert organisation.logo is None


def test_what_somebody_else_changed_meanwhile_is_not_written_over(
    organisation: Organisation, admin: Person, browse: Any
) -> None:
    client: Client = browse(admin)
    assert client.post(PAGE, sent(organisation, name="岭东")).status_code == 302
    assert client.post(PAGE, sent(organisation, name="别的")).status_code == 200
    organisation.refresh_from_db()
    assert (organisation.name, organisation.version) == ("岭东", 2)


def test_only_administrators_see_and_change_the_organisation(
    organisation: Organisation, wang: Person, browse: Any
) -> None:
    assert browse(wang).get(PAGE).status_code == 403
    assert browse(wang).post(PAGE, sent(organisation, name="我的")).status_code == 403
    assert browse(wang).post("/administration/organisation/logo/removal/").status_code == 403
    assert browse(wang).post(VOUCH).status_code == 403
    organisation.refresh_from_db()
    assert organisation.name == "岭东冷链"


def test_settings_are_saved_from_the_version_that_was_seen_and_told(
    organisation: Organisation, admin: Person, wang: Person, settings: Any
) -> None:
    with pytest.raises(Forbidden):
        change_organisation(version=1, by=wang, name="别的")
    with pytest.raises(Refused):
        change_organisation(version=2, by=admin, name="别的")
    change_organisation(version=1, by=admin, name="岭东", address="https://kb.example.com", is_vouched=True)
    organisation.refresh_from_db()
    assert (organisation.name, organisation.version, organisation.address_is_vouched) == ("岭东", 2, True)
    change_organisation(version=2, by=admin, name="岭东冷链", address="https://kb.example.com")
    organisation.refresh_from_db()
    assert (organisation.address_is_vouched, organisation.address) == (True, "https://kb.example.com")
    settings.ADDRESS_IS_DECLARED = True
    change_organisation(version=3, by=admin, address="https://other.example.com")
    organisation.refresh_from_db()
    assert (organisation.address, organisation.version) == ("https://kb.example.com", 4)
    assert Activity.objects.filter(verb="directory.organisation_changed").count() == 3


def test_vouching_and_the_logo_are_told_when_they_change_something(
    organisation: Organisation, admin: Person, wang: Person
) -> None:
    drawn = BytesIO()
    Image.new("RGB", (9, 3), "navy").save(drawn, "PNG")
    for act in (lambda: vouch_for_address(by=wang), lambda: set_logo(drawn.getvalue(), by=wang)):
        with pytest.raises(Forbidden):
            act()
    counts = []
    for _ in range(2):
        vouch_for_address(by=admin)
        set_logo(drawn.getvalue(), by=admin)
        counts.append(Activity.objects.filter(verb="directory.organisation_changed").count())
    assert counts == [2, 2]
    organisation.refresh_from_db()
    assert organisation.address_is_vouched and organisation.logo_digest
    for _ in range(2):
        set_logo(None, by=admin)
    organisation.refresh_from_db()
    assert (organisation.logo, organisation.logo_digest) == (None, "")
    assert Activity.objects.filter(verb="directory.organisation_changed").count() == 3


def test_a_logo_is_small_enough(organisation: Organisation, admin: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = BytesIO()
    Image.new("RGB", (9, 3), "navy").save(drawn, "PNG")
    content = drawn.getvalue()
    monkeypatch.setattr("zhiliu.directory.managing.organisation.LOGO_MAX_BYTES", len(content))
    set_logo(content, by=admin)
    with pytest.raises(Refused) as refused:
        set_logo(content + b"\0", by=admin)
    assert refused.value.field == "logo"
    organisation.refresh_from_db()
    assert organisation.logo_digest


def test_an_address_must_answer_well_and_with_our_mark(answering: Any) -> None:
    assert address_fault(answering(mark_address() + "x")) != ""
    assert address_fault(answering(f"  {mark_address()}\n")) == ""


@pytest.mark.parametrize(
    ("address", "demo", "answers"),
    [
        ("", False, True),
        ("http://127.0.0.1:1", False, True),
        ("http://kb.invalid", True, True),
        ("http://kb.invalid", False, False),
    ],
)
def test_an_address_is_doubted_where_others_would_use_it(
    organisation: Organisation, settings: Any, address: str, demo: bool, answers: bool
) -> None:
    settings.DEMO = demo
    Organisation.objects.update(address=address, address_answers=not answers)
    Organisation.forget()
    note_address()
    assert Organisation.objects.get().address_answers is answers
    Organisation.forget()
    assert address_is_doubtful() is not answers
    Organisation.objects.update(address_is_vouched=True)
    Organisation.forget()
    assert not address_is_doubtful()


@pytest.mark.parametrize(
    ("address", "vouched", "said"),
    [
        ("", False, "还没有设置"),
        ("http://127.0.0.1:1", True, "127.0.0.1"),
        ("http://kb.invalid", False, "打不开"),
        ("http://kb.invalid", True, ""),
    ],
)
def test_administrators_read_why_links_lead_nowhere(
    organisation: Organisation, address: str, vouched: bool, said: str
) -> None:
    Organisation.objects.update(address=address, address_is_vouched=vouched)
    Organisation.forget()
    fault = known_address_fault()
    assert said in fault and bool(fault) is bool(said)


@pytest.mark.parametrize(("cookie", "language"), [("en", "en"), ("fr", "zh-hans"), ("", "zh-hans")])
def test_strangers_read_in_the_language_they_chose_if_there_is_one(client: Client, cookie: str, language: str) -> None:
    client.cookies["django_language"] = cookie
    assert client.get("/signin/").headers["Content-Language"] == language
