"""Every address requested as everybody: ``addresses.txt`` says who may read and write, and nothing else does.

The table is rewritten by ``WRITE_ADDRESSES=1 .venv/bin/python -m pytest tests/floors/test_addresses.py`` (without
``-n``). Review its diff as an attacker would.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction

from zhiliu.directory.models import Person

from .asking import Visitor, addresses
from .scene import Scene, build, hidden

pytestmark = pytest.mark.django_db

TABLE = Path(__file__).with_name("addresses.txt")
METHODS = ("GET", "POST")
NOT_ACCEPTED = "405"
# Requests about a private community, and then the same about one that every colleague can read.
PRIVATE = ("nobody", "stranger", "colleague", "guest", "member", "author", "adviser", "manager", "admin")
OPEN = ("stranger@open", "colleague@open")
COLUMNS = PRIVATE + OPEN
HEAD = """\
# What everybody gets from every address: GET with what its form would carry, POST the same.
#   login: sent to the sign-in page. refused: sent back with the reason. =: asked in the private community.
#   A method without a line is 405 for everybody.
# The first columns are about a private community and what is in it; those with @open about one all colleagues may read.
#   stranger: a guest of another community. colleague: of the company, not a member. guest, member, adviser, manager: of
#   both communities. author: the member whom things are of, or are about. admin: administrator, not a member.
# Written by WRITE_ADDRESSES=1 (test_addresses.py).
"""

# Addresses of objects in a community that reveal nothing about them.
NO_WAY_IN = {
    # Refuses people who moderate nowhere first.
    "moderation:case",
    "moderation:decisions",
    "moderation:template",
    # Redirects to one's own scheduled messages in any case.
    "conversations:scheduled_act",
    # For programs: the key is the permission.
    "conversations:hook",
}
# What a private community answers to colleagues outside: that it exists, and how to join.
AT_THE_DOOR = {"communities:home", "communities:join", "communities:step_back", "communities:invitation_answer"} | {
    "communities:link_door"
}


def rows() -> dict[tuple[str, str], list[str]]:
    """Return the answers of the table by name and method."""
    lines = [line.split() for line in TABLE.read_text().splitlines() if line and not line.startswith("#")]
    return {(name, method): words for name, method, *words in lines}


def column(who: str) -> dict[tuple[str, str], str]:
    """Return a person's answers in the table."""
    place, written = COLUMNS.index(who), rows()
    keys = [(name, method) for name, _method in written for method in METHODS]
    return {key: written[key][place] if key in written else NOT_ACCEPTED for key in keys}


def write(who: str, answers: dict[tuple[str, str], str]) -> None:
    """Write a person's column into the table and add missing rows; new rows have ``?`` in other columns."""
    existing, place = rows() if TABLE.exists() else {}, COLUMNS.index(who)
    names, table = {name for name, _method in existing}, {}
    for key, word in answers.items():
        is_new = key[0] not in names and word != NOT_ACCEPTED
        words = existing.get(key, ["?" if is_new else NOT_ACCEPTED] * len(COLUMNS))
        table[key] = [*words[:place], word, *words[place + 1 :]]
    lines = [_line("#", "", COLUMNS)]
    lines += [_line(*key, words) for key, words in table.items() if set(words) - {NOT_ACCEPTED, "="}]
    TABLE.write_text(HEAD + "\n".join(lines) + "\n")


def _line(name: str, method: str, words: Sequence[str]) -> str:
    cells = [f"{word:{max(7, len(who))}}" for word, who in zip(words, COLUMNS, strict=True)]
    return " ".join([f"{name:35}", f"{method:4}", *cells]).rstrip()


@pytest.fixture(scope="module")
def scene(django_db_setup: None, django_db_blocker: Any) -> Iterator[Scene]:
    """Built once for all requests, and rolled back at the end."""
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch, transaction.atomic():
        # Requesting a stream would close the connection and lose the transaction.
        patch.setattr(connection, "close_if_unusable_or_obsolete", lambda: None)
        logging.disable(logging.CRITICAL)
        yield build()
        logging.disable(logging.NOTSET)
        transaction.set_rollback(True)


def ask_all(scene: Scene, who: str) -> dict[tuple[str, str], str]:
    name, _at, where = who.partition("@")
    visitor = Visitor(scene.people.get(name))
    samples = scene.open if where else scene.private
    answers = {}
    for address in addresses():
        path, values = address.path(samples), scene.values(address.name, samples)
        is_same = where and (path, values) == (address.path(scene.private), scene.values(address.name, scene.private))
        for method in METHODS:
            answers[address.name, method] = "=" if is_same else visitor.answer(method, path, values)
    return answers


