"""Articles for the tests of knowledge."""

from __future__ import annotations

from typing import Any

import pytest

from zhiliu.directory.models import Person
from zhiliu.knowledge.drafting import library_of, start_draft
from zhiliu.knowledge.models import Article, Library
from zhiliu.knowledge.publishing import publish

TEXT = "## 当时的情形\n\n雨夜，三号库门开着。\n\n## 做法\n\n1. 先断电\n2. 再看密封条\n"


@pytest.fixture
def library(community: Any) -> Library:
    """The library of the open community."""
    return library_of(community)


@pytest.fixture
def draft(library: Library, wang: Person) -> Article:
    """A draft by Wang."""
    return start_draft(library=library, title="库门结霜先看密封条", markdown=TEXT, claim="三步找到漏点", by=wang)


@pytest.fixture
def article(draft: Article, wang: Person) -> Article:
    """The draft, published."""
    publish(draft, by=wang)
    return Article.objects.get(pk=draft.pk)
