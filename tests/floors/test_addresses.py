"""Every address, asked by everybody: who may read and who may write stands in ``addresses.txt``, and nothing else.

The table is written anew by ``WRITE_ADDRESSES=1 .venv/bin/python -m pytest tests/floors/test_addresses.py`` (without
``-n``); whoever reviews the change reads its diff as an attacker would.
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
# Who asks about the things of a private community, and then about the same things of one that every colleague reads.
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

# Addresses of a thing in a community that tell nobody anything of it.
NO_WAY_IN = {
    # Whoever moderates nowhere is told so first.
    "moderation:case",
    "moderation:decisions",
    "moderation:template",
    # Goes back to one's own scheduled messages, whatever was asked.
    "conversations:scheduled_act",
    # For programs: its key is the permission.
    "conversations:hook",
}
# What a private community answers to colleagues who are not in it: that it is there, and how to come in.
AT_THE_DOOR = {"communities:home", "communities:join", "communities:step_back", "communities:invitation_answer"} | {
    "communities:link_door"
}


def rows() -> dict[tuple[str, str], list[str]]:
    """Answers by name and method, as the table has them."""
    lines = [line.split() for line in TABLE.read_text().splitlines() if line and not line.startswith("#")]
    return {(name, method): words for name, method, *words in lines}


def column(who: str) -> dict[tuple[str, str], str]:
    """What the table says of one who asks."""
    place, written = COLUMNS.index(who), rows()
    keys = [(name, method) for name, _method in written for method in METHODS]
    return {key: written[key][place] if key in written else NOT_ACCEPTED for key in keys}


def write(who: str, answers: dict[tuple[str, str], str]) -> None:
    """Put a column into the table, which gets the rows there must be; a row that is new says ``?`` elsewhere."""
    known, place = rows() if TABLE.exists() else {}, COLUMNS.index(who)
    names, table = {name for name, _method in known}, {}
    for key, word in answers.items():
        is_new = key[0] not in names and word != NOT_ACCEPTED
        words = known.get(key, ["?" if is_new else NOT_ACCEPTED] * len(COLUMNS))
        table[key] = [*words[:place], word, *words[place + 1 :]]
    lines = [_line("#", "", COLUMNS)]
    lines += [_line(*key, words) for key, words in table.items() if set(words) - {NOT_ACCEPTED, "="}]
    TABLE.write_text(HEAD + "\n".join(lines) + "\n")


def _line(name: str, method: str, words: Sequence[str]) -> str:
    cells = [f"{word:{max(7, len(who))}}" for word, who in zip(words, COLUMNS, strict=True)]
    return " ".join([f"{name:35}", f"{method:4}", *cells]).rstrip()


@pytest.fixture(scope="module")
def scene(django_db_setup: None, django_db_blocker: Any) -> Iterator[Scene]:
    """Built once for all who ask, and undone at the end."""
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch, transaction.atomic():
        # Whoever asks for their stream would close the connection, and with it all that was built.
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
    """Whoever is not a member gets 404 from all that the open community answers otherwise."""
    of_communities = [key for key, word in column("colleague@open").items() if word != "="]
    for who in ("stranger", "colleague", "stranger@open"):
        words = column(who)
        reached = {name for name, method in of_communities if words[name, method] not in ("404", NOT_ACCEPTED)}
        assert reached - NO_WAY_IN == (AT_THE_DOOR if who == "colleague" else set()), who


# What is taken away there is not there any more: nothing is done, and the list is shown. Closing goes by the same way;
# turning into something looks only at the messages its form names.
GONE_ALREADY = ("communities:invitation_removal", "communities:occasion_removal", "communities:text_removal") + (
    "gatherings:evening_line_removal",
    "conversations:hook_closure",
    "conversations:turning",
)


@pytest.mark.slow
def test_things_of_another_community_are_not_reached_through_ones_own(scene: Scene) -> None:
    """The keeper manages the open community; behind its name stands what belongs to the private one."""
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
    """The keeper's own address, with a form that names what belongs to the private community."""
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
    """The samples of the open community, with a channel of two people and what they say in it."""
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
