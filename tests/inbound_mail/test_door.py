"""A mail server hands letters over by LMTP: a real one speaks with the real door over a real socket."""

from __future__ import annotations

import asyncio
import os
import smtplib
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.db import DatabaseError

from zhiliu.activity.consumers import catch_up as follow
from zhiliu.communities.models import Community
from zhiliu.conversations.models import Channel, Message
from zhiliu.conversations.opening import close_channel, open_channel
from zhiliu.conversations.posting import post
from zhiliu.directory.models import Person
from zhiliu.inbound_mail import lmtp, receiving
from zhiliu.inbound_mail.addresses import address_with, reply_address, token_of
from zhiliu.inbound_mail.lmtp import serve_lmtp
from zhiliu.inbound_mail.models import ProcessedMail, RejectedMail

pytestmark = pytest.mark.django_db(transaction=True)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(port: int) -> None:
    for _ in range(600):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError("nobody listens")


class MailServer:
    """Speaks LMTP as Postfix does: several recipients, and an answer for each of them."""

    def __init__(self, port: int) -> None:
        self.line = smtplib.LMTP("127.0.0.1", port)
        self.line.ehlo_or_helo_if_needed()

    def hand_over(self, sender: str, recipients: list[str], raw: bytes) -> list[str]:
        """The answer for each recipient, of RCPT or, where that was good, of the letter."""
        self.line.rset()
        code, said = self.line.docmd(f"MAIL FROM:<{sender}>")
        assert code == 250, said
        answers = [self._answer("RCPT", f"TO:<{recipient}>") for recipient in recipients]
        good = [place for place, answer in enumerate(answers) if answer.startswith("250")]
        if good:
            assert self.line.docmd("DATA")[0] == 354
            self.line.send(raw.replace(b"\r\n", b"\n").replace(b"\n.", b"\n..").replace(b"\n", b"\r\n") + b"\r\n.\r\n")
            for place in good:
                answers[place] = self._reply()
        return answers

    def _answer(self, *command: str) -> str:
        self.line.putcmd(*command)
        return self._reply()

    def _reply(self) -> str:
        code, said = self.line.getreply()
        return f"{code} {said.decode()}"


@pytest.fixture
def channel(community: Community, lin: Person) -> Channel:
    return open_channel(community, name="报价", by=lin)


@pytest.fixture
def door() -> Iterator[int]:
    """The port at which the door stands."""
    port, ready = free_port(), threading.Event()
    inside: dict[str, Any] = {}

    async def stand() -> None:
        inside["loop"], inside["stopping"] = asyncio.get_running_loop(), asyncio.Event()
        ready.set()
        await serve_lmtp("127.0.0.1", port, inside["stopping"])

    thread = threading.Thread(target=lambda: asyncio.run(stand()))
    thread.start()
    ready.wait(10)
    wait_for(port)
    yield port
    inside["loop"].call_soon_threadsafe(inside["stopping"].set)
    thread.join()


@pytest.fixture
def server(door: int) -> MailServer:
    return MailServer(door)


def test_every_recipient_gets_an_answer_of_their_own(
    server: MailServer, channel: Channel, lin: Person, wang: Person, xu: Person, write: Any
) -> None:
    said = post(channel, body="报价单谁来改", by=lin)
    mine = reply_address(wang, "message.reply", said.pk)
    posting = reply_address(wang, "channel.post", channel.pk)
    theirs = reply_address(xu, "channel.post", channel.pk)
    forged = address_with(token_of("channel.post", wang.pk, channel.pk)[:-4] + "aaaa")
    answers = server.hand_over(
        "wang@example.com",
        [mine, forged, theirs, posting, "x@example.com"],
        write(wang, mine, "我来\n.\n.."),
    )
    assert [answer[:9] for answer in answers] == ["250 2.0.0", "550 5.1.1", "550 5.7.1", "250 2.0.0", "550 5.1.1"]
    assert "belongs to somebody else" in answers[2] and "not valid any more" in answers[1]
    assert [message.body for message in Message.objects.filter(root=said)] == ["我来\n.\n.."]
    assert Message.objects.filter(channel=channel, root=None).count() == 2


