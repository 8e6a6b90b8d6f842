"""What a search asks: words that matter, words that only help, phrases, and what is to be left out."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from .analysis import folded, stem, terms

MOST_WORDS = 24
# Straight, curly and corner quotation marks; folding has already made full-width ones straight.
_PHRASE = re.compile(r"\"([^\"]+)\"|“([^”]+)”|「([^」]+)」|『([^』]+)』")
# A minus before a word, after a blank or at the start; before a digit it is a number (-35).
_EXCLUDED = re.compile(r"(?<!\S)-([^\W\d]\S*)")
# Codes as people type them: r 404 a, R-404A. At least one part has a digit.
_CODE = re.compile(r"(?=[a-z \-./_]*\d)[a-z0-9]+(?:[-./_ ][a-z0-9]+)*")
_SEPARATORS = re.compile(r"[-./_ ]")
_LETTERS = re.compile(r"[a-z]+(?: [a-z]+)*")

# Words of questions and politeness: they say nothing about the subject.
_STOP_WORDS = frozenset((Path(__file__).parent / "words" / "stop_words.txt").read_text(encoding="utf-8").split())


@dataclass(frozen=True)
class SearchWord:
    """One thing that is asked for.

    Args:
        text: the folded word. parts: search terms that together stand for it, if the whole does not occur.
        code: letters and digits without signs and blanks, if it is a code or number.
    """

    text: str
    parts: tuple[str, ...] = ()
    code: str = ""

    @property
    def term(self) -> str:
        """The term the index knows it by."""
        return stem(self.text) if self.text.isascii() else self.text


@dataclass(frozen=True)
class ParsedSearch:
    """A search as understood.

    Args:
        words: what must largely occur. helpers: terms that only raise the score.
        phrases, excluded: folded texts that must, and must not, occur as they stand.
        whole: the folded text without blanks, for names. letters: the same if it may be pinyin, else empty.
        authors: ids of the people that a word names. synonyms: further texts a word is found by.
    """

    words: tuple[SearchWord, ...] = ()
    helpers: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    whole: str = ""
    letters: str = ""
    authors: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    synonyms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Return whether nothing is asked for."""
        return not (self.words or self.phrases)


def parse(text: str, fixed: Collection[str] = ()) -> ParsedSearch:
    """Read a search as it was typed.

    Args:
        fixed: folded words that stay whole wherever they occur: names and synonyms.
    """
    text = " ".join(folded(text).split())
    phrases = tuple(phrase for groups in _PHRASE.findall(text) if (phrase := "".join(groups).strip()))
    text = _PHRASE.sub(" ", text)
    excluded = tuple(_EXCLUDED.findall(text))
    text = " ".join(_EXCLUDED.sub(" ", text).split())
    code_words = [_code_word(match[0].strip()) for match in _CODE.finditer(text)]
    rest = _CODE.sub(" ", text)
    words, helpers = _content(rest, fixed)
    return ParsedSearch(
        words=tuple(dict.fromkeys([*code_words, *words]))[:MOST_WORDS],
        helpers=tuple(dict.fromkeys(helpers))[:MOST_WORDS],
        phrases=phrases,
        excluded=excluded,
        whole=text.replace(" ", ""),
        letters=text.replace(" ", "") if _LETTERS.fullmatch(text) and len(text) > 2 else "",
    )


def _code_word(text: str) -> SearchWord:
    parts = tuple(dict.fromkeys(terms(text)))
    code = _SEPARATORS.sub("", text)
    return SearchWord(text if len(parts) == 1 else code, parts if len(parts) > 1 else (), code if len(code) > 2 else "")


def _content(text: str, fixed: Collection[str]) -> tuple[list[SearchWord], list[str]]:
    """Split text into words that matter and terms that help; if only stop words are left, they matter."""
    cut = list(_cut(text, fixed))
    chosen = [word for word in cut if word not in _STOP_WORDS]
    whole = [word for word in chosen if len(word) > 1]
    # A character says little beside whole words: it is often what the segmenter could not place. Neighbours without
    # any are a word it does not know (年假).
    single = [word if word not in _STOP_WORDS else "" for word in cut]
    joined = _joined(single)
    asked = whole or [word for word in joined if len(word) > 1] or joined or cut
    words = [_word(word) for word in asked]
    helpers = [word for word in single if word and word not in asked] + [part for word in words for part in word.parts]
    return words, helpers


def _cut(text: str, fixed: Collection[str]) -> Iterator[str]:
    import rjieba

    pieces = re.split(f"({'|'.join(map(re.escape, sorted(fixed, key=len, reverse=True)))})", text) if fixed else [text]
    for piece in pieces:
        if piece in fixed:
            yield piece
        else:
            yield from (word for word in rjieba.cut(piece) if any(map(str.isalnum, word)))


def _joined(characters: Sequence[str]) -> list[str]:
    """Join neighbouring characters; an empty string separates."""
    return [word for word in "".join(character or " " for character in characters).split() if word]


def _word(text: str) -> SearchWord:
    parts = [part for part in terms(text) if part != text] if not text.isascii() else []
    return SearchWord(text, tuple(dict.fromkeys(parts)))
