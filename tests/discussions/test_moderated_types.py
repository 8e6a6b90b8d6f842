"""Questions, answers and posts wait, are reported, are taken down and come back as messages do."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone, translation

from tests.cast import fresh
from zhiliu.communities.models import Community
from zhiliu.directory.models import Person
from zhiliu.discussions.answering import answer, edit_answer
from zhiliu.discussions.asking import ask, edit_question
from zhiliu.discussions.deletion import withdraw_question
from zhiliu.discussions.models import Answer, Post, Question, Resolution
from zhiliu.discussions.posting import edit_post, write_post
from zhiliu.discussions.queries import question_list
from zhiliu.discussions.resolving import accept_answer
from zhiliu.discussions.todos import to_accept, to_answer
from zhiliu.kit.contracts.object_types import cards_for
from zhiliu.kit.errors import Forbidden, Refused
from zhiliu.moderation.deciding import decide_held_post, decide_thing, undo
from zhiliu.moderation.models import Flag, HeldPost
from zhiliu.moderation.queries import case_of
from zhiliu.moderation.reporting import report
from zhiliu.moderation.sanctioning import impose
from zhiliu.search.index import find

pytestmark = pytest.mark.django_db

ADVERT = "海外代购，加微信 vx: daigou_2024，99元包邮"
WEAK_ADVERT = "代购化妆品 99元 包邮"


@pytest.fixture
def question(community: Community, wang: Person) -> Question:
    made = ask(community, title="停机后多久能再启动", body="压机是 50 匹。", by=wang)
    assert isinstance(made, Question)
    return made


@pytest.fixture
def answered(question: Question, xu: Person) -> Answer:
    made = answer(question, body="等压力平衡，三分钟。", by=xu)
    assert isinstance(made, Answer)
    return made


@pytest.fixture
def mute(community: Community, wang: Person, lin: Person) -> Any:
    return impose(community, wang, "mute", reason="广告", by=lin, until=timezone.now() + dt.timedelta(days=1))


# -- what waits --------------------------------------------------------------------------------------------------------


def test_an_advert_asked_waits_and_comes_out_with_its_tags(community: Community, wang: Person, lin: Person) -> None:
    held = ask(community, title=ADVERT, body="货真价实", tags=["代购"], by=wang)
    assert isinstance(held, HeldPost)
    assert not Question.objects.exists()
    decide_held_post(held, publish=True, by=lin)
    made = Question.objects.get()
    assert (made.title, made.body, made.by, held.thing_id) == (ADVERT, "货真价实", wang, made.pk)
    assert [tag.name for tag in made.tags.all()] == ["代购"]


def test_an_advert_posted_waits_and_comes_out(community: Community, wang: Person, lin: Person) -> None:
    held = write_post(community, kind="idea", title="好消息", body=ADVERT, by=wang)
    assert isinstance(held, HeldPost)
    assert not Post.objects.exists()
    decide_held_post(held, publish=True, by=lin)
    post = Post.objects.get()
    assert (post.kind, post.title, post.body, post.by) == ("idea", "好消息", ADVERT, wang)


def test_an_advert_answered_waits_and_does_not_end_the_waiting(question: Question, xu: Person, lin: Person) -> None:
    held = answer(question, body=ADVERT, by=xu)
    assert isinstance(held, HeldPost)
    question.refresh_from_db()
    assert (question.answer_count, question.first_answer_at) == (0, None)
    decide_held_post(held, publish=True, by=lin)
    question.refresh_from_db()
    assert (question.answer_count, question.answers.get().body) == (1, ADVERT)
    assert question.first_answer_at is not None


def test_what_was_held_is_not_published_where_its_place_is_gone(question: Question, xu: Person, lin: Person) -> None:
    held = answer(question, body=ADVERT, by=xu)
    assert isinstance(held, HeldPost)
    withdraw_question(question, by=lin)
    with pytest.raises(Refused):
        decide_held_post(held, publish=True, by=lin)
    held.refresh_from_db()
    assert (held.state, Answer.objects.count()) == ("waiting", 0)


def test_what_was_held_comes_out_though_its_author_was_muted_since(
    question: Question, xu: Person, lin: Person, community: Community
) -> None:
    held = answer(question, body=ADVERT, by=xu)
    assert isinstance(held, HeldPost)
    impose(community, xu, "mute", reason="广告", by=lin, until=timezone.now() + dt.timedelta(days=1))
    decide_held_post(held, publish=True, by=lin)
    assert Answer.objects.get().by == xu


def test_only_its_author_sees_it_waiting_on_the_page(question: Question, xu: Person, lin: Person, browse: Any) -> None:
    page = f"/questions/{question.pk}/"
    browser = browse(xu)
    sent = browser.post(f"{page}answers/", {"body": ADVERT}, follow=True)
    assert sent.redirect_chain[-1][0] == page
    assert sent.content.decode().count("vx: daigou_2024") == 1
    assert "daigou" not in browse(lin).get(page).content.decode()


def test_who_asks_an_advert_comes_to_the_list_where_it_waits(
    community: Community, wang: Person, lin: Person, browse: Any
) -> None:
    for path, data in (
        (f"/communities/{community.slug}/questions/new/", {"title": ADVERT}),
        (f"/communities/{community.slug}/posts/new/", {"title": "好消息", "body": f"新品 {ADVERT}", "kind": "idea"}),
    ):
        sent = browse(wang).post(path, data, follow=True)
        listed = path.removesuffix("new/")
        assert sent.redirect_chain[-1][0] == listed
        assert "daigou" in sent.content.decode()
        assert "daigou" not in browse(lin).get(listed).content.decode()


def test_a_weak_reason_publishes_and_flags_and_an_edit_is_flagged(
    community: Community, question: Question, answered: Answer, wang: Person, xu: Person
) -> None:
    asked = ask(community, title=WEAK_ADVERT, by=wang)
    assert isinstance(asked, Question)
    post = write_post(community, kind="idea", title="先看表", body="再动手", by=wang)
    assert isinstance(post, Post)
    edit_answer(answered, body=ADVERT, by=xu, version=answered.version)
    edit_question(question, title=question.title, body=ADVERT, by=wang, version=question.version)
    edit_post(post, title=post.title, body=ADVERT, kind="idea", by=wang, version=post.version)
    flags = set(Flag.objects.values_list("kind", "thing_id"))
    assert flags == {
        ("question", asked.pk),
        ("answer", answered.pk),
        ("question", question.pk),
        ("post", post.pk),
    }


def test_the_same_text_all_over_the_place_is_noticed(community: Community, wang: Person, xu: Person) -> None:
    text = "本周末内部团购开始了，各位同事抓紧时间报名，名额有限先到先得，详情请问我本人"
    assert isinstance(write_post(community, kind="idea", title="团购", body=text, by=xu), Post)
    asked = ask(community, title="请问一下团购", body=text, by=wang)
    assert isinstance(asked, Question)
    again = answer(asked, body=text, by=xu)
    reasons = again.reasons if isinstance(again, HeldPost) else Flag.objects.get(kind="answer").reasons
    assert "repeating" in {reason["detector"] for reason in reasons}


def test_who_is_muted_neither_asks_nor_answers_nor_posts_nor_rewords(
    community: Community, question: Question, mute: Any, wang: Person, browse: Any
) -> None:
    silent = fresh(wang)
    with pytest.raises(Forbidden):
        ask(community, title="再问一个", by=silent)
    with pytest.raises(Forbidden):
        answer(question, body="自己答", by=silent)
    with pytest.raises(Forbidden):
        write_post(community, kind="idea", title="再写", body="一篇", by=silent)
    with pytest.raises(Forbidden):
        edit_question(question, title="改", body="", by=silent, version=question.version)
    page = browse(silent).get(f"/questions/{question.pk}/").content.decode()
    assert 'name="body"' not in page.split('id="answers"')[1]
    assert "广告" in page


def test_who_is_muted_still_accepts_an_answer(answered: Answer, mute: Any, wang: Person) -> None:
    accept_answer(answered, by=fresh(wang))
    assert Resolution.objects.filter(answer=answered).exists()


# -- what is taken down ------------------------------------------------------------------------------------------------


def test_a_question_taken_down_is_nowhere_and_comes_back_by_undo(
    question: Question,
    answered: Answer,
    community: Community,
    lin: Person,
    wang: Person,
    xu: Person,
    browse: Any,
    catch_up: Any,
) -> None:
    report("question", question.pk, reason="other", by=xu)
    decision = decide_thing("question", question.pk, leave=False, by=lin)
    catch_up()
    page = f"/questions/{question.pk}/"
    for person in (wang, xu, lin):
        assert browse(person).get(page).status_code == 404
    assert not question_list(community, wang, show="mine")
    assert not find("停机", keys=["everyone", f"c{community.pk}"], kinds=("question",)).hits
    assert not to_answer(fresh(lin)) and not to_accept(fresh(wang))
    assert not cards_for([("question", question.pk), ("answer", answered.pk)], wang)
    undo(decision, by=lin)
    catch_up()
    assert browse(wang).get(page).status_code == 200
    assert list(question_list(community, wang, show="mine")) == [question]


def test_an_accepted_answer_taken_down_no_longer_holds(
    question: Question, answered: Answer, wang: Person, xu: Person, lin: Person
) -> None:
    accept_answer(answered, by=wang)
    report("answer", answered.pk, reason="insult", by=wang)
    decision = decide_thing("answer", answered.pk, leave=False, by=lin)
    question = Question.objects.get(pk=question.pk)
    assert (question.is_resolved, question.answer_count, question.first_answer_at) == (False, 0, None)
    undo(decision, by=lin)
    question = Question.objects.get(pk=question.pk)
    assert (question.is_resolved, question.answer_count) == (False, 1)


def test_a_post_taken_down_is_nowhere_and_comes_back(
    community: Community, wang: Person, xu: Person, lin: Person, browse: Any
) -> None:
    post = write_post(community, kind="idea", title="先看表", body="再动手", by=wang)
    report("post", post.pk, reason="off_topic", by=xu)
    decision = decide_thing("post", post.pk, leave=False, by=lin)
    assert browse(wang).get(f"/posts/{post.pk}/").status_code == 404
    undo(decision, by=lin)
    assert browse(wang).get(f"/posts/{post.pk}/").status_code == 200


def test_what_its_author_took_back_no_undo_brings_back(
    question: Question, answered: Answer, wang: Person, xu: Person, lin: Person
) -> None:
    from zhiliu.discussions.answering import withdraw_answer
    from zhiliu.discussions.deletion import put_back_answer

    withdraw_answer(answered, by=xu)
    put_back_answer(answered, by=lin)
    answered.refresh_from_db()
    assert answered.withdrawn_at is not None


def test_a_case_shows_what_was_answered_beside(
    question: Question, answered: Answer, xu: Person, lin: Person, community: Community
) -> None:
    later = answer(question, body="看铭牌。", by=lin)
    report("answer", answered.pk, reason="other", by=lin)
    case = case_of(f"answer-{answered.pk}", lin)
    assert case is not None and case.exhibit is not None
    assert (case.exhibit.where, case.exhibit.text) == (question.title, answered.body)
    assert [line.text for line in case.exhibit.after] == [later.body]


def test_every_question_answer_and_post_of_others_can_be_reported(
    community: Community, question: Question, answered: Answer, wang: Person, xu: Person, browse: Any
) -> None:
    post = write_post(community, kind="idea", title="先看表", body="再动手", by=wang)
    page = browse(xu).get(f"/questions/{question.pk}/").content.decode()
    assert f"kind=question&amp;id={question.pk}" in page
    assert f"kind=answer&amp;id={answered.pk}" not in page, "one's own"
    assert f"kind=answer&amp;id={answered.pk}" in browse(wang).get(f"/questions/{question.pk}/").content.decode()
    assert f"kind=post&amp;id={post.pk}" in browse(xu).get(f"/posts/{post.pk}/").content.decode()
    shown = browse(wang).get(f"/moderation/reports/new/?kind=answer&id={answered.pk}")
    assert shown.status_code == 200


# -- taken back by oneself ---------------------------------------------------------------------------------------------


def test_who_asked_takes_it_back_while_nobody_has_answered(
    question: Question, wang: Person, xu: Person, lin: Person, browse: Any
) -> None:
    with pytest.raises(Forbidden):
        withdraw_question(question, by=xu)
    sent = browse(wang).post(f"/questions/{question.pk}/withdrawal/", follow=True)
    assert sent.status_code == 200
    question.refresh_from_db()
    assert (question.withdrawn_at is not None, question.withdrawn_by) == (True, wang)


def test_an_answered_question_stays_for_those_who_answered(
    question: Question, answered: Answer, wang: Person, lin: Person
) -> None:
    with translation.override("en"), pytest.raises(Forbidden, match="Someone has answered"):
        withdraw_question(Question.objects.get(pk=question.pk), by=wang)
    withdraw_question(question, by=lin)
    withdraw_question(question, by=lin)
    question.refresh_from_db()
    assert question.withdrawn_by == lin