def test_a_notice_goes_out_and_its_answer_comes_in_as_a_reply(
    server: MailServer, channel: Channel, lin: Person, wang: Person, settings: Any, run_jobs: Any
) -> None:
    class Postfix:
        """Keeps what goes out."""

        def __init__(self) -> None:
            self.got: list[bytes] = []

        async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
            self.got.append(envelope.original_content)
            return "250 OK"

    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    outgoing = Postfix()
    controller = Controller(outgoing, hostname="127.0.0.1", port=settings.EMAIL_PORT)
    controller.start()
    try:
        first = post(channel, body=f"@{wang.name} 报价单你来改吗", by=lin)
        follow()
        run_jobs()
        mails = [message_from_bytes(item, policy=policy.default) for item in outgoing.got]
        (sent,) = [mail for mail in mails if mail["Reply-To"]]
        page, text = sent.get_body(("html",)).get_content(), sent.get_body(("plain",)).get_content()
        assert "报价单你来改吗" in text and "Reply to this email" in text and "报价单你来改吗" in page
        quoted = "".join(f"> {line}\n" for line in text.splitlines())
        answer = message_from_bytes(b"", policy=policy.default)
        answer["From"], answer["To"], answer["Subject"] = wang.email, sent["Reply-To"], f"回复：{sent['Subject']}"
        answer["Message-ID"], answer["In-Reply-To"] = "<1@mail.example.com>", sent["Message-ID"]
        answer.set_content(f"我来改\n\n在 2026年11月28日 星期六，知流 <zhiliu@localhost> 写道：\n\n{quoted}")
        for _ in range(2):
            answers = server.hand_over(wang.email or "", [sent["Reply-To"].addresses[0].addr_spec], answer.as_bytes())
            assert answers[0].startswith("250")
        # An answer that goes to all of its addresses comes back as our own mail would: nobody writes it again.
        assert server.hand_over("", [sent["Reply-To"].addresses[0].addr_spec], sent.as_bytes())[0].startswith("250")
    finally:
        controller.stop()
    assert [(message.by, message.body) for message in Message.objects.filter(root=first)] == [(wang, "我来改")]
    assert ProcessedMail.objects.filter(outcome=ProcessedMail.Outcome.DROPPED).count() == 1


def test_letters_from_nobody_are_taken_and_dropped(
    server: MailServer, channel: Channel, wang: Person, write: Any
) -> None:
    address = reply_address(wang, "channel.post", channel.pk)
    assert server.hand_over("", [address], write(wang, address))[0].startswith("250")
    assert not Message.objects.filter(channel=channel).exists()
    assert ProcessedMail.objects.get().said == "empty return path"


def test_who_may_not_is_told_by_mail_and_the_mail_server_is_done(
    server: MailServer, channel: Channel, lin: Person, wang: Person, write: Any
) -> None:
    address = reply_address(wang, "channel.post", channel.pk)
    close_channel(channel, by=lin)
    assert server.hand_over("wang@example.com", [address], write(wang, address))[0].startswith("250")
    assert RejectedMail.objects.get().person == wang


def test_a_letter_that_is_too_large_is_refused_for_every_recipient(
    door: int, channel: Channel, wang: Person, write: Any, settings: Any
) -> None:
    settings.MAIL_IN_MAX_BYTES = 100_000
    server, address = MailServer(door), reply_address(wang, "channel.post", channel.pk)
    answers = server.hand_over(
        "wang@example.com", [address] * 3, write(wang, address, "字" * 60 + "\n") + b"x\n" * 60_000
    )
    assert [answer[:3] for answer in answers] == ["552"] * 3
    assert server._answer("MAIL", "FROM:<a@b.example> SIZE=200000").startswith("552")
    # The next letter on the same line is not mixed up with it.
    assert server.hand_over("wang@example.com", [address], write(wang, address))[0].startswith("250")


def test_a_line_without_end_is_refused_for_every_recipient(
    server: MailServer, channel: Channel, wang: Person, write: Any
) -> None:
    address = reply_address(wang, "channel.post", channel.pk)
    answers = server.hand_over("wang@example.com", [address] * 2, write(wang, address) + b"x" * 200_000)
    assert [answer[:3] for answer in answers] == ["500"] * 2
    assert not Message.objects.filter(channel=channel).exists()


