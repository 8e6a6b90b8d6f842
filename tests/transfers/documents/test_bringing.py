"""Documents become articles, once, and are updated when they come again."""

from __future__ import annotations

import io
import random
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote as quote_url

import pytest
from django.core.files.storage import default_storage

from zhiliu.activity.models import Activity
from zhiliu.communities.reach import reach
from zhiliu.directory.models import Person
from zhiliu.files.models import File, Upload
from zhiliu.kit.contracts.documents import DocumentPlace, receiver
from zhiliu.kit.errors import Forbidden, Refused
from zhiliu.knowledge.drafting import library_of, save_draft
from zhiliu.knowledge.models import Article, Folder, ImportedPage, Library, Publication, Revision
from zhiliu.knowledge.publishing import archive, publish
from zhiliu.search.index import find
from zhiliu.transfers.documents.applying import _prepared, bring_batch
from zhiliu.transfers.documents.bundle import open_bundle
from zhiliu.transfers.documents.document_import import advance, bring, discard, pause, resume, start
from zhiliu.transfers.documents.models import DocumentFile, DocumentRun
from zhiliu.transfers.documents.reading import Fetcher
from zhiliu.transfers.models import Run

from .conftest import article, outcomes, packed, png

pytestmark = pytest.mark.django_db
Bring = Callable[..., DocumentRun]
HANDBOOK = {
    "手册/TOC.md": "# 目录\n\n## 上门\n\n- [先看什么](/first.md)\n- 冷库\n  - [密封条](/cold/seal.md)\n\n"
    "## 报价\n\n- [报价单](/quote.md)\n",
    "手册/first.md": "---\ntitle: 上门先看什么\nsummary: 三处先看\n---\n\n# 别的标题\n\n"
    "见[密封条](/cold/seal.md#怎么量先断电)，也见[报价](quote.md)。\n\n![表](/media/table.png)\n",
    "手册/cold/seal.md": "# 密封条\n\n## 怎么量：先断电\n\n回到[上一页](../first.md)，或[没有的](gone.md)。\n",
    "手册/quote.md": "# 报价单\n\n三页以内。\n",
    "手册/media/table.png": png(),
}


def test_a_handbook_comes_in_with_its_tree_links_anchors_and_pictures(
    bring_in: Bring, library: Library, admin: Person
) -> None:
    run = bring_in(HANDBOOK)
    assert run.state == "done" and run.counts() == {
        "new": 3,
        "changed": 0,
        "same": 0,
        "left": 0,
        "refused": 0,
        "gone": 0,
    }
    first, seal, quote = (article(f"手册/{name}.md") for name in ("first", "cold/seal", "quote"))
    assert (first.title, first.claim, first.state) == ("上门先看什么", "三处先看", "published")
    assert [str(folder) for folder in Folder.objects.order_by("place")] == ["上门", "冷库", "报价"]
    assert seal.folder is not None and str(seal.folder.parent) == "上门"
    assert f'href="/articles/{seal.pk}/#{quote_url("怎么量先断电")}"' in first.html
    assert '<h2 id="怎么量先断电">' in seal.html and seal.headings[0][2] == "怎么量先断电"
    assert f'href="/articles/{quote.pk}/"' in first.html and f'href="/articles/{first.pk}/"' in seal.html
    assert f'<img src="{Upload.objects.get().get_absolute_url()}" alt="表"' in first.html
    assert "或没有的。" in seal.draft_markdown and "gone.md" not in seal.draft_markdown
    assert list(first.authors.all()) == [admin] and first.owner == admin
    assert Publication.objects.count() == Revision.objects.count() == 3
    facts = list(Activity.objects.filter(verb="knowledge.articles_imported"))
    assert [sorted(fact.data["article_ids"]) for fact in facts] == [sorted([first.pk, seal.pk, quote.pk])]
    assert run.rows.get(source="手册/cold/seal.md").notes == [["link", "gone.md"]]


