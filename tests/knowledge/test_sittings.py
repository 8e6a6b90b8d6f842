"""What one sitting of one person is, who a draft is handed to, and what readers see of it."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from django.utils import timezone, translation
from freezegun import freeze_time

from zhiliu.activity.models import Activity
from zhiliu.directory.models import Person
from zhiliu.knowledge.drafting import ONE_SITTING, restore, save_draft, start_draft
from zhiliu.knowledge.editing import editor_choices
from zhiliu.knowledge.models import Article, Library, Revision
from zhiliu.knowledge.publishing import publish

pytestmark = pytest.mark.django_db


def save(by: Person, markdown: str, note: str = "") -> Article:
    article = Article.objects.get()
    return save_draft(
        article,
        title=article.draft_title,
        claim=article.draft_claim,
        markdown=markdown,
        by=by,
        version=article.version,
        note=note,
    )


def numbers() -> list[int]:
    return list(Revision.objects.order_by("number").values_list("number", flat=True))


def first_revision() -> Revision:
    return Revision.objects.get(number=1)


def handed_over() -> list[int]:
    rows = Activity.objects.filter(verb="knowledge.article_handed_over").order_by("pk")
    return [row.data["owner_id"] for row in rows]


@pytest.mark.parametrize(("minutes", "revisions"), [(9, [1]), (10, [1, 2])])
def test_a_sitting_lasts_less_than_ten_minutes(
    draft: Article, wang: Person, minutes: int, revisions: list[int]
) -> None:
    assert dt.timedelta(minutes=10) == ONE_SITTING
    with freeze_time(first_revision().at + dt.timedelta(minutes=minutes)):
        save(wang, "第二稿")
    assert numbers() == revisions


def test_after_an_earlier_text_came_back_the_next_save_is_a_revision_of_its_own(draft: Article, wang: Person) -> None:
    publish(draft, by=wang)
    save(wang, "第二稿")
    restore(first_revision(), by=wang)
    save(wang, "第三稿")
    assert numbers() == [1, 2, 3, 4]


def test_an_article_without_history_gets_its_first_revision_by_saving(library: Library, wang: Person) -> None:
    Article.objects.create(library=library, owner=wang, by=wang, title="占位", draft_title="占位")
    save(wang, "第一稿")
    assert (numbers(), first_revision().markdown) == ([1], "第一稿")


def test_a_note_stays_until_another_one_in_the_same_sitting(draft: Article, wang: Person) -> None:
    save(wang, "第二稿", note="补数字")
    save(wang, "第三稿")
    assert (first_revision().note, first_revision().markdown) == ("补数字", "第三稿")
    save(wang, "第四稿", note="改口气")
    assert first_revision().note == "改口气"


def test_readers_of_a_published_article_keep_what_they_have_when_an_earlier_text_comes_back(
    article: Article, wang: Person
) -> None:
    save(wang, "第二稿")
    publish(Article.objects.get(), by=wang)
    restored = restore(first_revision(), by=wang)
    assert (restored.plain, restored.draft_markdown) == ("第二稿", first_revision().markdown)
    assert Article.objects.get().plain == "第二稿"


def test_readers_of_a_draft_see_the_text_that_came_back(draft: Article, wang: Person) -> None:
    before = Article.objects.get().html
    with freeze_time(timezone.now() + ONE_SITTING):
        save(wang, "第二稿")
    restore(first_revision(), by=wang)
    assert Article.objects.get().html == before


def test_bringing_an_earlier_text_back_is_announced_once(article: Article, wang: Person) -> None:
    save(wang, "第二稿")
    before = Activity.objects.filter(verb="knowledge.draft_saved").count()
    for _turn in range(2):
        restore(first_revision(), by=wang)
    rows = Activity.objects.filter(verb="knowledge.draft_saved").order_by("pk")[before:]
    assert [row.data["revision_id"] for row in rows] == [Revision.objects.get(number=3).pk]


def test_a_draft_for_somebody_else_is_theirs_and_they_are_told(library: Library, wang: Person, xu: Person) -> None:
    theirs = start_draft(library=library, title="题目", markdown="文字", by=wang, owner=xu)
    assert (theirs.owner, set(theirs.authors.all()), handed_over()) == (xu, {wang, xu}, [xu.pk])


def test_a_draft_for_oneself_is_handed_to_nobody(library: Library, wang: Person) -> None:
    own = start_draft(library=library, title="题目", markdown="文字", by=wang, owner=wang)
    assert (own.owner, handed_over()) == (wang, [])


def test_a_draft_without_a_title_is_called_so(library: Library, wang: Person) -> None:
    with translation.override("en"):
        assert start_draft(library=library, title="", markdown="文字", by=wang).title == "Untitled"


def test_a_done_task_has_a_full_box_and_an_open_one_an_empty_box(library: Library, wang: Person) -> None:
    html = start_draft(library=library, title="题", markdown="- [x] 断电\n- [ ] 看密封条\n", by=wang).html
    assert '<span class="task-box done"><span class="hidden-text">☑</span></span> 断电' in html
    assert '<span class="task-box"><span class="hidden-text">☐</span></span> 看密封条' in html


@pytest.mark.parametrize(
    ("language", "ways"),
    [
        ("zh-hans", ["biao ge", "biaoge", "bg", "表格", "table"]),
        ("en", ["table", "biao ge", "biaoge", "bg", "表格"]),
    ],
)
def test_what_can_be_inserted_is_found_first_by_how_its_readers_type(language: str, ways: list[str]) -> None:
    with translation.override(language):
        choices = {choice["key"]: choice["find"] for choice in json.loads(editor_choices())}
    assert choices["table"] == ways
