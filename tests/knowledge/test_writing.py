"""Drafts are written, published, compared and restored; nothing anybody wrote is lost."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from tests.cast import fresh
from zhiliu.activity.models import Activity
from zhiliu.kit.errors import Forbidden, Refused
from zhiliu.knowledge import drafting
from zhiliu.knowledge.comparing import as_html, compare, is_same, state_of, word_diff
from zhiliu.knowledge.drafting import StaleDraft, library_of, restore, save_draft, start_draft
from zhiliu.knowledge.models import Article, Revision
from zhiliu.knowledge.publishing import publish
from zhiliu.knowledge.writing_templates import GUIDES, ticks

pytestmark = pytest.mark.django_db


def facts(verb: str) -> int:
    return Activity.objects.filter(verb=f"knowledge.{verb}").count()


def save(article: Article, by: Any, markdown: str, version: int) -> Article:
    return save_draft(article, title=article.draft_title, claim="", markdown=markdown, by=by, version=version)


def test_a_draft_begins_with_its_author_and_first_revision(draft: Article, wang: Any) -> None:
    assert (draft.state, draft.owner, list(draft.authors.all())) == ("draft", wang, [wang])
    assert [revision.number for revision in draft.revisions.all()] == [1]
    assert facts("draft_started") == 1


def test_publishing_twice_changes_nothing(draft: Article, wang: Any) -> None:
    first, second = publish(draft, by=wang), publish(draft, by=wang)
    assert first == second
    assert facts("article_published") == 1
    assert Article.objects.get().review_on == timezone.localdate() + dt.timedelta(days=180)


def test_nothing_is_published_without_title_or_text(library: Any, wang: Any) -> None:
    empty = start_draft(library=library, title="", markdown="", by=wang)
    with pytest.raises(Refused):
        publish(empty, by=wang)
    assert Article.objects.get().state == "draft"
    assert facts("article_published") == 0


def test_what_was_not_read_is_not_published(draft: Article, wang: Any) -> None:
    save(draft, wang, "换了一段", version=1)
    with pytest.raises(StaleDraft):
        publish(draft, by=wang, version=1)
    assert Article.objects.get().state == "draft"


def test_readers_see_the_published_text_until_the_next_publication(article: Article, wang: Any) -> None:
    save(article, wang, "新的一段", version=article.version)
    found = Article.objects.get()
    assert "三号库门" in found.html and found.draft_markdown == "新的一段" and found.has_unpublished_changes
    publish(found, by=wang, note="补充")
    found = Article.objects.get()
    assert "新的一段" in found.html and not found.has_unpublished_changes
    assert found.revisions.first().note == "补充"


def test_a_save_on_an_old_version_is_refused_and_loses_neither_text(draft: Article, wang: Any, lin: Any) -> None:
    save(draft, lin, "林的一段", version=1)
    with pytest.raises(StaleDraft) as stale:
        save(draft, wang, "王的一段", version=1)
    assert stale.value.article.draft_markdown == "林的一段"
    article = Article.objects.get()
    assert (article.draft_markdown, article.version) == ("林的一段", 2)


def test_saving_the_same_again_changes_nothing(draft: Article, wang: Any) -> None:
    save(draft, wang, "一段", version=1)
    again = save(draft, wang, "一段", version=1)
    assert again.version == 2
    assert facts("draft_saved") == 1


def test_one_sitting_of_one_person_is_one_revision(draft: Article, wang: Any, lin: Any) -> None:
    save(draft, wang, "甲", version=1)
    save(draft, wang, "甲乙", version=2)
    assert Revision.objects.count() == 1
    save(draft, lin, "甲乙丙", version=3)
    assert [(revision.number, revision.by) for revision in draft.revisions.all()] == [(2, lin), (1, wang)]


def test_a_pause_begins_a_new_revision(draft: Article, wang: Any) -> None:
    Revision.objects.update(at=timezone.now() - drafting.ONE_SITTING)
    save(draft, wang, "第二天写的", version=1)
    assert Revision.objects.count() == 2


def test_restoring_makes_a_new_revision_and_twice_is_harmless(draft: Article, wang: Any, lin: Any) -> None:
    before = draft.draft_markdown
    save(draft, lin, "改坏了", version=1)
    first = Revision.objects.get(number=1)
    restore(first, by=wang)
    restore(first, by=wang)
    article = Article.objects.get()
    assert (article.draft_markdown, article.version) == (before, 3)
    assert [revision.number for revision in article.revisions.all()] == [3, 2, 1]
    assert article.revisions.first().restored_from == first


def test_only_writers_and_keepers_edit(draft: Article, xu: Any, zhao: Any, lin: Any) -> None:
    for person in (xu, zhao):
        with pytest.raises(Forbidden):
            save(draft, person, "别人的", version=1)
    save(draft, lin, "林照看这个库", version=1)
    assert Article.objects.get().version == 2


def test_an_archived_community_is_read_but_not_written(article: Article, wang: Any, community: Any) -> None:
    community.phase = "archived"
    community.save()
    article = Article.objects.get(pk=article.pk)
    with pytest.raises(Forbidden):
        save(article, fresh(wang), "改", version=article.version)
    assert Article.objects.visible_to(fresh(wang)).filter(pk=article.pk).exists()


def test_outsiders_and_guests_cannot_begin_articles(library: Any, sun: Any, zhao: Any) -> None:
    for person in (sun, zhao):
        with pytest.raises(Forbidden):
            start_draft(library=library, title="x", markdown="y", by=person)
    assert Article.objects.count() == 0


def test_a_draft_for_somebody_else_is_handed_over(library: Any, wang: Any, xu: Any, catch_up: Any) -> None:
    article = start_draft(library=library, title="轮岗交接", markdown="写", by=wang, owner=xu)
    catch_up()
    assert set(article.authors.all()) == {wang, xu}
    assert xu.notifications.get(kind="article").notice == "knowledge.handed_over"


def test_tasks_are_shown_with_boxes(library: Any, wang: Any) -> None:
    article = start_draft(library=library, title="清单", markdown="- [x] 断电\n- [ ] 挂牌\n", by=wang)
    assert 'class="task-box done"' in article.html and "[x]" not in article.html
    assert article.html.count("task-box") == 2


def test_two_libraries_cannot_take_the_same_address(lin: Any) -> None:
    from tests.cast import make_community

    community = make_community(lin, name="公司")
    community.slug = "company"
    community.save()
    assert drafting.organisation_library().slug == "company"
    assert library_of(community).slug == "company-1"


def test_the_difference_is_told_by_words() -> None:
    pieces = word_diff("先看密封条再断电", "先断电，再看密封条")
    assert "".join(piece.text for piece in pieces if piece.op in "=-") == "先看密封条再断电"
    assert "".join(piece.text for piece in pieces if piece.op in "=+") == "先断电，再看密封条"
    assert as_html(word_diff("<b>", "<i>")).count("<b>") == 0


def test_a_mended_sentence_is_told_by_words_and_another_sentence_as_a_whole() -> None:
    mended = word_diff("先租一台顶两天，比再烧一台便宜。再断电。", "先租一台顶三天，比再烧一台便宜。再断电。")
    assert [piece.op for piece in mended] == ["=", "-", "+", "="]
    old, new = "尾句。\n老钱补的一句：先看表", "尾句。\n书意补的一句：附上照片。"
    pieces = word_diff(old, new)
    assert [(piece.op, piece.text) for piece in pieces] == [
        ("=", "尾句。\n"),
        ("-", "老钱补的一句：先看表"),
        ("+", "书意补的一句：附上照片。"),
    ]


def test_long_stretches_without_change_are_left_out() -> None:
    same = "。".join(f"第{number}句" for number in range(400))
    pieces = word_diff(f"{same}甲{same}", f"{same}乙{same}")
    assert [piece.op for piece in pieces] == ["…", "=", "-", "+", "=", "…"]
    assert is_same(word_diff(same, same))


def test_two_states_are_compared_in_all_their_parts(draft: Article, wang: Any) -> None:
    Revision.objects.update(at=timezone.now() - drafting.ONE_SITTING)
    save_draft(draft, title="新题", claim="新话", markdown=draft.draft_markdown, by=wang, version=1)
    new, old = draft.revisions.all()
    comparison = compare(state_of(old), state_of(new))
    assert "<ins>" in comparison.title and "<ins>" in comparison.claim and "<ins>" not in comparison.text
    assert not comparison.is_same
    assert compare(state_of(old), state_of(old)).is_same


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_guide_ticks_what_is_filled_in_either_language(language: str) -> None:
    from django.utils.translation import override

    with override(language):
        empty = GUIDES["case"].text()
    assert [tick.is_done for tick in ticks("case", empty)] == [False] * 5
    heading = empty.split("\n")[0]
    filled = ticks("case", empty.replace(heading, f"{heading}\n\n那天下雨"))
    assert [tick.is_done for tick in filled] == [True, False, False, False, False]
    assert [tick.is_next for tick in filled] == [False, True, False, False, False]
