"""When a session ends, open pages lead on; feedback has words that fit, and names only where they were chosen."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import translation

from tests.cast import fresh, make_person
from zhiliu.activity.models import Activity
from zhiliu.communities.joining import add_members
from zhiliu.communities.models import Community
from zhiliu.directory.models import Person
from zhiliu.gatherings.completing import ask_for_feedback, complete, give_feedback
from zhiliu.gatherings.models import CheckIn, Deposit, Gathering
from zhiliu.gatherings.queries import feedback_survey
from zhiliu.gatherings.todos import deposits, feedback, gatherings_to_end
from zhiliu.kit.errors import Refused
from zhiliu.surveys.asking import Ask, make_survey
from zhiliu.surveys.models import Question, Response, Survey

from .stage import make_fixed, make_held, now_running, over

pytestmark = pytest.mark.django_db


@pytest.fixture
def running(community: Community, lin: Person, wang: Person) -> Gathering:
    talk = now_running(make_fixed(community, lin))
    Gathering.objects.filter(pk=talk.pk).update(sharer=wang)
    return Gathering.objects.get(pk=talk.pk)


@pytest.mark.parametrize(("place", "leads_to"), [("room", "/gatherings/{pk}/"), ("wall", "/gatherings/{pk}/wall/")])
def test_open_pages_go_on_to_thanks_and_feedback_once_it_is_held(
    running: Gathering, lin: Person, xu: Person, browse: Any, place: str, leads_to: str
) -> None:
    client = browse(xu)
    ask = f"/gatherings/{running.pk}/{place}/ended/"
    answer = client.get(ask)
    assert (answer.status_code, answer.headers.get("HX-Redirect")) == (204, None)
    complete(running, by=lin)
    assert client.get(ask).headers["HX-Redirect"] == leads_to.format(pk=running.pk)


def test_the_room_asks_whether_it_is_over_and_leads_on_afterwards(
    running: Gathering, lin: Person, xu: Person, browse: Any
) -> None:
    client, room = browse(xu), f"/gatherings/{running.pk}/room/"
    assert f'hx-get="/gatherings/{running.pk}/room/ended/"' in client.get(room).content.decode()
    CheckIn.objects.create(gathering=running, person=xu)
    complete(running, by=lin)
    answer = client.get(room, follow=True)
    assert answer.redirect_chain == [(f"/gatherings/{running.pk}/", 302)]
    page = answer.content.decode()
    assert 'id="thanks"' in page and 'id="feedback"' in page


def test_the_wall_shows_where_to_give_feedback_instead_of_a_clock(running: Gathering, lin: Person, browse: Any) -> None:
    client, wall = browse(lin), f"/gatherings/{running.pk}/wall/"
    assert "stage-clock" in client.get(wall).content.decode()
    complete(running, by=lin)
    page = client.get(wall).content.decode()
    assert "stage-clock" not in page
    assert "Scan to say thanks and give one minute of feedback" in page or "扫码" in page


def test_nobody_out_of_reach_learns_that_it_ended(
    closed_community: Community, lin: Person, sun: Person, browse: Any
) -> None:
    talk = make_held(closed_community, lin)
    assert browse(sun).get(f"/gatherings/{talk.pk}/room/ended/").status_code == 404


@pytest.mark.parametrize(
    ("language", "ends"),
    [
        ("en", [["Not at all", "Very useful"], ["Not at all", "Completely"]]),
        ("zh-hans", [["一点没用", "很有用"], ["完全不能", "完全可以"]]),
    ],
)
def test_each_scale_has_words_that_answer_its_question(
    community: Community, lin: Person, language: str, ends: list[list[str]]
) -> None:
    talk = make_fixed(community, lin)
    with translation.override(language):
        survey = ask_for_feedback(talk, by=lin)
    scales = Question.objects.filter(survey=survey, kind="scale")
    assert [question.options for question in scales] == ends


def test_wanting_to_use_it_does_not_say_that_one_will(community: Community, lin: Person) -> None:
    with translation.override("zh-hans"):
        survey = ask_for_feedback(make_fixed(community, lin), by=lin)
    assert Question.objects.get(survey=survey, kind="choice").options[1] == "想用，还没机会"


def test_the_form_shows_the_words_of_each_question(community: Community, lin: Person, xu: Person, browse: Any) -> None:
    with translation.override("en"):
        talk = make_held(community, lin, xu)
    page = browse(xu).get(f"/gatherings/{talk.pk}/").content.decode()
    assert page.count("Very useful") == 1 and page.count("Completely") == 1


def test_a_scale_with_one_word_is_refused(lin: Person) -> None:
    with pytest.raises(Refused, match="labels at both ends"), translation.override("en"):
        make_survey("need", 1, purpose="x", title="x", questions=[Ask("scale", "?", options=["low"])], by=lin)
    assert not Survey.objects.exists()


@pytest.fixture
def named(community: Community, lin: Person, wang: Person, xu: Person) -> Gathering:
    """A small session that was set up with named feedback, shared by Wang; Xu came."""
    talk = make_held(community, lin, xu, named_feedback=True)
    Gathering.objects.filter(pk=talk.pk).update(sharer=wang)
    return Gathering.objects.get(pk=talk.pk)


def answer(talk: Gathering, by: Person, words: str) -> None:
    survey = feedback_survey(talk)
    assert survey is not None
    useful, use, _able, better = survey.questions.all()
    give_feedback(talk, {useful.pk: 4, use.pk: 1, better.pk: words}, by=by)


def test_named_feedback_is_read_from_the_first_answer_by_sharer_and_host_only(
    named: Gathering, lin: Person, wang: Person, xu: Person, admin: Person, community: Community, browse: Any
) -> None:
    adviser = make_person("adviser", name="顾问")
    add_members(community, {adviser: "adviser"}, by=lin)
    answer(named, xu, "多给一个例子")
    assert Response.objects.get().person == xu
    assert Activity.objects.filter(verb="gatherings.feedback_ready").count() == 1
    pages = {
        who: browse(fresh(who)).get(named.get_absolute_url()).content.decode() for who in (lin, wang, admin, adviser)
    }
    assert {who.handle: "多给一个例子" in page and "<b>徐小满</b>" in page for who, page in pages.items()} == {
        "lin": True,
        "wang": True,
        "admin": False,
        "adviser": False,
    }
    assert not any("多给一个例子" in pages[who] for who in (admin, adviser))


def test_the_form_says_who_reads_what_carries_a_name(named: Gathering, xu: Person, browse: Any) -> None:
    Person.objects.filter(pk=xu.pk).update(language="en")
    page = browse(fresh(xu)).get(named.get_absolute_url()).content.decode()
    assert "the speaker and host see who said what" in page
    assert "Anonymous.</b>" not in page and "anonymous response" not in page


def test_without_a_choice_feedback_carries_no_name(community: Community, lin: Person, xu: Person) -> None:
    talk = make_held(community, lin, xu)
    answer(talk, xu, "多给一个例子")
    assert Response.objects.get().person is None
    assert not Activity.objects.filter(verb="gatherings.feedback_ready").exists()


def test_who_sets_up_a_session_is_told_and_chooses(community: Community, lin: Person, browse: Any) -> None:
    Person.objects.filter(pk=lin.pk).update(language="en")
    client = browse(fresh(lin))
    page = client.get("/gatherings/new/").content.decode()
    assert "shown once 5 people have answered" in page
    words = {
        "community": community.pk,
        "title": "三步看漏点",
        "for_whom": "新人",
        "take_home": "一张单子",
        "_once": "a",
    }
    client.post("/gatherings/new/", words | {"named_feedback": "named", "i_share": "on"})
    talk = Gathering.objects.get()
    assert talk.named_feedback
    details = {"title": talk.title, "host": lin.pk, "version": talk.version, "named_feedback": ""}
    assert client.post(f"/gatherings/{talk.pk}/edit/", details).status_code == 302
    assert not Gathering.objects.get().named_feedback


def test_the_todo_says_whether_feedback_carries_a_name(
    named: Gathering, community: Community, lin: Person, xu: Person
) -> None:
    nameless = make_held(community, lin, xu, title="夜班先看哪三样")
    with translation.override("en"):
        words = {item.title: item.meta[1] for item in feedback(fresh(xu))}
    assert words == {
        named.title: "One minute of feedback, with your name",
        nameless.title: "One minute of feedback, without your name",
    }


def test_an_archived_community_leaves_nothing_to_end_write_up_or_rate(
    named: Gathering, running: Gathering, community: Community, lin: Person, xu: Person
) -> None:
    over(running)
    writer = Deposit.objects.get(gathering=named).owner
    assert writer is not None

    def counts() -> list[int]:
        return [len(gatherings_to_end(fresh(lin))), len(deposits(fresh(writer))), len(feedback(fresh(xu)))]

    assert counts() == [1, 1, 1]
    Community.objects.filter(pk=community.pk).update(phase=Community.Phase.ARCHIVED)
    assert counts() == [0, 0, 0]
