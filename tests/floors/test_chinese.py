"""How the Chinese catalogues are written: quotation marks, and blanks beside names (docs/style.md)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.pofile import read_po

CATALOGUES = sorted(Path("zhiliu").glob("*/locale/zh_Hans/LC_MESSAGES/django.po"))
# Placeholders that stand for names; beside numbers and addresses a blank is right.
NAME = r"%\((?:name|names|who|by|asker|author|organisation|title|community)\)s"
BLANK = re.compile(rf"(?<=[\u4e00-\u9fff]) {NAME}|{NAME} (?=[\u4e00-\u9fff])")
# What is typed as it stands, and the name of a channel, which may begin with a sign.
VERBATIM = {'里面没有文字。请发送 {"text": "…"}。', "发到 %(title)s"}


def texts() -> Iterator[tuple[str, str]]:
    """Yield (app, Chinese text) of every message."""
    for path in CATALOGUES:
        for message in read_po(path.open("rb")):
            strings = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
            for string in strings if message.id else ():
                if string not in VERBATIM:
                    yield path.parts[1], string


def matching(pattern: str | re.Pattern[str]) -> list[tuple[str, str]]:
    return [(app, text) for app, text in texts() if re.search(pattern, text)]


def test_there_are_catalogues() -> None:
    assert len(CATALOGUES) > 20 and sum(1 for _text in texts()) > 3000


def test_names_and_what_was_said_stand_in_double_quotation_marks() -> None:
    assert matching("[「」『』]") == []
    assert matching("[\"']") == []
    assert [text for text in texts() if text[1].count("“") != text[1].count("”")] == []


def test_there_is_no_blank_between_han_characters_and_names() -> None:
    assert matching(BLANK) == []
