"""The pages of knowledge: who gets in, what they cost, and that nothing typed breaks or is lost."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from zhiliu.knowledge.drafting import library_of, start_draft
from zhiliu.knowledge.models import Article, Use
from zhiliu.knowledge.publishing import change_article, publish

pytestmark = pytest.mark.django_db
JSON = {"HTTP_ACCEPT": "application/json"}
PAGES = ("article", "history", "uses", "edit", "settings", "review")


def url(name: str, article: Article, *more: Any) -> str:
    return reverse(f"knowledge:{name}", args=[article.pk, *more])


@pytest.mark.parametrize("name", PAGES)
def test_every_page_opens_for_the_author(name: str, article: Article, browse: Any, wang: Any) -> None:
    assert browse(wang).get(url(name, article)).status_code == 200


@pytest.mark.parametrize("name", PAGES)
def test_out_of_reach_is_not_found(name: str, article: Article, browse: Any, wang: Any, sun: Any) -> None:
    change_article(article, by=wang, audience="members")
    assert browse(sun).get(url(name, article)).status_code == 404


@pytest.mark.parametrize("name", ["edit", "settings", "review"])
def test_readers_are_told_why_they_cannot_change_it(name: str, article: Article, browse: Any, xu: Any) -> None:
    answer = browse(xu).get(url(name, article))
    assert answer.status_code == 403
    assert "知识库负责人" in answer.content.decode()


def test_guests_read_but_do_not_begin_articles(article: Article, browse: Any, zhao: Any) -> None:
    assert browse(zhao).get(url("article", article)).status_code == 200
    assert browse(zhao).get(reverse("knowledge:new")).status_code == 403
    assert browse(zhao).get(reverse("knowledge:library", args=["company"])).status_code == 404


def test_the_library_of_a_private_community_is_out_of_reach(
    closed_community: Any, browse: Any, sun: Any, wang: Any
) -> None:
    address = reverse("knowledge:library", args=[closed_community.slug])
    assert browse(sun).get(address).status_code == 404
    assert browse(wang).get(address).status_code == 200


def test_a_new_article_is_begun_once(library: Any, browse: Any, wang: Any) -> None:
    client, form = browse(wang), {"title": "库门", "library": library.slug, "template": "case", "_once": "t1"}
    first, second = client.post(reverse("knowledge:new"), form), client.post(reverse("knowledge:new"), form)
    assert Article.objects.count() == 1
    assert first["Location"] == second["Location"] == url("edit", Article.objects.get())
    assert Article.objects.get().draft_markdown.startswith("## 当时的情形")


def test_one_cannot_begin_in_a_library_one_may_not_write_in(library: Any, browse: Any, sun: Any) -> None:
    answer = browse(sun).post(reverse("knowledge:new"), {"title": "x", "library": library.slug, "template": "plain"})
    assert answer.status_code == 200 and Article.objects.count() == 0


def test_saving_by_itself_answers_the_new_version(draft: Article, browse: Any, wang: Any) -> None:
    form = {"title": "新题", "claim": "", "markdown": "一\n\n二", "version": 1}
    answer = browse(wang).post(url("edit", draft), form, **JSON)
    assert answer.json()["version"] == 2
    assert Article.objects.get().draft_markdown == "一\n\n二"


def test_blank_lines_at_the_ends_are_kept(draft: Article, browse: Any, wang: Any) -> None:
    text = "\n\n    缩进的代码\n\n"
    browse(wang).post(url("edit", draft), {"title": "题", "markdown": text, "version": 1}, **JSON)
    assert Article.objects.get().draft_markdown == text


def test_a_conflict_shows_both_texts_and_loses_none(draft: Article, browse: Any, wang: Any, lin: Any) -> None:
    browse(lin).post(url("edit", draft), {"title": "题", "markdown": "林写的一段", "version": 1}, **JSON)
    mine = {"title": "题", "markdown": "王写的一段", "version": 1}
    told = browse(wang).post(url("edit", draft), mine, **JSON)
    assert told.status_code == 409
    assert told.json()["markdown"] == "林写的一段" and "<ins>" in told.json()["html"]
    page = browse(wang).post(url("edit", draft), mine)
    content = page.content.decode()
    assert page.status_code == 409 and "王写的一段</textarea>" in content and "林晓岚" in content
    below = browse(wang).post(url("edit", draft), {**mine, "settle": "below"}).content.decode()
    assert "林写的一段\n\n王写的一段</textarea>" in below
    assert Article.objects.get().draft_markdown == "林写的一段"


def test_publishing_from_the_editor_saves_first(draft: Article, browse: Any, wang: Any) -> None:
    form = {"title": "题", "markdown": "写好了", "version": 1, "act": "publish", "note": "第一版"}
    answer = browse(wang).post(url("edit", draft), form)
    assert answer["Location"] == url("article", draft)
    article = Article.objects.get()
    assert article.state == "published" and "写好了" in article.html


def test_a_refused_publication_keeps_what_was_saved(draft: Article, browse: Any, wang: Any) -> None:
    answer = browse(wang).post(
        url("edit", draft), {"title": "", "markdown": "没有题目", "version": 1, "act": "publish"}
    )
    content = answer.content.decode()
    assert answer.status_code == 422 and "先写上标题和正文" in content
    assert 'name="version" value="2"' in content
    assert Article.objects.get().state == "draft"


def test_readers_see_only_published_states_in_the_history(article: Article, browse: Any, wang: Any, xu: Any) -> None:
    browse(wang).post(url("edit", article), {"title": "题", "markdown": "还没想好", "version": 1}, **JSON)
    assert article.revisions.count() == 2
    assert browse(wang).get(url("revision", article, 2)).status_code == 200
    assert browse(xu).get(url("revision", article, 2)).status_code == 404
    assert browse(xu).get(url("revision", article, 1)).status_code == 200
    assert "第 2 版" not in browse(xu).get(url("history", article)).content.decode()


def test_two_chosen_states_are_compared(article: Article, browse: Any, wang: Any) -> None:
    answer = browse(wang).get(url("history", article), {"from": "1", "to": "3"})
    assert answer["Location"] == f"{url('revision', article, 3)}?against=1"


def test_a_use_is_noted_and_its_outcome_told_later(article: Article, browse: Any, xu: Any, wang: Any) -> None:
    client = browse(xu)
    client.post(url("uses", article), {"where": "三号库", "outcome": "unknown", "story": ""})
    use = Use.objects.get()
    assert browse(wang).get(f"{url('uses', article)}?use={use.pk}").status_code == 404
    client.post(f"{url('uses', article)}?use={use.pk}", {"where": "三号库", "outcome": "worked", "story": "十分钟"})
    assert Use.objects.get().outcome == "worked"


def test_the_form_of_a_use_comes_as_a_fragment(article: Article, browse: Any, xu: Any) -> None:
    answer = browse(xu).get(url("uses", article), {"outcome": "failed"}, HTTP_HX_REQUEST="true").content.decode()
    assert answer.lstrip().startswith("<form") and 'value="failed"' in answer


def test_settings_name_only_people_one_can_see(article: Article, browse: Any, wang: Any, xu: Any) -> None:
    form = {
        "owner": xu.pk,
        "authors": [wang.pk],
        "folder": " 现场 / 库门 ",
        "tags": "密封条，库门",
        "audience": "members",
    }
    assert browse(wang).post(url("settings", article), form).status_code == 302
    found = Article.objects.get()
    assert (found.owner, found.audience, str(found.folder), found.tags.count()) == (xu, "members", "库门", 2)
    assert browse(wang).post(url("settings", article), {**form, "owner": 999_999}).status_code == 200
    assert Article.objects.get().owner == xu


def test_archiving_can_be_undone(article: Article, browse: Any, wang: Any) -> None:
    browse(wang).post(url("archive", article))
    assert Article.objects.get().state == "archived"
    browse(wang).post(f"{url('archive', article)}?undo=1")
    assert Article.objects.get().state == "published"


def test_an_sop_is_acknowledged(library: Any, browse: Any, wang: Any, xu: Any) -> None:
    article = start_draft(library=library, title="断电挂牌", markdown="1. 断电", template="sop", by=wang)
    publish(article, by=wang)
    assert "我已读过" in browse(xu).get(url("article", article)).content.decode()
    browse(xu).post(url("acknowledgement", article))
    assert "你读过这一版" in browse(xu).get(url("article", article)).content.decode()


def _queries(client: Any, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


@pytest.mark.parametrize("page", ["library", "home", "community", "profile"])
def test_lists_cost_the_same_with_one_and_three_rows(
    page: str, library: Any, article: Article, browse: Any, wang: Any, lin: Any
) -> None:
    address = {
        "library": library.get_absolute_url(),
        "home": reverse("knowledge:home"),
        "community": library.community.get_absolute_url(),
        "profile": wang.get_absolute_url(),
    }[page]
    change_article(article, by=wang, tags=["a"])
    client = browse(lin)
    query = _queries(client, address)
    for number in range(2):
        made = start_draft(library=library, title=f"第{number}篇", markdown="文", by=wang)
        publish(made, by=wang)
        change_article(made, by=wang, tags=["a", f"b{number}"])
    assert _queries(client, address) == query


def test_the_article_page_costs_the_same_with_one_and_three_uses(
    article: Article, browse: Any, lin: Any, xu: Any
) -> None:
    from zhiliu.knowledge.using import note_use

    client = browse(lin)
    note_use(article, where="一号库", by=xu)
    query = _queries(client, url("article", article))
    for number in (2, 3):
        note_use(article, where=f"{number}号库", by=xu)
    assert _queries(client, url("article", article)) == query


def test_filters_narrow_and_nonsense_does_no_harm(library: Any, article: Article, browse: Any, wang: Any) -> None:
    client, address = browse(wang), library.get_absolute_url()
    assert "库门结霜" in client.get(address, {"template": "plain"}).content.decode().replace("<wbr>", "")
    assert "库门结霜" not in client.get(address, {"template": "sop"}).content.decode().replace("<wbr>", "")
    for query in ({"folder": "x"}, {"folder": "9" * 30}, {"show": "?"}, {"tag": "'"}, {"after": "zz"}):
        assert client.get(address, query).status_code == 200


def test_naughty_strings_are_only_text(library: Any, browse: Any, wang: Any, shared_data: Path) -> None:
    strings = json.loads((shared_data / "naughty-strings.json").read_text())
    client = browse(wang)
    article = start_draft(library=library, title="题", markdown="文", by=wang)
    publish(article, by=wang)
    for place in range(0, len(strings), 60):
        some = strings[place : place + 60]
        version = Article.objects.get(pk=article.pk).version
        form = {"title": some[0][:120], "claim": some[-1][:200], "markdown": "\n\n".join(some), "version": version}
        answer = client.post(url("edit", article), form)
        assert answer.status_code in (302, 422), some
        client.post(url("uses", article), {"where": some[1][:60], "outcome": "worked", "story": some[2][:500]})
        for name in ("article", "edit", "history"):
            page = client.get(url(name, article))
            assert page.status_code == 200
            assert not _foreign_scripts(page.content.decode()), name
    client.post(
        url("edit", article),
        {"title": "题", "markdown": "\n\n".join(strings), "version": Article.objects.get().version},
    )
    publish(Article.objects.get(), by=wang)
    assert not _foreign_scripts(client.get(url("article", article)).content.decode())


def _foreign_scripts(page: str) -> list[str]:
    import re

    tags = re.findall(r"<(?:script|iframe|svg|object|embed)\b[^>]*>", page, re.IGNORECASE)
    own = re.compile(r'<script (?:[^>]* )?(?:src="/static/|type="module")|<svg class="', re.IGNORECASE)
    handlers = re.findall(r"<\w+[^>]*\son\w+\s*=\s*[\"'][^>]*>", page)
    return [tag for tag in tags if not own.match(tag)] + handlers


def test_the_library_of_a_community_with_the_feature_off_is_not_there(community: Any, browse: Any, wang: Any) -> None:
    community.features = [feature for feature in community.features if feature != "library"]
    community.save()
    assert browse(wang).get(reverse("knowledge:library", args=[community.slug])).status_code == 404
    assert library_of(community).slug == community.slug
