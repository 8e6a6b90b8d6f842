"""The doors of questions."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import make_person
from zhiliu.communities.models import Community
from zhiliu.directory.models import Person
from zhiliu.discussions.answering import answer, say_it_helped
from zhiliu.discussions.asking import ask, close_as_duplicate, hand_to
from zhiliu.discussions.models import Answer, Question, QuestionFollow, Resolution
from zhiliu.discussions.resolving import accept_answer
from zhiliu.thanks.models import Thanks

pytestmark = pytest.mark.django_db


@pytest.fixture
def question(community: Community, xu: Person) -> Question:
    return ask(community, title="停机后多久能再启动", body="压机是 50 匹。", tags=["压缩机"], by=xu)


def test_asking_answering_and_accepting_through_the_pages(
    community: Community, xu: Person, wang: Person, browse: Any
) -> None:
    new = "/questions/new/"
    sent = {
        "community": community.slug,
        "title": "停机后多久能再启动",
        "body": "试过**复位**",
        "tags": "压缩机，启动",
        "_once": "tok",
    }
    for _ in range(2):
        answered = browse(xu).post(new, sent)
    question = Question.objects.get()
    assert answered["Location"] == question.get_absolute_url()
    assert set(question.tags.values_list("name", flat=True)) == {"压缩机", "启动"}
    url = question.get_absolute_url()
    for _ in range(2):
        browse(wang).post(f"{url}answers/", {"body": "等三分钟", "_once": "a"})
    made = Answer.objects.get()
    assert browse(xu).get(f"/answers/{made.pk}/acceptance/").status_code == 200
    browse(xu).post(f"/answers/{made.pk}/acceptance/", {"why": "照做就好了", "thanks": "省了一趟"})
    page = browse(wang).get(url).content.decode()
    assert "照做就好了" in page and "answer accepted" in page
    assert (Resolution.objects.get().by, Thanks.objects.get().to) == (xu, wang)
    assert browse(wang).post(f"{url}reopening/").status_code == 403
    browse(xu).post(f"{url}reopening/")
    assert Resolution.objects.count() == 0


def test_a_change_made_meanwhile_is_shown_beside(question: Question, xu: Person, browse: Any) -> None:
    client, url = browse(xu), f"{question.get_absolute_url()}edit/"
    client.post(url, {"title": "先改的", "body": "", "tags": "", "version": question.version})
    page = client.post(url, {"title": "后改的", "body": "我的话", "tags": "", "version": question.version})
    text = page.content.decode()
    assert "先改的" in text and "后改的" in text and "我的话" in text
    assert Question.objects.get().title == "先改的"
    again = client.post(url, {"title": "合在一起", "body": "", "tags": "", "version": question.version + 1})
    assert again.status_code == 302


def test_an_answer_is_mended_and_taken_back(question: Question, wang: Person, browse: Any) -> None:
    made, client = answer(question, body="等三分钟", by=wang), browse(wang)
    assert "等三分钟" in client.get(f"/answers/{made.pk}/edit/").content.decode()
    client.post(f"/answers/{made.pk}/edit/", {"body": "等五分钟", "version": 1})
    stale = client.post(f"/answers/{made.pk}/edit/", {"body": "等七分钟", "version": 1}).content.decode()
    assert "等五分钟" in stale and "等七分钟" in stale
    client.post(f"/answers/{made.pk}/withdrawal/")
    assert Answer.objects.get().withdrawn_at is not None


def test_who_sees_to_it_who_follows_and_what_was_asked_before(
    question: Question, community: Community, lin: Person, wang: Person, browse: Any
) -> None:
    url = question.get_absolute_url()
    browse(wang).post(f"{url}owner/", {"me": "1"})
    assert Question.objects.get().owner == wang
    assert browse(wang).get(f"{url}owner/").status_code == 403
    browse(lin).post(f"{url}owner/", {"owner": lin.pk})
    assert Question.objects.get().owner == lin
    browse(wang).post(f"{url}follow/", {"on": "1"})
    assert QuestionFollow.objects.get().by == wang
    again = ask(community, title="停了多久能开", by=wang)
    assert browse(wang).get(f"{again.get_absolute_url()}duplicate/").status_code == 200
    browse(wang).post(f"{again.get_absolute_url()}duplicate/", {"into": question.pk})
    assert question.title in browse(wang).get(again.get_absolute_url()).content.decode()
    browse(wang).post(f"{again.get_absolute_url()}duplicate/", {"undo": "1"})
    assert not Question.objects.filter(duplicate_of=question).exists()


def test_the_help_button_answers_itself(question: Question, xu: Person, wang: Person, browse: Any) -> None:
    made = answer(question, body="等三分钟", by=wang)
    page = browse(xu).post(f"/answers/{made.pk}/vote/", {"on": "1"}, headers={"HX-Request": "true"})
    assert 'aria-pressed="true"' in page.content.decode()
    assert Answer.objects.get().vote_count == 1


def test_an_open_page_fetches_the_answers_alone(question: Question, xu: Person, wang: Person, browse: Any) -> None:
    made = answer(question, body="等三分钟", by=wang)
    page = browse(xu).get(f"{question.get_absolute_url()}answers/").content.decode()
    assert "等三分钟" in page and f"/answers/{made.pk}/acceptance/" in page and "<html" not in page
    assert "acceptance" not in browse(wang).get(f"{question.get_absolute_url()}answers/").content.decode()


def test_the_filters_show_what_they_say(
    question: Question, community: Community, xu: Person, wang: Person, lin: Person, browse: Any
) -> None:
    solved = ask(community, title="已经解决的", by=wang)
    accept_answer(answer(solved, body="好了", by=lin), by=wang)
    answer(ask(community, title="答了没采纳的", by=wang), body="试试", by=lin)
    close_as_duplicate(ask(community, title="重复的", by=wang), solved, by=wang)
    expected = {
        "all": {"停机后多久能再启动", "已经解决的", "答了没采纳的"},
        "unanswered": {"停机后多久能再启动"},
        "unresolved": {"停机后多久能再启动", "答了没采纳的"},
        "resolved": {"已经解决的"},
        "mine": {"停机后多久能再启动"},
    }
    client = browse(xu)
    for show, titles in expected.items():
        page = client.get(f"/communities/{community.slug}/questions/?show={show}").content.decode()
        shown = {item.title for item in Question.objects.all() if f'href="{item.get_absolute_url()}"' in page}
        assert shown == titles, show


def test_other_peoples_communities_are_not_there(
    closed_community: Community, wang: Person, sun: Person, zhao: Person, browse: Any
) -> None:
    question = ask(closed_community, title="底价怎么谈", by=wang)
    made = answer(question, body="看量", by=wang)
    url = question.get_absolute_url()
    for person in (sun, zhao):
        client = browse(person)
        for path in (url, f"{url}edit/", f"{url}duplicate/", f"/answers/{made.pk}/edit/"):
            assert client.get(path).status_code == 404, path
        for path in (f"{url}answers/", f"{url}follow/", f"/answers/{made.pk}/vote/", f"/answers/{made.pk}/withdrawal/"):
            assert client.post(path, {"body": "x", "on": "1"}).status_code == 404, path
        assert client.get(f"/communities/{closed_community.slug}/questions/").status_code == 404
    assert client.get("/questions/99999999999999999999/").status_code == 404
    assert (Answer.objects.count(), QuestionFollow.objects.count()) == (1, 0)


def test_the_profile_shows_what_somebody_resolved_as_far_as_one_may_see(
    closed_community: Community, question: Question, xu: Person, wang: Person, lin: Person, sun: Person, browse: Any
) -> None:
    accept_answer(answer(question, body="等三分钟", by=wang), by=xu)
    accept_answer(answer(ask(closed_community, title="底价怎么谈", by=lin), body="看量", by=wang), by=lin)
    inside = browse(lin).get(wang.get_absolute_url()).content.decode()
    outside = browse(sun).get(wang.get_absolute_url()).content.decode()
    secret = Question.objects.get(title="底价怎么谈").get_absolute_url()
    assert secret in inside and question.get_absolute_url() in inside
    assert secret not in outside and question.get_absolute_url() in outside


def test_lists_and_pages_ask_a_fixed_number_of_questions(
    community: Community, lin: Person, wang: Person, browse: Any
) -> None:
    client, counts = browse(lin), []
    first = ask(community, title="问题", by=wang)
    paths = [f"/communities/{community.slug}/questions/", first.get_absolute_url()]
    for round_ in range(2):
        for number in range(1 + round_ * 2):
            by = make_person(f"p{round_}{number}")
            asked = ask(community, title=f"提问 {round_} {number}", tags=[f"标签{round_}{number}"], by=by)
            hand_to(asked, wang, by=wang)
            accept_answer(answer(asked, body="答", by=wang), by=by)
            say_it_helped(answer(first, body="答", by=by), on=True, by=lin)
        for path in paths:
            client.get(path)
        with CaptureQueriesContext(connection) as asked_for:
            for path in paths:
                assert client.get(path).status_code == 200
        counts.append(len(asked_for))
    assert counts[0] == counts[1]
