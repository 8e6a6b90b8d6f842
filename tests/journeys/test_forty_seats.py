"""From fixing the time of a session to forty seats, with answers from the page and from mail programs.

The mail goes through a real mail server, and answers come in by LMTP as a mail server hands them over.
"""

from __future__ import annotations

import csv
import datetime as dt
import shutil
import signal
import smtplib
import time
from collections import Counter
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from icalendar import Calendar
from playwright.sync_api import Page, expect

from .conftest import Enter, Product, free_port, pick, start
from .test_the_loop import open_path, press, set_clock

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]
TITLE = "夜里报警的四十分钟"
SEATS = 40
ON_THE_PAGE = ("xu", "wang")
SAID_NO, UNDECIDED = 2, 1
ASKED = "SELECT p.email FROM gatherings_audienceinvitation i JOIN directory_person p ON p.id = i.person_id"


class Post:
    """The company's mail server: keeps what goes out, as (address, mail).

    Args:
        port: where it listens.
    """

    def __init__(self, port: int) -> None:
        self.port = port
        self.mails: list[tuple[str, EmailMessage]] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        """Take a mail."""
        mail = message_from_bytes(envelope.content, policy=policy.default)
        self.mails += [(address, mail) for address in envelope.rcpt_tos]
        return "250 OK"

    def letters(self) -> Counter[str]:
        """Return how many mails about the session each address got."""
        return Counter(address for address, mail in self.mails if TITLE in mail["subject"])

    def invitations(self) -> dict[str, Calendar]:
        """Return the calendar invitations to the session, by address."""
        entries = [(address, entry) for address, mail in self.mails for entry in requests_in(mail)]
        return {address: entry for address, entry in entries if entry.walk("VEVENT")[0]["summary"] == TITLE}


def requests_in(mail: EmailMessage) -> list[Calendar]:
    """Return the calendar entries a mail asks for."""
    parts = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    entries = [Calendar.from_ical(part.get_content()) for part in parts if part.get_param("method") == "REQUEST"]
    return entries[:1]


@pytest.fixture
def post() -> Iterator[Post]:
    """The mail server, listening."""
    kept = Post(free_port())
    controller = Controller(kept, hostname="127.0.0.1", port=kept.port)
    controller.start()
    yield kept
    controller.stop()


@pytest.fixture
def door() -> int:
    """The port where the product takes mail in."""
    return free_port()


@pytest.fixture
def product(sample_company: Path, tmp_path: Path, post: Post, door: int) -> Iterator[Product]:
    """A product of its own, with mail in both directions."""
    shutil.copytree(sample_company, tmp_path / "data")
    running = start(
        tmp_path / "data",
        ZHILIU_SMTP_HOST="127.0.0.1",
        ZHILIU_SMTP_PORT=str(post.port),
        ZHILIU_LMTP_LISTEN=f"127.0.0.1:{door}",
        ZHILIU_MAIL_IN_ADDRESS="reply+%s@zhiliu.example.com",
    )
    yield running
    running.process.send_signal(signal.SIGTERM)
    running.process.wait(timeout=15)


def answer(invitation: Calendar, address: str, state: str, door: int) -> None:
    """Answer an invitation as calendar programs do (RFC 6047)."""
    event = invitation.walk("VEVENT")[0]
    event["attendee"].params["PARTSTAT"] = state
    invitation["method"] = "REPLY"
    message = EmailMessage()
    message["From"], message["To"] = address, event["organizer"].removeprefix("mailto:")
    message["Subject"], message["Message-ID"] = "Re", f"<{state}.{address}>"
    message.add_alternative(invitation.to_ical(), "text", "calendar", cte="base64", params={"method": "REPLY"})
    with smtplib.LMTP("127.0.0.1", door) as line:
        line.send_message(message)


def wait_for(condition: Callable[[], bool], what: str) -> None:
    """Wait until something is true that no page shows."""
    deadline = time.monotonic() + 90
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.5)


def figure(page: Page, name: str) -> int:
    """Return a figure of the page of the audience."""
    return int(page.locator(".figures div", has_text=name).locator("dd").inner_text())


