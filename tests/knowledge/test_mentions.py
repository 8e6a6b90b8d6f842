"""Whoever is named in an article is told, once, and only if they may read it."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from zhiliu.directory.models import Person
from zhiliu.knowledge.drafting import save_draft
from zhiliu.knowledge.models import Article
from zhiliu.knowledge.publishing import change_article, publish

pytestmark = pytest.mark.django_db


def link(person: Person) -> str:
    return f"[@{person.name}]({person.get_absolute_url()})"


def rewrite(article: Article, text: str, by: Person) -> None:
    """Write and publish another text."""
    article = Article.objects.get(pk=article.pk)
    save_draft(article, title=article.draft_title, claim="", markdown=text, by=by, version=article.version)
    publish(Article.objects.get(pk=article.pk), by=by)


def told(person: Person) -> list[int]:
    """How often each row of the inbox says that the person was mentioned."""
    return [row.count for row in person.notifications.filter(notice="knowledge.mentioned")]


def test_who_is_named_is_told_once(article: Article, wang: Any, xu: Any, catch_up: Any) -> None:
    rewrite(article, f"问 {link(xu)}，再问 {link(xu)}。", wang)
    rewrite(article, f"问 {link(xu)}。多了一句。", wang)
    rewrite(article, "谁也不问。", wang)
    rewrite(article, f"还是问 {link(xu)}。", wang)
    catch_up()
    assert told(xu) == [1]


def test_a_draft_tells_nobody(article: Article, wang: Any, xu: Any, catch_up: Any) -> None:
    save_draft(article, title="题", claim="", markdown=f"问 {link(xu)}", by=wang, version=article.version)
    catch_up()
    assert told(xu) == []


def test_who_may_not_read_it_is_not_told(article: Article, wang: Any, xu: Any, sun: Any, catch_up: Any) -> None:
    change_article(article, by=wang, audience="members")
    rewrite(article, f"问 {link(sun)}。", wang)
    catch_up()
    assert told(sun) == []


@pytest.mark.parametrize("text", ["`[@许](/people/{handle}/)`", "```\n/people/{handle}/\n```", "@许知远"])
def test_code_and_bare_names_call_nobody(text: str, article: Article, wang: Any, xu: Any, catch_up: Any) -> None:
    rewrite(article, text.format(handle=xu.handle), wang)
    catch_up()
    assert told(xu) == []


def test_who_names_themselves_is_not_told(article: Article, wang: Any, catch_up: Any) -> None:
    rewrite(article, f"问 {link(wang)}。", wang)
    catch_up()
    assert told(wang) == []


def test_colleagues_are_found_by_initials(article: Article, browse: Any, wang: Any, xu: Any) -> None:
    answer = browse(wang).get(reverse("knowledge:people", args=[article.pk]), {"q": xu.name})
    assert answer.json() == [{"name": xu.name, "url": xu.get_absolute_url(), "hint": str(xu.department or "")}]


def test_only_who_may_write_is_offered_names(article: Article, browse: Any, xu: Any) -> None:
    assert browse(xu).get(reverse("knowledge:people", args=[article.pk]), {"q": "王"}).status_code == 403