def test_every_address_has_its_rows_and_every_row_an_address() -> None:
    names = [address.name for address in addresses()]
    assert sorted(names) == sorted(set(names))
    assert {name for name, _method in rows()} == set(names)


@pytest.mark.slow
@pytest.mark.parametrize("who", COLUMNS)
def test_everybody_gets_what_the_table_says(scene: Scene, who: str) -> None:
    answers = ask_all(scene, who)
    if os.environ.get("WRITE_ADDRESSES"):
        write(who, answers)
    expected = column(who)
    assert {key: word for key, word in answers.items() if word not in (expected.get(key), "=")} == {}


@pytest.mark.slow
def test_who_has_left_gets_what_nobody_gets(scene: Scene) -> None:
    leaver = scene.people["leaver"]
    visitor = Visitor(leaver)
    Person.objects.filter(pk=leaver.pk).update(is_active=False)
    nobody, different = column("nobody"), {}
    for address in addresses():
        values = scene.values(address.name, scene.private)
        for method in METHODS:
            word = visitor.answer(method, address.path(scene.private), values)
            if word != nobody[address.name, method]:
                different[address.name, method] = word
    assert different == {}


def test_no_address_breaks() -> None:
    assert [key for key, words in rows().items() if set(words) & {"500", "?"}] == []


def test_the_administration_is_for_administrators() -> None:
    routes = {address.name: address.route for address in addresses()}
    more = {
        (key, who)
        for who in COLUMNS
        if who not in ("nobody", "admin")
        for key, word in column(who).items()
        if routes[key[0]].startswith("administration/") and word not in ("403", NOT_ACCEPTED, "=")
    }
    assert more == set()


def test_a_private_community_tells_colleagues_only_how_to_come_in() -> None:
    """Non-members get 404 from everything that the open community answers."""
    of_communities = [key for key, word in column("colleague@open").items() if word != "="]
    for who in ("stranger", "colleague", "stranger@open"):
        words = column(who)
        reached = {name for name, method in of_communities if words[name, method] not in ("404", NOT_ACCEPTED)}
        assert reached - NO_WAY_IN == (AT_THE_DOOR if who == "colleague" else set()), who


# Removing something that does not exist is idempotent and shows the list. Closing hooks works the same way. Conversion
# looks only at the messages in its form.
GONE_ALREADY = ("communities:invitation_removal", "communities:occasion_removal", "communities:text_removal") + (
    "gatherings:evening_line_removal",
    "conversations:hook_closure",
    "conversations:turning",
)


@pytest.mark.slow
def test_things_of_another_community_are_not_reached_through_ones_own(scene: Scene) -> None:
    """The keeper manages the open community; its addresses are combined with ids of the private one."""
    keeper, more = Visitor(scene.people["keeper"]), {}
    for address in addresses():
        own, theirs = (address.path(samples).split("/") for samples in (scene.open, scene.private))
        first = next((place for place, piece in enumerate(address.pieces, start=1) if "<" in piece), len(own))
        mixed = [*own[: first + 1], *theirs[first + 1 :]]
        for method in METHODS if mixed != own else ():
            word = keeper.answer(method, "/".join(mixed), scene.values(address.name, scene.open))
            if word not in ("404", NOT_ACCEPTED):
                more[address.name, method] = word
    assert more == dict.fromkeys(((name, "POST") for name in GONE_ALREADY), "302")


@pytest.mark.slow
def test_forms_do_not_carry_things_of_another_community_in(scene: Scene) -> None:
    """The keeper's own address, with form data that names objects of the private community."""
    keeper, more = Visitor(scene.people["keeper"]), {}
    for address in addresses():
        values = scene.values(address.name, scene.private)
        if values != scene.values(address.name, scene.open):
            word = keeper.answer("POST", address.path(scene.open), values)
            if word in ("200", "302"):
                more[address.name] = word
    assert more == {}


@pytest.fixture(scope="module")
def private_channel(scene: Scene) -> dict[str, Any]:
    """Samples of the open community, with a channel of two people and their messages."""
    return hidden(scene)


@pytest.mark.slow
@pytest.mark.parametrize("who", ["stranger", "colleague", "guest", "adviser", "manager", "admin"])
def test_a_private_channel_is_out_of_reach_for_who_is_not_in_it(
    scene: Scene, private_channel: dict[str, Any], who: str
) -> None:
    visitor, more = Visitor(scene.people[who]), {}
    for address in addresses():
        path = address.path(private_channel)
        for method in METHODS if path != address.path(scene.open) else ():
            word = visitor.answer(method, path, scene.values(address.name, scene.open))
            if word not in ("404", NOT_ACCEPTED):
                more[address.name, method] = word
    assert more == {}
