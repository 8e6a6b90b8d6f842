"""Questions are asked, answered, resolved; who is told; who finds them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cast import fresh
from zhiliu.activity.consumers import LogEntry
from zhiliu.activity.models import Activity
from zhiliu.comments.commenting import comment
from zhiliu.comments.models import Vote
from zhiliu.communities.models import Community, Membership
from zhiliu.communities.reach import reach
from zhiliu.communities.role_permissions import Role
from zhiliu.directory.models import Person
from zhiliu.discussions.answering import answer, edit_answer, say_it_helped, withdraw_answer
from zhiliu.discussions.asking import ask, close_as_duplicate, edit_question, follow_question, hand_to, reopen
from zhiliu.discussions.models import Answer, Question, QuestionFollow, Resolution
from zhiliu.discussions.resolving import accept_answer, undo_acceptance
from zhiliu.kit.contracts.facts import rebuild
from zhiliu.kit.errors import Forbidden, Refused
from zhiliu.live.topics import events_of, gates
from zhiliu.notifications.models import Notification
from zhiliu.search.index import find
from zhiliu.thanks.models import Thanks

pytestmark = pytest.mark.django_db


@pytest.fixture
def question(community: Community, xu: Person) -> Question:
    return ask(community, title="停机后多久能再启动", body="压机是 **50 匹**。", tags=["压缩机", "启动"], by=xu)


def verbs() -> list[str]:
    rows = Activity.objects.filter(verb__startswith="discussions.").order_by("pk")
    return [row.verb.removeprefix("discussions.") for row in rows]


def told(notice: str) -> set[str]:
    return set(Notification.objects.filter(notice=f"discussions.{notice}").values_list("person__handle", flat=True))


def test_a_question_is_kept_with_its_words_tags_and_fact(question: Question, xu: Person) -> None:
    assert question.html == "<p>压机是 <strong>50 匹</strong>。</p>\n"
    assert [tag.name for tag in question.tags.order_by("name")] == ["压缩机", "启动"] or question.tags.count() == 2
    assert (question.by, question.answer_count, question.is_resolved) == (xu, 0, False)
    assert verbs() == ["question_asked"]


def test_colleagues_ask_in_open_communities_and_guests_in_their_own(
    community: Community, closed_community: Community, sun: Person, zhao: Person
) -> None:
    assert ask(community, title="外人问", by=sun).by == sun
    assert ask(community, title="客人问", by=zhao).by == zhao
    for person in (sun, zhao):
        with pytest.raises(Forbidden):
            ask(closed_community, title="进不去", by=person)
    assert Question.objects.filter(community=closed_community).count() == 0


def test_nobody_asks_where_questions_are_off_or_all_is_archived(community: Community, wang: Person) -> None:
    Community.objects.filter(pk=community.pk).update(features=["needs"])
    with pytest.raises(Forbidden):
        ask(Community.objects.get(pk=community.pk), title="关了", by=wang)
    Community.objects.filter(pk=community.pk).update(features=["questions"], phase="archived")
    with pytest.raises(Forbidden):
        ask(Community.objects.get(pk=community.pk), title="归档了", by=wang)
    assert Question.objects.count() == 0


def test_switched_off_all_of_it_can_be_read_and_nothing_changed(
    community: Community, question: Question, xu: Person, wang: Person, lin: Person
) -> None:
    made = answer(question, body="等三分钟", by=wang)
    Community.objects.filter(pk=community.pk).update(features=["needs"])
    found = Question.objects.select_related("community").get(pk=question.pk)
    made = Answer.objects.select_related("question__community").get(pk=made.pk)
    acts = (
        lambda: answer(found, body="又一个", by=wang),
        lambda: edit_question(found, title="改", body="", by=xu, version=1),
        lambda: edit_answer(made, body="改", by=wang, version=1),
        lambda: withdraw_answer(made, by=wang),
        lambda: accept_answer(made, by=xu),
    )
    for act in acts:
        with pytest.raises(Forbidden):
            act()
    assert list(Question.objects.visible_to(fresh(xu))) == [question]
    assert (Answer.objects.count(), Resolution.objects.count()) == (1, 0)


def test_an_open_page_hears_that_answers_changed(question: Question, xu: Person, wang: Person, sun: Person) -> None:
    gate = gates.get("question")
    assert gate is not None and gate(fresh(sun), question.pk)
    made = answer(question, body="等三分钟", by=wang)
    say_it_helped(made, on=True, by=xu)
    rows = Activity.objects.filter(verb__in=["discussions.question_answered", "comments.voted"])
    entries = [LogEntry(row.pk, row, rebuild(row.verb, row.by_id, row.community_id, row.data)) for row in rows]
    events = [event for entry in entries for event in events_of(entry) if event.name == "answers"]
    assert [event.topic for event in events] == [("question", question.pk)] * 2


def test_an_answer_counts_and_ends_the_waiting_unless_it_is_ones_own(
    question: Question, xu: Person, wang: Person
) -> None:
    own = answer(question, body="我自己先查一下", by=xu)
    assert (question.answer_count, question.first_answer_at) == (1, None)
    first = answer(question, body="等三分钟", by=wang)
    assert (question.answer_count, question.first_answer_at) == (2, first.at)
    withdraw_answer(first, by=wang)
    withdraw_answer(own, by=xu)
    question.refresh_from_db()
    assert (question.answer_count, question.first_answer_at) == (0, None)


def test_taking_an_answer_back_twice_is_harmless_and_not_for_others(
    question: Question, xu: Person, wang: Person, lin: Person
) -> None:
    made = answer(question, body="等三分钟", by=wang)
    with pytest.raises(Forbidden):
        withdraw_answer(made, by=xu)
    for _ in range(2):
        withdraw_answer(made, by=lin)
    assert verbs() == ["question_asked", "question_answered", "answer_deleted"]
    with pytest.raises(Forbidden):
        edit_answer(Answer.objects.get(), body="改", by=wang, version=1)


def test_an_answer_is_mended_by_its_author_with_the_version_it_was_seen_in(
    question: Question, wang: Person, lin: Person
) -> None:
    made = answer(question, body="等三分钟", by=wang)
    with pytest.raises(Forbidden):
        edit_answer(made, body="别人的话", by=lin, version=1)
    assert edit_answer(made, body="等**五**分钟", by=wang, version=1).html == "<p>等<strong>五</strong>分钟</p>\n"
    with pytest.raises(Refused):
        edit_answer(made, body="又改", by=wang, version=1)
    assert Answer.objects.get().body == "等**五**分钟"


def test_what_helped_is_said_once_and_not_of_ones_own(question: Question, xu: Person, wang: Person) -> None:
    made = answer(question, body="等三分钟", by=wang)
    for _ in range(2):
        votes = say_it_helped(made, on=True, by=xu)
    assert (votes.count, votes.mine, Answer.objects.get().vote_count) == (1, True, 1)
    with pytest.raises(Refused):
        say_it_helped(made, on=True, by=wang)
    say_it_helped(made, on=False, by=xu)
    assert (Answer.objects.get().vote_count, Vote.objects.count()) == (0, 0)


def test_accepting_leaves_who_when_and_why_and_thanks_in_one_step(question: Question, xu: Person, wang: Person) -> None:
    made = answer(question, body="等三分钟", by=wang)
    for _ in range(2):
        resolution = accept_answer(made, why="照做就好了", thanks="半夜帮我省了一趟", by=xu)
    assert (resolution.answer, resolution.why, resolution.by) == (made, "照做就好了", xu)
    thanks = Thanks.objects.get()
    assert (thanks.to, thanks.by, thanks.reason, thanks.kind, thanks.thing_id) == (
        *(wang, xu, "半夜帮我省了一趟"),
        *("question", question.pk),
    )
    assert verbs().count("answer_accepted") == 1


def test_accepting_is_for_who_asked_and_who_moderates(
    question: Question, xu: Person, wang: Person, lin: Person
) -> None:
    made, other = answer(question, body="等三分钟", by=wang), answer(question, body="看压力", by=lin)
    with pytest.raises(Forbidden):
        accept_answer(made, by=wang)
    assert Resolution.objects.count() == 0
    accept_answer(made, by=lin)
    accept_answer(other, by=xu)
    assert Resolution.objects.get().answer == other
    with pytest.raises(Refused):
        withdraw_answer(other, by=lin)
    with pytest.raises(Forbidden):
        undo_acceptance(question, by=wang)
    for _ in range(2):
        undo_acceptance(question, by=xu)
    assert Resolution.objects.count() == 0
    assert not Question.objects.get().is_resolved


def test_nobody_is_thanked_for_their_own_answer(question: Question, xu: Person) -> None:
    made = answer(question, body="找到了", by=xu)
    with pytest.raises(Refused):
        accept_answer(made, thanks="谢谢我", by=xu)
    assert (Resolution.objects.count(), Thanks.objects.count()) == (0, 0)
    assert accept_answer(made, by=xu).answer == made


def test_a_withdrawn_answer_cannot_be_accepted_or_praised(question: Question, xu: Person, wang: Person) -> None:
    made = answer(question, body="等三分钟", by=wang)
    withdraw_answer(made, by=wang)
    for act in (lambda: accept_answer(made, by=xu), lambda: say_it_helped(Answer.objects.get(), on=True, by=xu)):
        with pytest.raises(Refused):
            act()
    assert (Resolution.objects.count(), Vote.objects.count()) == (0, 0)


def test_mending_needs_the_version_that_was_seen(question: Question, xu: Person, wang: Person, lin: Person) -> None:
    with pytest.raises(Forbidden):
        edit_question(question, title="别人的", body="", by=wang, version=question.version)
    version = question.version
    edit_question(question, title="先改的", body="", tags=["停机"], by=xu, version=version)
    with pytest.raises(Refused):
        edit_question(question, title="后改的", body="", by=lin, version=version)
    assert Question.objects.get().title == "先改的"
    assert [tag.name for tag in question.tags.all()] == ["停机"]


def test_an_answer_or_an_owner_does_not_stop_somebody_who_is_mending_the_words(
    question: Question, xu: Person, wang: Person
) -> None:
    seen = question.version
    accept_answer(answer(question, body="等三分钟", by=wang), by=xu)
    hand_to(question, wang, by=wang)
    assert edit_question(question, title="改好的", body="", by=xu, version=seen).title == "改好的"


def test_members_look_after_questions_themselves_and_others_are_named_by_moderators(
    question: Question, wang: Person, lin: Person, xu: Person, sun: Person
) -> None:
    with pytest.raises(Forbidden):
        hand_to(question, sun, by=sun)
    for _ in range(2):
        hand_to(question, wang, by=wang)
    assert question.owner == wang
    with pytest.raises(Forbidden):
        hand_to(question, lin, by=wang)
    with pytest.raises(Refused):
        hand_to(question, sun, by=lin)
    with pytest.raises(Forbidden):
        hand_to(question, None, by=xu)
    assert Question.objects.get().owner == wang
    hand_to(question, None, by=wang)
    assert Question.objects.get().owner is None
    assert verbs() == ["question_asked", "question_handed_to", "question_handed_to"]


def test_a_duplicate_leads_to_the_first_one_and_its_followers_go_along(
    question: Question,
    community: Community,
    closed_community: Community,
    lin: Person,
    wang: Person,
    xu: Person,
    sun: Person,
) -> None:
    again = ask(community, title="停了多久能开", by=wang)
    follow_question(again, on=True, by=sun)
    third = ask(community, title="再开要等吗", by=sun)
    close_as_duplicate(third, again, by=sun)
    for _ in range(2):
        close_as_duplicate(again, question, by=lin)
    assert set(Question.objects.filter(duplicate_of=question)) == {again, third}
    assert set(question.followers.values_list("by__handle", flat=True)) == {"wang", "sun"}
    with pytest.raises(Forbidden):
        answer(again, body="在这里答", by=xu)
    with pytest.raises(Refused):
        close_as_duplicate(question, again, by=lin)
    with pytest.raises(Refused):
        close_as_duplicate(question, question, by=lin)
    with pytest.raises(Forbidden):
        close_as_duplicate(question, third, by=wang)
    elsewhere = ask(closed_community, title="别处的", by=lin)
    with pytest.raises(Refused):
        close_as_duplicate(question, elsewhere, by=lin)
    assert reopen(again, by=lin).is_duplicate is False
    assert verbs().count("question_closed_as_duplicate") == 2


def test_who_is_told_of_a_question(community: Community, lin: Person, wang: Person, xu: Person, catch_up: Any) -> None:
    Membership.objects.filter(person=wang).update(role=Role.EXPERT)
    Membership.objects.filter(person=lin).update(involvement="everything")
    ask(community, title="停机", by=xu)
    catch_up()
    assert told("asked") == {"lin", "wang"}
    Membership.objects.filter(person=wang).update(involvement="nothing")
    Notification.objects.all().delete()
    ask(community, title="又停机", by=xu)
    catch_up()
    assert told("asked") == {"lin"}


def test_asker_owner_and_followers_hear_of_answers_and_the_author_of_acceptance(
    question: Question, lin: Person, wang: Person, xu: Person, sun: Person, catch_up: Any
) -> None:
    hand_to(question, lin, by=lin)
    follow_question(question, on=True, by=sun)
    made = answer(question, body="等三分钟", by=wang)
    catch_up()
    assert told("answered") == {"xu", "lin", "sun"}
    accept_answer(made, by=xu)
    catch_up()
    assert told("accepted") == {"wang"}
    assert told("resolved") == {"lin", "sun"}
    follow_question(question, on=False, by=sun)
    assert QuestionFollow.objects.count() == 0


def test_an_answer_that_was_taken_back_is_no_news(
    question: Question, xu: Person, wang: Person, lin: Person, catch_up: Any
) -> None:
    made = [answer(question, body=body, by=by) for body, by in (("一", wang), ("二", lin))]
    unread = Notification.objects.filter(person=xu, notice="discussions.answered", read_at=None)
    catch_up()
    assert unread.get().count == 2
    for item, left in zip(made, ([1], []), strict=True):
        assert isinstance(item, Answer)
        withdraw_answer(item, by=item.by)
        catch_up()
        assert list(unread.values_list("count", flat=True)) == left


def test_asking_back_is_told_and_is_no_answer(
    question: Question, lin: Person, wang: Person, xu: Person, browse: Any, catch_up: Any
) -> None:
    url = question.get_absolute_url()
    sent = browse(wang).post(f"/comments/question/{question.pk}/", {"body": "是几匹的？", "_once": "t"})
    assert sent["Location"].startswith(f"{url}#comment-")
    comment("question", question.pk, body="50 匹的", by=xu)
    catch_up()
    assert told("asked_back") == {"xu", "wang"}
    found = Question.objects.get()
    assert (found.answer_count, found.first_answer_at) == (0, None)
    page = browse(lin).get(url).content.decode()
    assert "是几匹的？" in page and "50 匹的" in page


def test_search_finds_a_question_by_its_answers_and_who_knows_by_answering(
    question: Question, community: Community, xu: Person, wang: Person, sun: Person, catch_up: Any
) -> None:
    made = answer(question, body="先看油位镜，**曲轴箱加热**要开满八小时", by=wang)
    catch_up()
    hits = find("曲轴箱加热", keys=reach(fresh(sun)).keys, kinds=["question"]).hits
    assert [(hit.key, hit.people) for hit in hits] == [(question.pk, (wang.pk,))]
    assert hits[0].body == "压机是 50 匹。\n先看油位镜，曲轴箱加热要开满八小时"
    withdraw_answer(made, by=wang)
    catch_up()
    assert find("曲轴箱加热", keys=reach(fresh(sun)).keys, kinds=["question"]).hits == []


def test_what_is_asked_in_a_closed_community_is_found_inside_only(
    closed_community: Community, wang: Person, sun: Person, catch_up: Any
) -> None:
    asked = ask(closed_community, title="底价怎么谈", by=wang)
    catch_up()
    assert [hit.key for hit in find("底价", keys=reach(fresh(wang)).keys).hits] == [asked.pk]
    assert find("底价", keys=reach(fresh(sun)).keys).hits == []
    assert not Question.objects.visible_to(fresh(sun)).exists()
