"""A search as its words, the people it names, and the synonyms the company keeps."""

from __future__ import annotations

from dataclasses import replace

from zhiliu.directory.models import Person

from .analysis import folded
from .names import people_by_name
from .parsing import ParsedSearch, parse
from .synonyms import synonyms_in


def understand(text: str, by: Person) -> ParsedSearch:
    """Read a search of a person; two queries."""
    plain = folded(text)
    authors = people_by_name(plain.split(), by)
    synonyms = synonyms_in(plain)
    search = parse(text, fixed=[*authors, *synonyms])
    return replace(search, authors=authors, synonyms=synonyms)