def test_what_nobody_can_read_is_refused(server: MailServer, channel: Channel, wang: Person) -> None:
    address = reply_address(wang, "channel.post", channel.pk)
    raw = b"Content-Type: multipart/mixed; boundary=x\n\n" + b"--x\n\na\n" * 1000
    assert server.hand_over("wang@example.com", [address], raw)[0].startswith("554 5.6.0 This mail is damaged")


def test_ten_thousand_recipients_are_taken_a_few_at_a_time(
    server: MailServer, channel: Channel, wang: Person, write: Any
) -> None:
    address = reply_address(wang, "channel.post", channel.pk)
    answers = server.hand_over("wang@example.com", [address] * 10_000, write(wang, address))
    assert [answer[:3] for answer in answers].count("250") == lmtp.MOST_RECIPIENTS
    assert {answer[:9] for answer in answers[lmtp.MOST_RECIPIENTS :]} == {"452 4.5.3"}
    assert Message.objects.filter(channel=channel).count() == 1


def test_what_cannot_be_done_now_stays_with_the_mail_server(
    server: MailServer, channel: Channel, wang: Person, write: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = reply_address(wang, "channel.post", channel.pk)
    raw = write(wang, address)

    def away(*_arguments: Any, **_more: Any) -> None:
        raise DatabaseError

    with monkeypatch.context() as patched:
        patched.setattr(receiving.ProcessedMail.objects, "create", away)
        assert server.hand_over("wang@example.com", [address], raw)[0].startswith("451 4.3.0")
    assert not Message.objects.filter(channel=channel).exists()
    assert server.hand_over("wang@example.com", [address], raw)[0].startswith("250")
    assert Message.objects.filter(channel=channel).count() == 1


def test_two_mail_servers_that_bring_the_same_letter_at_once_bring_it_once(
    door: int, channel: Channel, wang: Person, write: Any
) -> None:
    address = reply_address(wang, "channel.post", channel.pk)
    raw, answers = write(wang, address), []
    threads = [
        threading.Thread(target=lambda: answers.extend(MailServer(door).hand_over("w@example.com", [address], raw)))
        for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answer[:3] for answer in answers] == ["250"] * 6
    assert Message.objects.filter(channel=channel).count() == ProcessedMail.objects.count() == 1


def test_it_speaks_lmtp_and_nothing_else(door: int) -> None:
    with smtplib.SMTP("127.0.0.1", door) as line:
        assert line.docmd("EHLO x")[0] == line.docmd("HELO x")[0] == 500
        assert line.docmd("LHLO x")[0] == 250
        assert line.docmd("RCPT TO:<a@b.example>")[0] == 503
        assert line.docmd("DATA")[0] == 503


@pytest.mark.slow
def test_while_the_database_is_away_the_process_asks_the_mail_server_to_keep_the_letter(
    tmp_path: Path, settings: Any
) -> None:
    port = free_port()
    environment = {
        **os.environ,
        "ZHILIU_DATA_DIR": str(tmp_path),
        "ZHILIU_SECRET_KEY": settings.SECRET_KEY,
        "ZHILIU_DATABASE_URL": f"postgresql://nobody@127.0.0.1:{free_port()}/none",
        "ZHILIU_MAIL_IN_ADDRESS": settings.MAIL_IN_ADDRESS,
        "ZHILIU_LMTP_LISTEN": f"127.0.0.1:{port}",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    command = [sys.executable, "-m", "zhiliu.console.mail_process", "127.0.0.1", str(port)]
    process = subprocess.Popen(command, env=environment, cwd=Path(__file__).parents[2], stderr=subprocess.DEVNULL)
    try:
        wait_for(port)
        address = address_with(token_of("channel.post", 1, 1))
        answers = MailServer(port).hand_over("wang@example.com", [address, "x@example.com"], b"")
        assert [answer[:9] for answer in answers] == ["451 4.3.0", "550 5.1.1"]
    finally:
        process.terminate()
    assert process.wait(20) == 0


def test_the_door_is_a_process_of_the_product_where_it_is_wanted() -> None:
    from zhiliu.console.supervisor import children

    assert [child.name for child in children("127.0.0.1", 8000)] == ["web", "jobs"]
    door = children("127.0.0.1", 8000, lmtp="127.0.0.1:8024")[-1]
    assert (door.name, list(door.arguments[1:])) == ("mail", ["-m", "zhiliu.console.mail_process", "127.0.0.1", "8024"])
