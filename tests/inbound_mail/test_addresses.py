"""Addresses say, signed, who writes and what becomes of it."""

from __future__ import annotations

from typing import Any

import pytest

from zhiliu.communities.models import Community
from zhiliu.conversations.opening import open_channel
from zhiliu.directory.models import Person
from zhiliu.inbound_mail.addresses import (
    OURS,
    address_with,
    code_of,
    read_token,
    reply_address,
    secret_in,
    takes_mail,
    token_of,
)
from zhiliu.kit.contracts.inbound_mail import arrivals, letterboxes


def test_an_address_says_who_writes_about_what() -> None:
    for person_id, thing_id in ((1, 1), (300, 90_000), (2**63 - 1, 2**63 - 1)):
        address = address_with(token_of("question.answer", person_id, thing_id))
        assert len(address.partition("@")[0]) <= 64
        assert address == address.lower()
        signed = read_token(secret_in(address))
        assert signed is not None
        assert (signed.arrival.name, signed.person_id, signed.thing_id) == ("question.answer", person_id, thing_id)


def test_mail_servers_may_fold_the_case() -> None:
    address = address_with(token_of("message.reply", 7, 8)).upper()
    signed = read_token(secret_in(f"<{address}>"))
    assert signed is not None and signed.thing_id == 8


def test_no_changed_address_is_good() -> None:
    token = token_of("message.reply", 7, 8)
    good = read_token(token)
    for place in range(1, len(token)):
        for other in "a7":
            changed = token[:place] + other + token[place + 1 :]
            # What the last character says beyond the last byte means nothing.
            assert read_token(changed) in ((None, good) if changed == token or place == len(token) - 1 else (None,))
    for forged in (
        "",
        OURS,
        "p1",
        "p" * 50,
        token[:-1],
        token + "a",
        "pé" + token[2:],
        "p" + "=" * 40,
        "h" + token[1:],
    ):
        assert read_token(forged) is None


def test_another_secret_key_makes_all_addresses_void(settings: Any) -> None:
    token = token_of("message.reply", 7, 8)
    settings.SECRET_KEY = "another-" * 8
    assert read_token(token) is None


def test_addresses_of_others_are_none_of_ours() -> None:
    for other in (
        "wang@example.com",
        "reply+@zhiliu.example.com",
        "reply+x@example.com",
        "xreply+x@zhiliu.example.com",
        "",
    ):
        assert secret_in(other) == ""


def test_without_a_door_there_are_no_addresses(lin: Person, settings: Any) -> None:
    settings.LMTP_LISTEN = settings.IMAP_HOST = ""
    assert address_with("x") == ""
    assert reply_address(lin, "question.answer", 1) == ""
    settings.IMAP_HOST, settings.MAIL_IN_ADDRESS = "imap.example.com", ""
    assert address_with("x") == ""


def test_without_mail_coming_in_nothing_is_an_address_of_ours(settings: Any) -> None:
    settings.MAIL_IN_ADDRESS = ""
    assert secret_in("reply+x@zhiliu.example.com") == ""


def test_no_two_arrivals_have_the_same_code() -> None:
    codes = [code_of(name) for name in arrivals.names()]
    assert len(codes) == len(set(codes)) > 6
    assert OURS not in letterboxes.names()


@pytest.mark.parametrize(
    "pattern",
    ["reply@example.com", "%s", "%s%s@example.com", "reply@%s.example.com", "much-too-long+%s@example.com"],
)
def test_a_pattern_that_cannot_work_stops_the_start(pattern: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from config.settings.declared import BadSettings, read

    monkeypatch.setenv("ZHILIU_MAIL_IN_ADDRESS", pattern)
    with pytest.raises(BadSettings, match="ZHILIU_MAIL_IN_ADDRESS"):
        read()


@pytest.mark.parametrize("listen", ["8024", "127.0.0.1", "127.0.0.1:0", "127.0.0.1:99999", ":8024"])
def test_a_place_nobody_can_listen_at_stops_the_start(listen: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from config.settings.declared import BadSettings, read

    monkeypatch.setenv("ZHILIU_LMTP_LISTEN", listen)
    with pytest.raises(BadSettings, match="ZHILIU_LMTP_LISTEN"):
        read()


def test_mail_comes_in_by_either_door_and_only_with_a_pattern(settings: Any) -> None:
    for pattern, lmtp, imap, comes in (
        ("reply+%s@example.com", "127.0.0.1:1", "", True),
        ("reply+%s@example.com", "", "imap.example.com", True),
        ("reply+%s@example.com", "", "", False),
        ("", "127.0.0.1:1", "imap.example.com", False),
    ):
        settings.MAIL_IN_ADDRESS, settings.LMTP_LISTEN, settings.IMAP_HOST = pattern, lmtp, imap
        assert (takes_mail(), address_with("x") != "") == (comes, comes)


def test_only_who_has_a_mail_address_and_may_write_there_gets_one(
    community: Community, closed_community: Community, lin: Person, wang: Person, sun: Person
) -> None:
    hidden = open_channel(closed_community, name="底价", by=lin)
    assert reply_address(wang, "channel.post", hidden.pk).startswith("reply+p")
    assert reply_address(sun, "channel.post", hidden.pk) == ""
    assert reply_address(wang, "channel.post", hidden.pk + 1) == ""
    wang.email = None
    assert reply_address(wang, "channel.post", hidden.pk) == ""


def test_a_token_of_an_unknown_handler_or_an_earlier_round_says_so() -> None:
    assert read_token(token_of("no.such.handler", 7, 8)) is None
    rounds = [read_token(token_of("message.reply", 7, 8, number)) for number in (0, 1, 200)]
    assert [signed.round if signed else None for signed in rounds] == [0, 1, 200]


def test_a_secret_stands_between_what_is_before_and_behind_it(settings: Any) -> None:
    settings.MAIL_IN_ADDRESS = "Reply+%s@Example.com"
    assert secret_in(" <REPLY+PAbc@example.COM> ") == "pabc"
    for other in ("reply+@example.com", "reply+x@example.org", "x+x@example.com", "reply+example.com"):
        assert secret_in(other) == ""
    settings.MAIL_IN_ADDRESS = "reply+%s+mail@example.com"
    assert (secret_in("reply+x+mail@example.com"), secret_in("reply+mail@example.com")) == ("x", "")
    settings.MAIL_IN_ADDRESS = "reply+%s"
    assert secret_in("reply+x") == ""
