"""Who has an article open in the editor is told to those who may write it, and to nobody else."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from zhiliu.knowledge.models import Article
from zhiliu.live.topics import gates

pytestmark = pytest.mark.django_db


def test_the_editor_hears_of_its_article_only(article: Article, browse: Any, wang: Any) -> None:
    answer = browse(wang).get(reverse("knowledge:edit", args=[article.pk]))
    assert f"topic=article-{article.pk}" in answer.content.decode()


def test_only_who_may_write_hears_and_says_it(article: Article, browse: Any, wang: Any, xu: Any) -> None:
    may_hear = gates.get("article")
    assert may_hear is not None
    assert [may_hear(person, article.pk) for person in (wang, xu)] == [True, False]
    door = reverse("knowledge:writers", args=[article.pk])
    assert [browse(person).post(door).status_code for person in (wang, xu)] == [204, 403]
