"""Articles are read, used, reviewed, acknowledged and looked after."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from tests.cast import fresh
from zhiliu.activity.models import Activity
from zhiliu.communities.joining import add_members
from zhiliu.communities.role_permissions import Role
from zhiliu.directory.models import Person
from zhiliu.kit.errors import Forbidden, Refused
from zhiliu.knowledge import todos
from zhiliu.knowledge.drafting import organisation_library, start_draft
from zhiliu.knowledge.folders import folder_at, path_text
from zhiliu.knowledge.models import Article, Folder, Use
from zhiliu.knowledge.publishing import (
    acknowledge,
    archive,
    change_article,
    publish,
    review,
    take_out_again,
    tell_due_reviews,
)
from zhiliu.knowledge.using import note_reading, note_use, tell_outcome
from zhiliu.lineage.linking import reached, walk

pytestmark = pytest.mark.django_db


def test_a_use_is_counted_once_a_place(article: Article, xu: Any) -> None:
    note_use(article, where="三号库", by=xu)
    note_use(article, where=" 三号库 ", by=xu, outcome=Use.Outcome.WORKED, story="十分钟找到")
    assert Article.objects.get().use_count == 1
    assert Use.objects.get().outcome == "worked"
    assert Activity.objects.filter(verb="knowledge.article_used").count() == 1
    note_use(article, where="三号库", by=xu)
    assert Use.objects.get().outcome == "worked", "pressing again without news must not take the outcome back"


def test_a_use_joins_the_line(article: Article, xu: Any) -> None:
    use = note_use(article, where="三号库", by=xu)
    assert walk([("article", article.pk)], upwards=False) == [("use", use.pk)]
    assert reached([("article", article.pk)]) == {("article", article.pk): 4}


def test_a_draft_is_not_used_and_a_place_is_needed(draft: Article, wang: Any) -> None:
    with pytest.raises(Refused):
        note_use(draft, where="三号库", by=wang)
    publish(draft, by=wang)
    with pytest.raises(Refused):
        note_use(Article.objects.get(), where="  ", by=wang)
    assert Use.objects.count() == 0


def test_only_ones_own_outcome_is_told(article: Article, xu: Any, wang: Any) -> None:
    use = note_use(article, where="三号库", by=xu)
    with pytest.raises(Forbidden):
        tell_outcome(use, outcome="failed", story="", by=wang)
    tell_outcome(use, outcome="failed", story="漏的是门框", by=xu)
    tell_outcome(use, outcome="failed", story="漏的是门框", by=xu)
    assert Activity.objects.filter(verb="knowledge.article_use_changed").count() == 1


def test_writers_learn_of_uses_and_outcomes(article: Article, xu: Any, wang: Any, catch_up: Any) -> None:
    use = note_use(article, where="三号库", by=xu)
    tell_outcome(use, outcome="worked", story="", by=xu)
    catch_up()
    assert {row.notice for row in wang.notifications.filter(kind="article")} == {"knowledge.used", "knowledge.outcome"}


def test_reading_counts_once_a_day_and_not_for_writers(article: Article, xu: Any, wang: Any, lin: Any) -> None:
    article.authors.add(lin)
    for person in (xu, xu, wang, lin):
        note_reading(article, by=person)
    assert Article.objects.get().read_count == 1


def test_verifying_is_for_those_who_may(article: Article, wang: Any, lin: Any, xu: Any, community: Any) -> None:
    with pytest.raises(Forbidden):
        review(article, by=wang, verifies=True)
    assert Article.objects.get().verified_by is None
    add_members(community, {xu: Role.EXPERT}, by=lin)
    review(article, by=lin, verifies=True)
    assert Article.objects.get().verified_by == lin


def test_the_owner_reviews_without_the_badge(article: Article, wang: Any) -> None:
    review(article, by=wang, next_on=dt.date(2030, 1, 1))
    found = Article.objects.get()
    assert (found.review_on, found.verified_by) == (dt.date(2030, 1, 1), None)


def test_a_draft_cannot_be_reviewed(draft: Article, wang: Any) -> None:
    with pytest.raises(Refused):
        review(draft, by=wang)
    assert draft.reviews.count() == 0


def test_each_review_date_is_told_once(article: Article, wang: Any, catch_up: Any) -> None:
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    change_article(article, by=wang, review_on=yesterday)
    assert (tell_due_reviews(), tell_due_reviews()) == (1, 0)
    catch_up()
    assert wang.notifications.filter(notice="knowledge.review_due").count() == 1
    change_article(article, by=wang, review_on=timezone.localdate())
    assert tell_due_reviews() == 1


def test_acknowledging_twice_is_harmless_and_starts_anew_with_the_next_version(
    article: Article, xu: Any, wang: Any
) -> None:
    from zhiliu.knowledge.drafting import save_draft
    from zhiliu.knowledge.queries import acknowledgements, latest_publication

    acknowledge(article, by=xu)
    acknowledge(article, by=xu)
    found = acknowledgements(article, latest_publication(article), xu)  # type: ignore[arg-type]
    assert (found.count, found.mine) == (1, True)
    assert xu not in found.missing and wang in found.missing
    save_draft(article, title="新题", claim="", markdown="新的步骤", by=wang, version=article.version)
    publish(article, by=wang)
    assert acknowledgements(article, latest_publication(article), xu).count == 0  # type: ignore[arg-type]


def test_archived_articles_stay_readable_and_come_back(article: Article, wang: Any, xu: Any) -> None:
    archive(article, by=wang)
    assert Article.objects.visible_to(xu).get().state == "archived"
    take_out_again(article, by=wang)
    assert Article.objects.get().state == "published"


def test_handing_over_tells_the_new_owner(article: Article, wang: Any, xu: Any, catch_up: Any) -> None:
    change_article(article, by=wang, owner=xu)
    change_article(article, by=wang, owner=xu)
    catch_up()
    row = xu.notifications.get(notice="knowledge.handed_over")
    assert (row.count, row.details) == (1, {"draft": False})


def test_tags_are_cleaned_and_limited(article: Article, wang: Any) -> None:
    change_article(article, by=wang, tags=["密封条", " 密封条", "", "x" * 60, *[f"t{n}" for n in range(20)]])
    names = [tag.name for tag in article.tags.all()]
    assert len(names) == 12 and "x" * 40 in names


def test_folders_are_made_along_a_path_once(library: Any) -> None:
    folder = folder_at(library, "现场/库门")
    two = folder_at(library, "现场/库门")
    assert folder == two and Folder.objects.count() == 2
    assert path_text(folder) == "现场/库门"
    assert folder_at(library, "") is None


def test_what_waits_for_a_person(draft: Article, wang: Any, xu: Any) -> None:
    assert todos.drafts_to_finish(wang) == []
    Article.objects.update(changed_at=timezone.now() - dt.timedelta(days=4))
    assert [todo.url for todo in todos.drafts_to_finish(wang)] == [f"/articles/{draft.pk}/edit/"]
    publish(draft, by=wang)
    Article.objects.update(review_on=timezone.localdate() - dt.timedelta(days=2))
    assert len(todos.articles_to_review(wang)) == 1
    use = note_use(Article.objects.get(), where="三号库", by=xu)
    assert todos.uses_to_tell(xu) == []
    Use.objects.update(at=timezone.now() - dt.timedelta(days=15))
    assert [todo.url for todo in todos.uses_to_tell(xu)] == [f"/articles/{draft.pk}/uses/?use={use.pk}"]


def test_articles_are_found_by_those_who_may_read_them(
    article: Article, draft: Article, catch_up: Any, sun: Any, zhao: Any
) -> None:
    from zhiliu.communities.reach import reach
    from zhiliu.search.index import find

    catch_up()
    for person in (sun, zhao):
        assert [hit.key for hit in find("密封条", keys=reach(person).keys, kinds=["article"]).hits] == [article.pk]
    change_article(article, by=article.owner, audience="members")
    catch_up()
    assert find("密封条", keys=reach(sun).keys).hits == []
    archive(article, by=article.owner)
    catch_up()
    assert find("密封条", keys=reach(zhao).keys).hits == []


def test_two_folders_of_one_name_stand_nowhere_beside_each_other(library: Any) -> None:
    top = Folder.objects.create(library=library, name="焊接")
    Folder.objects.create(library=library, parent=top, name="焊接")
    for parent in (None, top):
        with pytest.raises(IntegrityError), transaction.atomic():
            Folder.objects.create(library=library, parent=parent, name="焊接")
    assert Folder.objects.filter(library=library).count() == 2


def test_nobody_is_asked_how_it_went_with_an_article_out_of_reach(article: Article, xu: Person, lin: Person) -> None:
    use = note_use(article, where="三号库", by=xu)
    Use.objects.filter(pk=use.pk).update(at=timezone.now() - todos.TELL_AFTER - dt.timedelta(days=1))
    assert [todo.title for todo in todos.uses_to_tell(fresh(xu))] != []
    change_article(article, by=lin, audience=Article.Audience.NAMED)
    assert todos.uses_to_tell(fresh(xu)) == []


def test_nobody_is_asked_to_write_or_review_in_an_archived_community(
    article: Article, community: Any, wang: Person
) -> None:
    Article.objects.update(review_on=timezone.localdate() - dt.timedelta(days=1))
    start_draft(library=article.library, title="半成品", markdown="先看", by=wang)
    Article.objects.filter(draft_title="半成品").update(changed_at=timezone.now() - todos.RIPE - dt.timedelta(days=1))
    organisations = start_draft(library=organisation_library(), title="总部的", markdown="先看", by=wang)
    Article.objects.filter(pk=organisations.pk).update(changed_at=timezone.now() - todos.RIPE - dt.timedelta(days=1))

    def counts() -> tuple[int, int]:
        return len(todos.drafts_to_finish(fresh(wang))), len(todos.articles_to_review(fresh(wang)))

    assert counts() == (2, 1)
    type(community).objects.filter(pk=community.pk).update(phase="archived")
    assert counts() == (1, 0)