def test_the_same_again_changes_nothing_and_what_differs_is_updated(bring_in: Bring, look_at: Bring) -> None:
    bring_in(HANDBOOK)
    before = dict(Article.objects.values_list("pk", "version"))
    again = bring_in(HANDBOOK)
    assert again.state == "ready" and again.counts()["same"] == 3
    assert dict(Article.objects.values_list("pk", "version")) == before and Revision.objects.count() == 3
    changed = {**HANDBOOK, "手册/quote.md": "# 报价单\n\n两页以内。\n", "手册/more.md": "# 更多\n\n一页。\n"}
    run = bring_in(changed)
    assert outcomes(run) == {
        "手册/cold/seal.md": "same", "手册/first.md": "same", "手册/more.md": "new", "手册/quote.md": "changed",
    }  # fmt: skip
    quote = article("手册/quote.md")
    assert "两页以内" in quote.html and quote.revisions.count() == 2 and quote.revisions.first().is_published
    assert Article.objects.count() == 4 and Upload.objects.count() == File.objects.count() == 1


def test_a_page_counts_as_changed_when_what_it_links_to_or_shows_appears(bring_in: Bring) -> None:
    bring_in({name: content for name, content in HANDBOOK.items() if "media" not in name})
    first = article("手册/first.md")
    assert "<img" not in first.html and "表" in first.html
    run = bring_in({**HANDBOOK, "手册/cold/gone.md": "# 有了\n\n这里。\n"})
    assert outcomes(run)["手册/first.md"] == outcomes(run)["手册/cold/seal.md"] == "changed"
    assert "<img" in article("手册/first.md").html
    assert f"/articles/{article('手册/cold/gone.md').pk}/" in article("手册/cold/seal.md").html


def test_what_a_person_wrote_since_is_left_and_told(bring_in: Bring, admin: Person) -> None:
    bring_in(HANDBOOK)
    quote, seal = article("手册/quote.md"), article("手册/cold/seal.md")
    save_draft(quote, title=quote.title, claim="", markdown="我改过。\n", by=admin, version=quote.version)
    archive(seal, by=admin)
    new = {"手册/quote.md": "# 报价单\n\n两页。\n", "手册/cold/seal.md": "# 密封条\n\n新。\n"}
    run = bring_in({**HANDBOOK, **new})
    assert outcomes(run)["手册/quote.md"] == outcomes(run)["手册/cold/seal.md"] == "left"
    quote.refresh_from_db()
    seal.refresh_from_db()
    assert quote.draft_markdown == "我改过。\n" and "新。" not in seal.html and seal.state == "archived"


def test_what_a_person_writes_between_looking_and_bringing_in_is_left_too(
    bring_in: Bring, look_at: Bring, admin: Person
) -> None:
    bring_in(HANDBOOK)
    run = look_at({**HANDBOOK, "手册/quote.md": "# 报价单\n\n两页。\n"})
    quote = article("手册/quote.md")
    save_draft(quote, title=quote.title, claim="", markdown="我改过。\n", by=admin, version=quote.version)
    start(run, by=admin, work=False)
    run.refresh_from_db()
    advance(run)
    assert run.state == "done" and outcomes(run)["手册/quote.md"] == "left"
    assert article("手册/quote.md").draft_markdown == "我改过。\n"


def test_drafts_stay_drafts_and_a_published_article_keeps_its_readers_text(bring_in: Bring) -> None:
    bring_in(HANDBOOK, publishes=False)
    assert set(Article.objects.values_list("state", flat=True)) == {"draft"} and not Publication.objects.exists()
    bring_in({"a.md": "# 一\n\n旧。\n"})
    bring_in({"a.md": "# 一\n\n新。\n"}, publishes=False)
    item = article("a.md")
    assert item.state == "published" and "旧。" in item.html and item.draft_markdown == "新。\n"
    assert item.has_unpublished_changes


def test_a_page_can_be_found_by_searching(bring_in: Bring, catch_up: Any, wang: Person) -> None:
    bring_in(HANDBOOK)
    catch_up()
    hits = find("断电怎么量", keys=reach(wang).keys).hits
    assert ("article", article("手册/cold/seal.md").pk) in [(hit.kind, hit.key) for hit in hits]