def test_a_session_gets_its_forty_seats(enter: Enter, product: Product, post: Post, door: int, tmp_path: Path) -> None:
    lin = enter("lin")

    # Lin proposes it and fixes the time. The members are ticked already; the channel is proposed.
    open_path(lin, "/gatherings/new/?format=evening&community=service-help&sharer=qian-muzhi")
    lin.fill("input[name=title]", TITLE)
    lin.fill("input[name=for_whom]", "值夜的同事")
    lin.fill("input[name=take_home]", "四十分钟里先做哪三件事")
    press(lin, "form .button.main")
    gathering = product.sql("SELECT id FROM gatherings_gathering WHERE title = ?", TITLE)[0][0]
    lin.fill('[name="day"]', (dt.date.today() + dt.timedelta(days=2)).isoformat())
    lin.fill('[name="clock"]', "19:30")
    expect(lin.get_by_label("位成员")).to_be_checked()
    assert lin.get_by_label("发到频道").evaluate("field => field.selectedOptions[0].text") == "日常"
    press(lin, "main form .button.main")
    if "/time/" in lin.url:
        press(lin, "main form .button.main")

    # Everybody with an address gets one invitation by mail; the sharer, who is asked to speak, none to attend.
    open_path(lin, f"/gatherings/{gathering}/audience/")
    invited = figure(lin, "已邀请")
    addresses = {email for (email,) in product.sql(f"{ASKED} WHERE i.gathering_id = ?", gathering) if email}
    assert invited >= len(addresses) > SEATS + SAID_NO + UNDECIDED
    assert product.sql(f"{ASKED} WHERE i.gathering_id = ? AND p.handle = ?", gathering, "qian-muzhi") == []
    wait_for(lambda: addresses <= set(post.invitations()), "the invitations")

    # Two say yes on the page, one of them on a phone; the others from their calendars.
    for who, width in zip(ON_THE_PAGE, (390, 1280), strict=True):
        page = enter(who, width=width)
        open_path(page, f"/gatherings/{gathering}/")
        press(page, "button:has-text('报名'):visible")
        expect(page.locator("button:has-text('取消报名'):visible")).to_have_count(1)
    here = {email for (email,) in product.sql(f"{ASKED} WHERE p.handle IN (?, ?)", *ON_THE_PAGE)}
    invitations = {address: entry for address, entry in post.invitations().items() if address in addresses - here}
    states = ["ACCEPTED"] * (SEATS - len(ON_THE_PAGE)) + ["DECLINED"] * SAID_NO + ["TENTATIVE"] * UNDECIDED
    answers = dict(zip(sorted(invitations), states, strict=False))
    for address, state in answers.items():
        answer(invitations[address], address, state, door)
    open_path(lin, f"/gatherings/{gathering}/audience/")
    assert figure(lin, "参加") == SEATS
    waiting = invited - SEATS - SAID_NO - UNDECIDED
    assert figure(lin, "还没回复") == waiting

    # A second call goes to those only who have not answered, and once.
    press(lin, f"button:has-text('{waiting}')")
    expect(lin.locator("form[action$='/audience/again/']")).to_have_count(0)
    silent = addresses - set(answers) - here
    wait_for(lambda: all(post.letters()[address] == 2 for address in silent), "the second call")
    assert all(post.letters()[address] == 1 for address in answers)

    # The session is on: somebody comes who had not signed up. The list goes to the boss.
    set_clock(product, gathering)
    open_path(lin, f"/gatherings/{gathering}/checkins/")
    invited_people = "SELECT person_id FROM gatherings_audienceinvitation WHERE gathering_id = ?"
    others = f"SELECT name FROM directory_person WHERE kind = 'employee' AND is_active AND id NOT IN ({invited_people})"
    walked_in = product.sql(f"{others} AND handle NOT IN ('lin', 'qian-muzhi') ORDER BY id", gathering)[0][0]
    pick(lin, "id_person", walked_in, walked_in)
    press(lin, ".walk-in > button")
    with lin.expect_download() as download:
        lin.click("a[download]:has-text('CSV')")
    rows = list(csv.reader(download.value.path().read_text(encoding="utf-8-sig").splitlines()))
    assert len(rows) == 1 + SEATS + 1 and any(walked_in in row for row in rows), rows
