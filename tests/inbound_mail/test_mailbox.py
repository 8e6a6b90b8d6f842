"""A mailbox is fetched: from a real Dovecot, where one is installed."""

from __future__ import annotations

import grp
import imaplib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError

from zhiliu.communities.models import Community
from zhiliu.conversations.models import Channel, Message
from zhiliu.conversations.opening import open_channel
from zhiliu.directory.models import Person
from zhiliu.inbound_mail import mailbox, receiving
from zhiliu.inbound_mail.addresses import address_with, reply_address, token_of
from zhiliu.inbound_mail.mailbox import addresses_of, fetch
from zhiliu.inbound_mail.models import MailboxProblem, RejectedMail
from zhiliu.inbound_mail.reading import read_letter
from zhiliu.inbound_mail.tasks import fetch_mail

DOVECOT = shutil.which("dovecot", path="/usr/sbin:/usr/bin:/usr/local/sbin")
needs_dovecot = pytest.mark.skipif(DOVECOT is None, reason="needs a mail server: apt-get install dovecot-imapd")

CONFIGURATION = """
base_dir = {base}/run
state_dir = {base}/state
log_path = {base}/log
mail_location = maildir:{base}/mail
protocols = imap
ssl = no
disable_plaintext_auth = no
default_internal_user = {server}
default_internal_group = {group}
default_login_user = {login}
first_valid_uid = 0
first_valid_gid = 0
mail_uid = {owner}
mail_gid = {group}
default_vsz_limit = 0
service imap-login {{
  chroot =
  inet_listener imap {{
    address = 127.0.0.1
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
passdb {{
  driver = static
  args = password=secret
}}
userdb {{
  driver = static
  args = uid={owner} gid={group} home={base}
}}
namespace inbox {{
  inbox = yes
  separator = /
}}
"""


class Box:
    """A mailbox at a server that runs, as its owner sees it."""

    def __init__(self, port: int) -> None:
        self.port = port

    def _open(self) -> imaplib.IMAP4:
        line = imaplib.IMAP4("127.0.0.1", self.port)
        line.login("zhiliu", "secret")
        return line

    def put(self, raw: bytes) -> None:
        with self._open() as line:
            assert line.append("INBOX", "", None, raw)[0] == "OK"  # type: ignore[arg-type]

    def count(self, what: str, folder: str = "INBOX") -> int:
        with self._open() as line:
            line.select(folder, readonly=True)
            return len(line.search(None, what)[1][0].split())

    def make(self, folder: str) -> None:
        with self._open() as line:
            assert line.create(folder)[0] == "OK"


@pytest.fixture(scope="session")
def dovecot() -> Iterator[int]:
    """The port of a Dovecot of our own."""
    # Its parts run as users of their own and must be able to go through all folders above.
    base = Path(tempfile.mkdtemp(prefix="zhiliu-dovecot-"))
    base.chmod(0o755)
    for name in ("run", "state", "mail"):
        (base / name).mkdir(mode=0o755)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    owner = server = login = pwd.getpwuid(os.getuid()).pw_name
    if owner == "root":
        # Nothing of it runs as root; the package has made users for it.
        owner = server = "dovecot"
        login = "dovenull"
        shutil.chown(base / "mail", owner, owner)
    group = grp.getgrgid(pwd.getpwnam(owner).pw_gid).gr_name
    file = base / "dovecot.conf"
    file.write_text(CONFIGURATION.format(base=base, port=port, owner=owner, group=group, server=server, login=login))
    process = subprocess.Popen([str(DOVECOT), "-F", "-c", str(file)], stderr=subprocess.PIPE)
    try:
        _wait_for(port, process, base / "log")
        yield port
    finally:
        process.terminate()
        process.wait(20)
        shutil.rmtree(base, ignore_errors=True)


def _wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        if process.poll() is not None:
            break
        time.sleep(0.1)
    said = process.stderr.read().decode() if process.poll() is not None and process.stderr else ""
    raise AssertionError(f"Dovecot does not run: {said} {log.read_text() if log.exists() else ''}")


@pytest.fixture
def box(dovecot: int, settings: Any, db: None) -> Iterator[Box]:
    settings.LMTP_LISTEN = ""
    settings.IMAP_HOST, settings.IMAP_PORT, settings.IMAP_SECURITY = "127.0.0.1", dovecot, "none"
    settings.IMAP_USER, settings.IMAP_PASSWORD = "zhiliu", "secret"
    made = Box(dovecot)
    yield made
    with made._open() as line, suppress(imaplib.IMAP4.error):  # of an empty folder nothing can be marked
        line.select("INBOX")
        line.store("1:*", "+FLAGS", "\\Deleted")
        line.expunge()


@pytest.fixture
def channel(community: Community, lin: Person) -> Channel:
    return open_channel(community, name="报价", by=lin)