def test_nothing_is_there_before_somebody_starts_it(look_at: Bring) -> None:
    run = look_at(HANDBOOK)
    assert run.state == "ready" and run.counts()["new"] == 3
    assert not Article.objects.exists() and not Folder.objects.exists() and not Upload.objects.exists()


def test_it_pauses_and_goes_on(look_at: Bring, admin: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zhiliu.transfers.documents.applying.BATCH", 2)
    monkeypatch.setattr("zhiliu.transfers.documents.applying.AHEAD", 0)
    run = look_at(HANDBOOK)
    start(run, by=admin, work=False)
    run.refresh_from_db()
    with open_bundle(run.path) as bundle, receiver.provider.preparing(3) as prepare:
        receiver.provider.reserve(run.place, [(row.source, row.title) for row in run.rows.all()], by=admin)
        batches = _prepared(run, Fetcher(run, bundle, receiver.provider.addresses(run.place)), prepare)
        assert bring_batch(run, *next(batches))
        pause(run, by=admin)
        assert not bring_batch(run, *next(batches))
    run.refresh_from_db()
    assert run.state == Run.State.PAUSED and run.rows.filter(waiting=True).count() == 1
    assert Article.objects.filter(state="published").count() == 2
    resume(run, by=admin)
    advance(run)
    assert run.state == "done" and Article.objects.filter(state="published").count() == 3


def test_throwing_away_keeps_what_is_in_and_gives_up_empty_rooms(look_at: Bring, admin: Person) -> None:
    run = look_at(HANDBOOK)
    path = run.path
    receiver.provider.reserve(run.place, [(row.source, row.title) for row in run.rows.all()], by=admin)
    discard(run, by=admin)
    discard(run, by=admin)
    assert not Article.objects.exists() and not ImportedPage.objects.exists() and not default_storage.exists(path)
    assert not DocumentRun.objects.exists() and not DocumentFile.objects.exists()


def test_an_import_at_work_is_not_thrown_away(look_at: Bring, admin: Person) -> None:
    run = look_at(HANDBOOK)
    start(run, by=admin)
    with pytest.raises(Refused):
        discard(run, by=admin)
    assert DocumentRun.objects.get().state == "applying"


def test_only_those_who_look_after_a_library_bring_documents_into_it(
    look_at: Bring, place: DocumentPlace, community: Any, lin: Person, wang: Person
) -> None:
    own = receiver.provider.place(library_of(community).pk)
    assert own is not None
    for by, where in ((wang, own), (wang, place), (lin, place)):
        with pytest.raises(Forbidden):
            look_at(HANDBOOK, by=by, place=where)
    assert not DocumentRun.objects.exists()
    assert [item.slug for item in receiver.provider.places(lin)] == [own.slug]
    assert receiver.provider.places(wang) == []
    run = look_at(HANDBOOK, by=lin, place=own)
    assert run.state == "ready"
    with pytest.raises(Forbidden):
        start(run, by=wang)


def test_whoever_lost_the_right_meanwhile_brings_nothing_in(look_at: Bring, admin: Person) -> None:
    run = look_at(HANDBOOK)
    start(run, by=admin, work=False)
    Person.objects.filter(pk=admin.pk).update(is_admin=False)
    run.refresh_from_db()
    advance(run)
    assert run.state == "paused" and not Article.objects.filter(state="published").exists()


def test_pictures_are_for_the_readers_of_the_library(bring_in: Bring, community: Any, lin: Person) -> None:
    own = receiver.provider.place(library_of(community).pk)
    bring_in(HANDBOOK, by=lin, place=own)
    assert Upload.objects.get().community == community


def test_the_chosen_folder_lies_above_all(bring_in: Bring) -> None:
    bring_in({"a.md": "# 一\n\n一。\n", "子/b.md": "# 二\n\n二。\n"}, folder="旧资料/2026/")
    folder = article("子/b.md").folder
    assert folder is not None
    assert [folder.name, folder.parent.name, folder.parent.parent.name] == ["子", "2026", "旧资料"]
    assert str(article("a.md").folder) == "2026"


@pytest.mark.parametrize("name", ["a.pdf", "a.zip", "a.csv"])
def test_what_is_neither_packed_nor_a_document_is_refused(name: str, admin: Person, place: DocumentPlace) -> None:
    with pytest.raises(Refused):
        bring(io.BytesIO(b"%PDF-1.7"), name=name, place=place, by=admin)
    with pytest.raises(Refused):
        bring(io.BytesIO(b""), name="a.md", place=place, by=admin)
    assert not DocumentRun.objects.exists()


def test_what_is_larger_than_files_may_be_comes_in_by_the_command_line_only(
    admin: Person, place: DocumentPlace, settings: Any
) -> None:
    settings.UPLOAD_MAX_BYTES = 1 << 20
    content = packed({"a.md": "# 一\n\n一。\n", "b.bin": random.Random(7).randbytes(1 << 20)})
    with pytest.raises(Refused, match="1 MB"):
        bring(io.BytesIO(content), name="a.zip", place=place, by=admin)
    assert not DocumentRun.objects.exists()
    run = bring(io.BytesIO(content), name="a.zip", place=place, by=admin, limited=False, work=False)
    advance(run)
    assert outcomes(run) == {"a.md": "new"}


def test_a_packed_file_without_documents_is_told(look_at: Bring) -> None:
    assert (look_at({"a.txt": "x"}).error, look_at(b"PK\x03\x04broken").error) == ("no_documents", "broken")
    assert look_at(packed({})).error == "no_documents"


PLACES = {
    "手册/a.md": "# 一\n\n[在](b.md#怎么量)[标题](b.md#二-页)[没有](b.md#没有)[顶](b.md#top)\n"
    "[名](b.md#own)[锚](b.md#here)[%](b.md#%E6%80%8E%E4%B9%88%E9%87%8F)\n\n"
    "[里](#里面)[不在](#不在)\n\n## 里面\n\n```\n## 代码\n```\n\n[码](#代码)\n",
    "手册/b.md": '# 二 页\n\n## 怎么*量*\n\n## 名 {#own}\n\n<a id="here"></a>字\n',
}


def test_a_link_to_a_place_its_page_does_not_have_is_told(bring_in: Bring, look_at: Bring, admin: Person) -> None:
    lost = [["anchor", "#不在"], ["anchor", "#代码"], ["anchor", "b.md#没有"]]
    assert look_at(PLACES).rows.get(source="手册/a.md").notes == lost
    run = bring_in(PLACES)
    assert run.rows.get(source="手册/a.md").notes == lost
    assert f'href="/articles/{article("手册/b.md").pk}/#%E6%B2%A1%E6%9C%89"' in article("手册/a.md").html
    assert look_at(PLACES).rows.get(source="手册/a.md").notes == lost
    mended = look_at({**PLACES, "手册/b.md": PLACES["手册/b.md"] + "\n## 没有\n\n有了。\n"})
    assert mended.rows.get(source="手册/a.md").notes == lost[:2] and outcomes(mended)["手册/a.md"] == "same"


def test_places_are_looked_for_in_the_article_where_that_stays(bring_in: Bring, look_at: Bring, admin: Person) -> None:
    bring_in(PLACES)
    page = article("手册/b.md")
    save_draft(page, title=page.title, claim="", markdown="## 别的\n\n字\n", by=admin, version=page.version)
    publish(page, by=admin)
    changed = {
        "手册/b.md": PLACES["手册/b.md"] + "\n改了。\n",
        "手册/a.md": "# 一\n\n[一](b.md#别的)[二](b.md#怎么量)\n",
    }
    run = look_at(changed)
    assert outcomes(run)["手册/b.md"] == "left"
    assert run.rows.get(source="手册/a.md").notes == [["anchor", "b.md#怎么量"]]
    alone = look_at({"手册/a.md": changed["手册/a.md"]})
    assert alone.rows.get(source="手册/a.md").notes == [["anchor", "b.md#怎么量"]]


def test_what_is_no_longer_in_the_source_is_told_and_stays(bring_in: Bring, look_at: Bring, admin: Person) -> None:
    bring_in(HANDBOOK)
    bring_in({"别的/quote.md": "# 别的报价\n\n另一包。\n"})
    fewer = {name: content for name, content in HANDBOOK.items() if name not in ("手册/quote.md", "手册/cold/seal.md")}
    run = bring_in({**fewer, "手册/new.md": "# 新\n\n新。\n"})
    assert run.state == "done" and outcomes(run) == {
        "手册/first.md": "same", "手册/new.md": "new", "手册/cold/seal.md": "gone", "手册/quote.md": "gone",
    }  # fmt: skip
    assert run.counts()["gone"] == 2 and run.rows.get(source="手册/quote.md").title == "报价单"
    quote = article("手册/quote.md")
    assert quote.state == "published" and Article.objects.filter(state="published").count() == 5
    archive(quote, by=admin)
    assert outcomes(look_at({**fewer, "手册/new.md": "# 新\n\n新。\n"}))["手册/cold/seal.md"] == "gone"
    gone = look_at(fewer).rows.filter(outcome="gone").order_by("source")
    assert list(gone.values_list("source", flat=True)) == ["手册/cold/seal.md", "手册/new.md"]
    assert not look_at(fewer).rows.filter(source="手册/quote.md").exists()


def test_without_a_top_folder_the_name_of_the_packed_file_is_the_source(bring_in: Bring, look_at: Bring) -> None:
    both = {"a.md": "# 一\n\n一。\n", "b.md": "# 二\n\n二。\n"}
    bring_in(both, name="周报.zip")
    assert outcomes(look_at({"a.md": both["a.md"]}, name="周报.zip")) == {"a.md": "same", "b.md": "gone"}
    assert outcomes(look_at({"a.md": both["a.md"]}, name="月报.zip")) == {"a.md": "same"}
    assert outcomes(look_at(both["a.md"].encode(), name="a.md")) == {"a.md": "same"}


def test_folders_stand_as_in_the_contents_and_only_those_of_new_pages_are_made(
    bring_in: Bring, library: Library
) -> None:
    pages = {f"书/{name}.md": f"# {name}\n\n文。\n" for name in ("上门", "报价")}
    contents = "# 目录\n\n- 乙章\n  - [报价](报价.md)\n- 甲章\n  - [上门](上门.md)\n"
    bring_in({**pages, "书/SUMMARY.md": contents})
    assert list(Folder.objects.order_by("place", "name").values_list("name", flat=True)) == ["乙章", "甲章"]
    Article.objects.update(folder=None)
    Folder.objects.all().delete()
    bring_in({**pages, "书/SUMMARY.md": contents + "- 丙章\n  - [冷库](冷库.md)\n", "书/冷库.md": "# 冷库\n\n文。\n"})
    assert list(Folder.objects.values_list("name", flat=True)) == ["丙章"]


def test_pages_of_a_folder_stand_as_in_the_contents(
    bring_in: Bring, library: Library, admin: Person, browse: Any
) -> None:
    files = {f"书/{name}.md": f"# {name}\n\n文。\n" for name in ("乙", "甲", "丙", "丁")}
    contents = "# 目录\n\n- 章\n  - [丙](丙.md)\n  - [甲](甲.md)\n  - [丁](丁.md)\n  - [乙](乙.md)\n"
    bring_in({**files, "书/SUMMARY.md": contents})
    folder = Folder.objects.get(name="章")
    text = browse(admin).get(f"{library.get_absolute_url()}?folder={folder.pk}").content.decode()
    titles = re.findall(r'class="title"[^>]*>([甲乙丙丁])<', text)
    assert titles == ["丙", "甲", "丁", "乙"]
