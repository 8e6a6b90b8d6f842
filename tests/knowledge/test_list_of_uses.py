"""Who used the articles of a library, or one article, is a file for those who keep the library."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from zhiliu.audit.models import Entry
from zhiliu.communities.models import Community
from zhiliu.directory.models import Department, Person
from zhiliu.knowledge.drafting import library_of, organisation_library, start_draft
from zhiliu.knowledge.models import Article, Library, Use
from zhiliu.knowledge.publishing import publish
from zhiliu.knowledge.using import note_use

pytestmark = pytest.mark.django_db
HEADINGS = "文章,谁用的,工号,部门,用在哪里,结果,带来什么变化,应用日期"


@pytest.fixture
def uses(article: Article, library: Library, wang: Person, xu: Person) -> list[Use]:
    """Xu used the article, then Wang another one of the library."""
    Person.objects.filter(pk=xu.pk).update(department=Department.objects.create(name="售后部"))
    other = start_draft(library=library, title="夜班先看表", markdown="先看表。", by=wang)
    publish(other, by=wang)
    other = Article.objects.get(pk=other.pk)
    first = note_use(article, where="三号库", by=xu, outcome=Use.Outcome.WORKED, story="十分钟找到")
    return [first, note_use(other, where="四号库", by=wang)]


def lines(client: Client, path: str) -> list[str]:
    answer = client.get(f"{path}uses/export/?as=csv")
    return str(b"".join(answer.streaming_content).decode("utf-8-sig")).splitlines()  # type: ignore[attr-defined]


def test_the_uses_of_a_library_are_a_file(uses: list[Use], library: Library, lin: Person, browse: Any) -> None:
    client, today = browse(lin), timezone.localdate().isoformat()
    assert lines(client, library.get_absolute_url()) == [
        HEADINGS,
        f"夜班先看表,王一帆,N-wang,,四号库,还不知道,,{today}",
        f"库门结霜先看密封条,徐小满,N-xu,售后部,三号库,有效,十分钟找到,{today}",
    ]
    entry = Entry.objects.get(verb="directory.list_exported")
    assert (entry.subject, entry.by_id) == (f"“{library.name}”里文章的应用记录", lin.pk)
    assert entry.community_id == library.community_id
    assert f"{library.get_absolute_url()}uses/export/" in client.get(library.get_absolute_url()).content.decode()


def test_the_uses_of_an_article_are_a_file_also_of_who_is_gone(
    uses: list[Use], article: Article, lin: Person, browse: Any
) -> None:
    Use.objects.filter(pk=uses[0].pk).update(by=None)
    client = browse(lin)
    assert lines(client, article.get_absolute_url())[1].startswith("库门结霜先看密封条,,,,三号库,有效,")
    assert len(lines(client, article.get_absolute_url())) == 2
    assert Entry.objects.filter(subject="“库门结霜先看密封条”的应用记录").count() == 2
    assert f"{article.get_absolute_url()}uses/export/" in client.get(article.get_absolute_url()).content.decode()


def test_a_library_lists_no_uses_of_another(
    uses: list[Use], closed_community: Community, lin: Person, browse: Any
) -> None:
    assert lines(browse(lin), library_of(closed_community).get_absolute_url()) == [HEADINGS]


def test_who_only_reads_gets_no_file(
    uses: list[Use], article: Article, library: Library, wang: Person, browse: Any
) -> None:
    client = browse(wang)
    for thing in (article, library):
        assert "uses/export/" not in client.get(thing.get_absolute_url()).content.decode()
        assert client.get(f"{thing.get_absolute_url()}uses/export/").status_code == 403
    assert not Entry.objects.filter(verb="directory.list_exported").exists()


def test_administrators_take_the_uses_of_the_organisation_s_library(lin: Person, admin: Person, browse: Any) -> None:
    path = organisation_library().get_absolute_url()
    assert lines(browse(admin), path) == [HEADINGS]
    assert browse(lin).get(f"{path}uses/export/").status_code == 403