@needs_dovecot
def test_what_is_unread_is_dealt_with_once_and_marked(box: Box, channel: Channel, wang: Person, write: Any) -> None:
    address = reply_address(wang, "channel.post", channel.pk)
    box.put(write(wang, address, "一"))
    box.put(write(wang, "somebody@example.com", "二", Delivered_To=address))
    box.put(write("stranger@example.net", "zhiliu@example.com", "三"))
    assert fetch() == 3
    fetch_mail.call()
    assert sorted(Message.objects.filter(channel=channel).values_list("body", flat=True)) == [
        "**报价**\n\n一",
        "**报价**\n\n二",
    ]
    assert (box.count("SEEN"), box.count("UNSEEN")) == (3, 0)
    assert not MailboxProblem.objects.exists()


@needs_dovecot
def test_what_is_dealt_with_is_moved_where_a_folder_is_set(
    box: Box, channel: Channel, wang: Person, write: Any, settings: Any
) -> None:
    settings.IMAP_DONE_FOLDER = "已处理 & done"
    on_the_wire = '"&XfJZBHQG- &- done"'  # RFC 3501, 5.1.3
    box.make(on_the_wire)
    address = reply_address(wang, "channel.post", channel.pk)
    box.put(write(wang, address))
    assert fetch() == 1
    assert box.count("ALL") == 0
    assert box.count("ALL", on_the_wire) == 1
    assert Message.objects.filter(channel=channel).count() == 1


@needs_dovecot
def test_a_letter_that_fails_stays_and_the_others_do_not_wait_for_it(
    box: Box, channel: Channel, wang: Person, write: Any, monkeypatch: pytest.MonkeyPatch, browse: Any, admin: Person
) -> None:
    address = reply_address(wang, "channel.post", channel.pk)
    box.put(write(wang, address, "坏"))
    box.put(write(wang, address, "好"))
    whole = receiving.deal_with

    def fall(mail: Any, *arguments: Any) -> Any:
        if "坏" in mail.plain:
            raise DatabaseError("disk I/O error")
        return whole(mail, *arguments)

    with monkeypatch.context() as patched:
        patched.setattr(receiving, "deal_with", fall)
        assert [fetch(), fetch()] == [1, 0]
    stays = MailboxProblem.objects.get()
    assert (stays.text, stays.tries) == ("DatabaseError", 2)
    assert (box.count("UNSEEN"), box.count("SEEN")) == (1, 1)
    page = browse(admin).get("/administration/running/").content.decode()
    assert "DatabaseError" in page
    assert fetch() == 1
    assert not MailboxProblem.objects.exists() and Message.objects.filter(channel=channel).count() == 2
    assert "DatabaseError" not in browse(admin).get("/administration/running/").content.decode()


@needs_dovecot
def test_a_letter_somebody_took_out_is_in_nobodys_way(box: Box) -> None:
    mailbox.note("letter 9999", "DatabaseError")
    fetch()
    assert not MailboxProblem.objects.exists()


@needs_dovecot
def test_of_a_letter_that_is_too_large_only_the_head_is_fetched(
    box: Box, channel: Channel, wang: Person, write: Any, settings: Any
) -> None:
    settings.MAIL_IN_MAX_BYTES = 1 << 20
    address = reply_address(wang, "channel.post", channel.pk)
    box.put(write(wang, address, "x\n" * (1 << 20)))
    box.put(write("stranger@example.net", address, "x\n" * (1 << 20)))
    assert fetch() == 2 and fetch() == 0
    assert RejectedMail.objects.get().reason == "It is larger than 1 MB including its files."
    assert not Message.objects.filter(channel=channel).exists()


@needs_dovecot
def test_a_wrong_password_and_a_missing_folder_stand_on_the_administrators_page(box: Box, settings: Any) -> None:
    settings.IMAP_FOLDER = "Nowhere"
    assert fetch() == 0
    assert "exist" in MailboxProblem.objects.get(key="mailbox").text
    settings.IMAP_FOLDER, settings.IMAP_PASSWORD = "INBOX", "wrong"
    assert fetch() == 0
    assert "failed" in MailboxProblem.objects.get(key="mailbox").text.lower()
    settings.IMAP_PASSWORD = "secret"
    fetch()
    assert not MailboxProblem.objects.exists()


def test_a_server_that_is_not_there_stands_on_the_administrators_page(db: None, settings: Any) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        settings.IMAP_HOST, settings.IMAP_PORT = "127.0.0.1", probe.getsockname()[1]
    assert fetch() == 0
    assert "refused" in MailboxProblem.objects.get().text


def test_nothing_is_fetched_where_no_mailbox_is_set(db: None) -> None:
    assert fetch() == 0 and not MailboxProblem.objects.exists()


def test_for_whom_a_letter_came_is_read_from_what_mail_servers_write() -> None:
    first, second = (address_with(token_of("channel.post", 1, number)) for number in (1, 2))
    raw = (
        f"Delivered-To: box@example.com\nX-Original-To: {first}\nDelivered-To: {second.upper()}\n"
        f"To: 知流 <{first}>, x@example.com,\n <{second}>\nCc: undisclosed:;\n\nx"
    )
    assert {address.lower() for address in addresses_of(read_letter(raw.encode()))} == {first, second}
    assert addresses_of(read_letter(b"To: x@example.com\n\nx")) == []
