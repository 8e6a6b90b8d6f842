"""Gatherings are ended, thanked for, judged and written down."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import pytest
from django.utils import timezone

from tests.cast import make_person
from zhiliu.activity.models import Activity
from zhiliu.communities.joining import add_members
from zhiliu.communities.models import Community
from zhiliu.directory.calendar import working_days_from
from zhiliu.directory.models import Person
from zhiliu.files.storing import upload
from zhiliu.gatherings.asking import ask_in_room, mark_answered
from zhiliu.gatherings.completing import (
    add_file,
    change_summary,
    complete,
    give_feedback,
    thank_sharer,
    took_part,
)
from zhiliu.gatherings.depositing import assign_deposit, publish_deposit, start_deposit, tell_late
from zhiliu.gatherings.models import CheckIn, Deposit, Gathering, GatheringFile, Question
from zhiliu.gatherings.proposing import propose_tea_chat
from zhiliu.gatherings.queries import feedback_survey
from zhiliu.gatherings.receivers import late_gatherings
from zhiliu.gatherings.registration import sign_up
from zhiliu.kit.errors import Forbidden, Refused
from zhiliu.knowledge.models import Article, Publication
from zhiliu.knowledge.publishing import publish
from zhiliu.lineage.linking import reached
from zhiliu.lineage.models import Link
from zhiliu.lineage.timeline import timeline_of
from zhiliu.needs.models import Topic
from zhiliu.notifications.models import Notification
from zhiliu.surveys.models import Answered, Response, Survey
from zhiliu.surveys.results import results
from zhiliu.thanks.models import Thanks

from .stage import make_fixed, make_held, make_talk, over, soon
from .test_proposing import topic_of


def answers(gathering: Gathering, *given: Any) -> dict[int, Any]:
    survey = feedback_survey(gathering)
    assert survey is not None
    return dict(zip([question.pk for question in survey.questions.all()], given, strict=True))


def test_ending_collects_everything_once(community: Community, lin: Person, wang: Person) -> None:
    topic = topic_of(community, lin)
    talk = over(make_fixed(community, lin, topic=topic))
    for summary in ("第一版", "第二版"):
        complete(talk, summary=summary, by=lin)
    topic.refresh_from_db()
    assert (talk.state, talk.summary, topic.state) == (Gathering.State.HELD, "第一版", Topic.State.DONE)
    assert (Survey.objects.count(), Survey.objects.get().is_anonymous) == (1, True)
    deposit = Deposit.objects.get()
    assert (deposit.owner, deposit.due_on) == (lin, working_days_from(timezone.localdate(), 5))
    assert Activity.objects.filter(verb="gatherings.completed").count() == 1


def test_nothing_is_ended_before_it_began_or_without_a_time(community: Community, lin: Person) -> None:
    for talk in (make_talk(community, lin), make_fixed(community, lin)):
        with pytest.raises(Refused, match="once it has started"):
            complete(talk, by=lin)
    assert not Survey.objects.exists()


def test_only_the_host_and_moderators_end_it(community: Community, lin: Person, wang: Person, xu: Person) -> None:
    talk = over(make_fixed(community, wang))
    with pytest.raises(Forbidden):
        complete(talk, by=xu)
    assert complete(talk, by=lin).state == Gathering.State.HELD


def test_a_tea_chat_owes_nothing(community: Community, wang: Person, sun: Person) -> None:
    tea = over(propose_tea_chat(community, other=sun, starts_at=soon(), by=wang))
    complete(tea, by=wang)
    assert not Survey.objects.exists() and not Deposit.objects.exists()
    article = start_deposit(tea, by=wang)
    assert Deposit.objects.get().article == article


def test_those_who_came_are_asked_for_thanks_and_feedback(
    community: Community, lin: Person, wang: Person, xu: Person, sun: Person, catch_up: Any
) -> None:
    talk = make_fixed(community, lin, sharer=wang)
    for person in (xu, sun):
        sign_up(talk, by=person)
    talk = over(talk)
    CheckIn.objects.create(gathering=talk, person=xu)
    CheckIn.objects.create(gathering=talk, person=wang)
    complete(talk, by=lin)
    catch_up()
    assert list(
        Notification.objects.filter(notice="gatherings.completed").values_list("person__handle", flat=True)
    ) == ["xu"]
    assert (took_part(talk, xu), took_part(talk, sun)) == (True, False)


def test_where_nobody_was_noted_those_with_a_seat_took_part(
    community: Community, lin: Person, xu: Person, catch_up: Any
) -> None:
    talk = make_fixed(community, lin)
    sign_up(talk, by=xu)
    complete(over(talk), by=lin)
    catch_up()
    assert Notification.objects.get(notice="gatherings.completed").person == xu
    assert took_part(talk, xu)


def test_feedback_is_for_those_who_took_part_and_counts_once(
    community: Community, lin: Person, wang: Person, xu: Person, sun: Person
) -> None:
    talk = make_held(community, lin, xu, wang, sharer=wang)
    give_feedback(talk, answers(talk, 5, 0, 4, "慢一点"), by=xu)
    with pytest.raises(Refused, match="already"):
        give_feedback(talk, answers(talk, 1, 0, None, ""), by=xu)
    for person in (sun, wang):
        with pytest.raises(Forbidden):
            give_feedback(talk, answers(talk, 1, 0, None, ""), by=person)
    assert (Response.objects.get().person, Answered.objects.get().person) == (None, xu)


def test_results_are_shown_from_five_answers_on(community: Community, lin: Person) -> None:
    people = [make_person(f"p{number}") for number in range(5)]
    add_members(community, dict.fromkeys(people, "member"), by=lin)
    talk = make_held(community, lin, *people)
    survey = feedback_survey(talk)
    assert survey is not None
    for number, person in enumerate(people):
        assert results(survey).hidden
        give_feedback(talk, answers(talk, 4, number % 3, None, ""), by=person)
    assert [bar.count for bar in results(survey).questions[0].bars] == [0, 5, 0, 0, 0]


def test_the_sharer_is_thanked_for_the_gathering(community: Community, lin: Person, wang: Person, xu: Person) -> None:
    talk = make_held(community, lin, xu, sharer=wang)
    for _ in range(2):
        thank_sharer(talk, reason="那张对比表明天就用", by=xu)
    thanks = Thanks.objects.get()
    assert (thanks.to, thanks.kind, thanks.thing_id) == (wang, "gathering", talk.pk)
    with pytest.raises(Refused):
        thank_sharer(talk, reason="谢我自己", by=wang)
    with pytest.raises(Refused, match="no one"):
        thank_sharer(make_fixed(community, lin, sharer=wang), reason="还没讲", by=xu)


def test_a_stale_summary_overwrites_nothing(community: Community, lin: Person) -> None:
    talk = make_held(community, lin)
    stale = talk.version
    change_summary(talk, summary="**改好了**", by=lin, version=stale)
    assert "<strong>" in talk.summary_html
    with pytest.raises(Refused, match="Someone else changed this"):
        change_summary(talk, summary="旧的", by=lin, version=stale)
    talk.refresh_from_db()
    assert talk.summary == "**改好了**"


# --- deposit ----------------------------------------------------------------------------------------------------------


def test_the_deposit_is_a_draft_with_all_that_was_collected(
    community: Community, lin: Person, wang: Person, xu: Person
) -> None:
    talk = over(make_fixed(community, lin, sharer=wang))
    mark_answered(ask_in_room(talk, "第一句说什么", by=xu), by=wang, answer="先问交期")
    ask_in_room(talk, "没来得及答的", by=xu, anonymous=True)
    kept = upload(io.BytesIO("表".encode()), name="对比表.txt", by=wang, community=community)
    for _ in range(2):
        add_file(talk, kept, by=wang)
    complete(talk, summary="先问交期，再谈价。", by=lin)
    article = start_deposit(talk, by=lin)
    assert start_deposit(talk, by=lin).pk == article.pk
    assert (Article.objects.count(), GatheringFile.objects.count()) == (1, 1)
    assert (article.template, article.owner, set(article.authors.all())) == ("session_summary", lin, {lin, wang})
    for part in (
        "先问交期，再谈价。",
        "**第一句说什么**\n\n先问交期",
        "没来得及答的",
        "[对比表.txt](/files/",
        talk.take_home,
    ):
        assert part in article.draft_markdown
    link = Link.objects.get(source_kind="gathering", target_kind="article")
    assert (link.source_id, link.target_id) == (talk.pk, article.pk)
    assert reached([("gathering", talk.pk)]) == {("gathering", talk.pk): 3}


def test_only_host_owner_and_moderators_begin_the_deposit(
    community: Community, lin: Person, wang: Person, xu: Person
) -> None:
    talk = make_held(community, lin)
    with pytest.raises(Forbidden):
        start_deposit(talk, by=xu)
    assign_deposit(talk, owner=xu, by=lin)
    talk = Gathering.objects.get(pk=talk.pk)
    assert start_deposit(talk, by=xu).owner == xu
    assert not hasattr(make_talk(community, wang), "deposit")


def test_the_owner_publishes_what_was_collected_at_once(community: Community, lin: Person, browse: Any) -> None:
    talk = make_held(community, lin)
    page = browse(lin).get(talk.get_absolute_url()).content.decode()
    assert 'name="publish"' in page
    for _ in range(2):
        answer = browse(lin).post(f"/gatherings/{talk.pk}/deposit/", {"publish": "1"})
    article = Article.objects.get()
    assert answer.headers["Location"] == article.get_absolute_url()
    assert article.state == Article.State.PUBLISHED and "三句话。" in article.draft_markdown
    assert Publication.objects.count() == 1


def test_a_draft_that_was_begun_is_not_published_unread(community: Community, lin: Person) -> None:
    talk = make_held(community, lin)
    begun = start_deposit(talk, by=lin)
    assert publish_deposit(Gathering.objects.get(pk=talk.pk), by=lin) == begun
    assert Article.objects.get().published_at is None


def test_nobody_else_publishes_what_the_owner_is_to_write(
    community: Community, lin: Person, wang: Person, browse: Any
) -> None:
    talk = make_held(community, lin)
    assign_deposit(talk, owner=wang, by=lin)
    assert 'name="publish"' not in browse(lin).get(talk.get_absolute_url()).content.decode()
    with pytest.raises(Forbidden, match="person writing it up"):
        publish_deposit(Gathering.objects.get(pk=talk.pk), by=lin)
    assert not Article.objects.exists()


def test_nothing_is_deposited_before_the_end(community: Community, lin: Person) -> None:
    with pytest.raises(Refused, match="End the gathering"):
        start_deposit(over(make_fixed(community, lin)), by=lin)
    assert not Article.objects.exists()


def test_the_deposit_changes_hands_and_the_new_owner_is_told(
    community: Community, lin: Person, wang: Person, sun: Person, closed_community: Community, catch_up: Any
) -> None:
    talk = make_held(community, lin)
    day = timezone.localdate() + dt.timedelta(days=9)
    for _ in range(2):
        assign_deposit(talk, owner=wang, due_on=day, by=lin)
    catch_up()
    assert Notification.objects.get(person=wang, notice="gatherings.deposit").count == 1
    assert (Deposit.objects.get().owner, Deposit.objects.get().due_on) == (wang, day)
    with pytest.raises(Refused, match="can’t see"):
        assign_deposit(make_held(closed_community, lin), owner=sun, by=lin)


def test_a_missing_deposit_is_late_and_told_once_until_it_is_published(
    community: Community, lin: Person, wang: Person, catch_up: Any
) -> None:
    talk = make_held(community, lin)
    assign_deposit(talk, owner=wang, by=lin)
    assert tell_late() == 0 and late_gatherings([("gathering", talk.pk)]) == {}
    Deposit.objects.update(due_on=timezone.localdate() - dt.timedelta(days=1))
    assert (tell_late(), tell_late()) == (1, 0)
    assert late_gatherings([("gathering", talk.pk), ("topic", talk.pk)]) == {("gathering", talk.pk): 3}
    states = [station.state for station in timeline_of(("gathering", talk.pk), wang).stations]
    assert states == ["todo", "todo", "here", "late", "todo", "todo"]
    catch_up()
    inbox_rows = Notification.objects.filter(notice="gatherings.deposit_late").values_list("person__handle", flat=True)
    assert set(inbox_rows) == {"lin", "wang"}
    article = start_deposit(Gathering.objects.get(pk=talk.pk), by=wang)
    assert Deposit.objects.get().is_late
    publish(article, by=wang)
    assert not Deposit.objects.late().exists() and Deposit.objects.get().is_done


def test_ending_answers_the_question_that_was_on_the_wall(community: Community, lin: Person, xu: Person) -> None:
    from zhiliu.gatherings.asking import start_answering

    talk = over(make_fixed(community, lin))
    start_answering(ask_in_room(talk, "甲", by=xu), by=lin)
    complete(talk, by=lin)
    assert Question.objects.get().state == Question.State.ANSWERED
