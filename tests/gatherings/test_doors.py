"""The pages of gatherings."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.cast import fresh
from zhiliu.communities.models import Community
from zhiliu.directory.models import Person
from zhiliu.gatherings.asking import ask_in_room, vote_for_question
from zhiliu.gatherings.completing import FEEDBACK
from zhiliu.gatherings.inviting import counter, invite_sharer
from zhiliu.gatherings.models import (
    CheckIn,
    Deposit,
    Format,
    Gathering,
    GatheringFile,
    Invitation,
    Offer,
    Question,
    Seat,
)
from zhiliu.gatherings.registration import sign_up
from zhiliu.kit.models import SubmittedForm
from zhiliu.knowledge.models import Article
from zhiliu.surveys.models import Answered, Survey
from zhiliu.thanks.models import Thanks

from .stage import make_fixed, make_held, make_talk, now_running, over, soon
from .test_proposing import topic_of

PARTS = ("", "room/", "room/queue/", "checkin/")
HOST_PARTS = ("edit/", "time/", "cancellation/", "invitations/", "wall/", "checkins/", "end/")


@pytest.fixture(autouse=True)
def _english_readers(lin: Person, wang: Person, xu: Person, sun: Person, zhao: Person) -> None:
    Person.objects.update(language="en")


def test_every_page_loads_for_the_host_and_the_parts_of_everybody_for_others(
    community: Community, lin: Person, wang: Person, zhao: Person, browse: Any
) -> None:
    for talk in (make_talk(community, lin), now_running(make_fixed(community, lin, sharer=wang))):
        ask_in_room(talk, "第一句说什么？", by=wang)
        for person in (lin, wang, zhao):
            for part in PARTS:
                assert browse(person).get(f"/gatherings/{talk.pk}/{part}").status_code == 200, (person, part)
        for part in HOST_PARTS:
            assert browse(lin).get(f"/gatherings/{talk.pk}/{part}").status_code == 200, part
            allowed = part == "wall/" and talk.sharer_id is not None
            assert browse(wang).get(f"/gatherings/{talk.pk}/{part}").status_code == (200 if allowed else 403), part


def test_out_of_reach_is_not_there(closed_community: Community, lin: Person, sun: Person, browse: Any) -> None:
    talk = make_fixed(closed_community, lin)
    question = ask_in_room(talk, "问", by=lin)
    client = browse(sun)
    for part in (*PARTS, *HOST_PARTS, "gathering.ics"):
        assert client.get(f"/gatherings/{talk.pk}/{part}").status_code == 404, part
    for part in ("seat/", "questions/", "thanks/", "feedback/", "deposit/", "files/"):
        assert client.post(f"/gatherings/{talk.pk}/{part}", {"on": "1", "text": "问"}).status_code == 404, part
    assert client.post(f"/questions/{question.pk}/vote/", {"on": "1"}).status_code == 404
    assert client.get("/gatherings/999999999/").status_code == 404
    assert talk.title not in client.get("/gatherings/").content.decode()


def test_strangers_are_sent_to_sign_in(community: Community, lin: Person, client: Any) -> None:
    talk = make_fixed(community, lin)
    assert client.get(f"/gatherings/{talk.pk}/").status_code == 302
    assert client.post(f"/gatherings/{talk.pk}/seat/", {"on": "1"}).status_code == 302
    assert not Seat.objects.exists()


def test_a_talk_is_proposed_once_and_its_time_follows(
    community: Community, wang: Person, xu: Person, browse: Any
) -> None:
    client = browse(wang)
    assert client.get("/gatherings/new/?format=one_problem_talk").status_code == 200
    values = {
        "community": community.pk,
        "title": "比价时怎么办",
        "for_whom": "新人",
        "take_home": "一张表",
        "sharer": xu.pk,
        "format": "one_problem_talk",
        "_once": "token",
    }
    first, second = client.post("/gatherings/new/", values), client.post("/gatherings/new/", values)
    talk = Gathering.objects.get()
    assert first.url == second.url == f"/gatherings/{talk.pk}/time/"
    assert (Invitation.objects.get().person, talk.sharer) == (xu, None)


def test_the_topic_fills_the_form_and_who_offered_shares(
    community: Community, lin: Person, wang: Person, browse: Any
) -> None:
    topic = topic_of(community, lin)
    assert browse(wang).post(f"/topics/{topic.pk}/offer/", {"on": "1", "word": "做过"}).status_code == 302
    assert Offer.objects.get().by == wang
    client = browse(lin)
    page = client.get(f"/gatherings/new/?topic={topic.pk}&format=one_problem_talk&sharer=wang").content.decode()
    assert topic.take_home in page and wang.name in page
    values = {"community": community.pk, "title": topic.title, "for_whom": "a", "take_home": "b", "sharer": wang.pk}
    client.post("/gatherings/new/", {**values, "topic": topic.pk, "format": "one_problem_talk"})
    assert Gathering.objects.get().sharer == wang
    assert client.get(f"/topics/{topic.pk}/").status_code == 200


@pytest.mark.parametrize("forged", [{"community": "9999"}, {"sharer": "9999"}, {"title": ""}, {"seats": "1"}])
def test_a_forged_form_proposes_nothing(
    community: Community, wang: Person, browse: Any, forged: dict[str, str]
) -> None:
    values = {"community": community.pk, "title": "题", "for_whom": "a", "take_home": "b"} | forged
    assert browse(wang).post("/gatherings/new/", {**values, "format": "one_problem_talk"}).status_code == 200
    assert not Gathering.objects.exists()


def test_who_belongs_nowhere_is_told_to_join_first(sun: Person, browse: Any) -> None:
    for path in ("/gatherings/new/", "/gatherings/new/tea/"):
        answer = browse(sun).get(path)
        assert answer.status_code == 200 and "No upcoming gatherings" not in (page := answer.content.decode())
        assert "not in a community with gatherings yet" in page and 'href="/communities/"' in page
        assert browse(sun).post(path, {}).status_code == 403


def test_tea_for_two_takes_one_form(community: Community, wang: Person, sun: Person, browse: Any) -> None:
    client = browse(wang)
    assert sun.name in client.get("/gatherings/new/tea/?with=sun").content.decode()
    day = (timezone.localdate() + dt.timedelta(days=2)).isoformat()
    values = {
        "community": community.pk,
        "other": sun.pk,
        "day": day,
        "clock": "15:30",
        "minutes": "30",
        "place": "茶水间",
    }
    answer = client.post("/gatherings/new/tea/", values)
    tea = Gathering.objects.get()
    assert (answer.url, tea.format, tea.minutes) == (tea.get_absolute_url(), Format.TEA_CHAT, 30)
    assert browse(sun).get(answer.url).status_code == 200
    wrong = client.post("/gatherings/new/tea/", {**values, "day": "2020-01-01"})
    assert wrong.status_code == 200 and Gathering.objects.count() == 1


def test_doubts_are_shown_first_and_then_overruled(community: Community, lin: Person, browse: Any) -> None:
    talk, client = make_talk(community, lin), browse(lin)
    values = {"day": "2027-03-06", "clock": "12:00", "minutes": "60", "place": "听涛室", "online_url": ""}
    shown = client.post(f"/gatherings/{talk.pk}/time/", values)
    assert shown.status_code == 200 and "Weekend" in shown.content.decode()
    talk.refresh_from_db()
    assert talk.starts_at is None
    live = client.get(f"/gatherings/{talk.pk}/time/doubts/", values)
    assert "Weekend" in live.content.decode()
    assert client.post(f"/gatherings/{talk.pk}/time/", {**values, "anyway": "1"}).status_code == 302
    talk.refresh_from_db()
    assert (talk.minutes, talk.place) == (60, "听涛室")


@pytest.mark.parametrize(
    "wrong", [{"day": "2020-03-03"}, {"clock": "25:00"}, {"minutes": "-5"}, {"online_url": "javascript:1"}]
)
def test_wrong_times_come_back_with_a_reason(
    community: Community, lin: Person, browse: Any, wrong: dict[str, str]
) -> None:
    talk = make_talk(community, lin)
    values = {"day": "2027-03-03", "clock": "15:00", "minutes": "60", "place": "", "anyway": "1"} | wrong
    assert browse(lin).post(f"/gatherings/{talk.pk}/time/", values).status_code == 200
    talk.refresh_from_db()
    assert talk.starts_at is None


def test_a_stale_form_shows_what_is_there_now(community: Community, lin: Person, browse: Any) -> None:
    talk, client = make_talk(community, lin), browse(lin)
    values = {"title": "甲的题", "for_whom": "", "take_home": "", "seats": "", "host": lin.pk, "version": "1"}
    assert client.post(f"/gatherings/{talk.pk}/edit/", values).status_code == 302
    answer = client.post(f"/gatherings/{talk.pk}/edit/", {**values, "title": "乙的题"}).content.decode()
    assert "甲的题" in answer and "乙的题" in answer
    talk.refresh_from_db()
    assert talk.title == "甲的题"


def test_the_invited_person_answers_on_their_page(
    community: Community, lin: Person, wang: Person, xu: Person, browse: Any
) -> None:
    talk = make_talk(community, lin)
    invite_sharer(talk, wang, by=lin)
    address, client = f"/gatherings/{talk.pk}/invitation/", browse(wang)
    assert client.get(address).status_code == 200
    assert browse(xu).get(address).status_code == 404
    wrong = client.post(address, {"answer": "counter", "first": "2020-01-01T10:00"})
    assert wrong.status_code == 200 and Invitation.objects.get().state == "waiting"
    later = soon(4).strftime("%Y-%m-%dT%H:%M")
    assert client.post(address, {"answer": "counter", "first": later, "word": "那天行"}).status_code == 302
    asked = Invitation.objects.get()
    taken = browse(lin).post(f"/gatherings/{talk.pk}/invitations/{asked.pk}/time/", {"place": "0"})
    talk.refresh_from_db()
    assert (taken.status_code, talk.sharer, talk.starts_at) == (302, wang, soon(4))


def test_a_forged_place_of_a_time_changes_nothing(community: Community, lin: Person, wang: Person, browse: Any) -> None:
    talk = make_talk(community, lin)
    asked = counter(invite_sharer(talk, wang, by=lin), [soon()], by=wang)
    for place in ("1", "-1", "x", "9" * 30):
        browse(lin).post(f"/gatherings/{talk.pk}/invitations/{asked.pk}/time/", {"place": place})
    talk.refresh_from_db()
    assert talk.starts_at is None


def test_signing_up_and_off(community: Community, lin: Person, wang: Person, browse: Any) -> None:
    talk, client = make_fixed(community, lin), browse(wang)
    for _ in range(2):
        assert client.post(f"/gatherings/{talk.pk}/seat/", {"on": "1"}).status_code == 302
    assert Seat.objects.get().person == wang
    client.post(f"/gatherings/{talk.pk}/seat/", {"on": "0"})
    assert not Seat.objects.exists()


def test_an_anonymous_question_leaves_no_form_token_with_a_name(
    community: Community, lin: Person, wang: Person, browse: Any
) -> None:
    talk, client = make_fixed(community, lin), browse(wang)
    page = client.get(f"/gatherings/{talk.pk}/").content.decode()
    form = page[page.index('class="quick-form') : page.index("</form>", page.index('class="quick-form'))]
    assert "_once" not in form
    for _ in range(2):
        client.post(f"/gatherings/{talk.pk}/questions/", {"text": "为什么", "anonymous": "on", "_once": "x"})
    assert (Question.objects.get().by_id, SubmittedForm.objects.count()) == (None, 0)


def test_a_vote_answers_with_its_box(community: Community, lin: Person, wang: Person, browse: Any) -> None:
    question = ask_in_room(make_fixed(community, lin), "问", by=lin)
    answer = browse(wang).post(f"/questions/{question.pk}/vote/", {"on": "1"}, headers={"HX-Request": "true"})
    assert 'aria-pressed="true"' in answer.content.decode()
    question.refresh_from_db()
    assert question.vote_count == 1


def test_the_host_leads_the_room(community: Community, lin: Person, wang: Person, browse: Any) -> None:
    talk = now_running(make_fixed(community, lin))
    question = ask_in_room(talk, "问", by=wang)
    lead = browse(lin)
    htmx = {"HX-Request": "true"}
    shown = lead.post(f"/questions/{question.pk}/state/", {"state": "answering"}, headers=htmx).content.decode()
    assert "now-text" in shown
    lead.post(f"/questions/{question.pk}/state/", {"state": "answered", "answer": "先问交期"})
    question.refresh_from_db()
    assert (question.state, question.answer) == ("answered", "先问交期")
    assert browse(wang).post(f"/questions/{question.pk}/state/", {"state": "answering"}).status_code == 403
    assert lead.post(f"/questions/{question.pk}/state/", {"answer": "长" * 2001}).status_code == 302
    lead.post(f"/questions/{question.pk}/removal/")
    assert not Question.objects.exists()


def test_checking_in_by_code_and_by_the_host(
    community: Community, lin: Person, wang: Person, xu: Person, browse: Any
) -> None:
    talk = now_running(make_fixed(community, lin))
    address = f"/gatherings/{talk.pk}/checkin/"
    assert browse(wang).get(f"{address}?code={talk.code}").status_code == 200
    assert not CheckIn.objects.exists()
    assert browse(wang).post(address, {"code": "000000x"}).status_code == 200
    assert browse(wang).post(address, {"code": talk.code}).url == f"/gatherings/{talk.pk}/room/"
    wall = browse(lin).get(f"/gatherings/{talk.pk}/wall/").content.decode()
    assert "<svg" in wall and talk.code[:3] in wall and "style=" not in wall
    browse(lin).post(f"/gatherings/{talk.pk}/checkins/", {"person": xu.pk})
    assert browse(lin).post(f"/gatherings/{talk.pk}/checkins/", {"person": "x"}).status_code == 404
    assert set(CheckIn.objects.values_list("person", flat=True)) == {wang.pk, xu.pk}


def test_the_code_is_not_on_the_pages_of_those_who_come(
    community: Community, lin: Person, wang: Person, browse: Any
) -> None:
    talk = now_running(make_fixed(community, lin))
    Gathering.objects.filter(pk=talk.pk).update(code="804417")
    for part in PARTS:
        assert "804417" not in browse(wang).get(f"/gatherings/{talk.pk}/{part}").content.decode()


def test_ending_thanking_telling_and_writing_down(
    community: Community, lin: Person, wang: Person, xu: Person, browse: Any
) -> None:
    talk = over(make_fixed(community, lin, sharer=wang))
    CheckIn.objects.create(gathering=talk, person=xu)
    lead, came = browse(lin), browse(xu)
    day = (timezone.localdate() + dt.timedelta(days=4)).isoformat()
    answer = lead.post(f"/gatherings/{talk.pk}/end/", {"summary": "三句", "owner": wang.pk, "due_on": day})
    assert answer.url == talk.get_absolute_url()
    assert lead.get(f"/gatherings/{talk.pk}/end/").status_code == 302
    assert Deposit.objects.get().owner == wang
    page = came.get(talk.get_absolute_url()).content.decode()
    assert 'id="thanks"' in page and 'id="feedback"' in page
    for _ in range(2):
        came.post(f"/gatherings/{talk.pk}/thanks/", {"reason": "对比表明天就用"})
    assert Thanks.objects.get().to == wang
    survey = Survey.objects.get(purpose=FEEDBACK)
    values = {f"q{question.pk}": "1" for question in survey.questions.all()}
    for _ in range(2):
        came.post(f"/gatherings/{talk.pk}/feedback/", values)
    assert (Answered.objects.get().person, SubmittedForm.objects.count()) == (xu, 0)
    assert browse(lin).post(f"/gatherings/{talk.pk}/feedback/", values).status_code == 403
    for _ in range(2):
        assert browse(wang).post(f"/gatherings/{talk.pk}/deposit/").url == Article.objects.get().get_absolute_url()
    assert came.post(f"/gatherings/{talk.pk}/deposit/").status_code == 403
    for person in (lin, wang, xu):
        assert browse(person).get(talk.get_absolute_url()).status_code == 200


def test_results_are_for_sharer_and_host(
    community: Community, lin: Person, wang: Person, xu: Person, browse: Any
) -> None:
    talk = make_held(community, lin, xu, sharer=wang)
    for person, seen in ((lin, True), (wang, True), (xu, False)):
        assert ("Shown from 5" in browse(person).get(talk.get_absolute_url()).content.decode()) is seen


def test_files_are_added_and_taken_away(community: Community, lin: Person, wang: Person, browse: Any) -> None:
    talk = make_held(community, lin)
    content = io.BytesIO(b"table")
    content.name = "table.txt"
    assert browse(wang).post(f"/gatherings/{talk.pk}/files/", {"file": content}).status_code == 403
    content.seek(0)
    browse(lin).post(f"/gatherings/{talk.pk}/files/", {"file": content})
    file = GatheringFile.objects.get()
    other = make_held(community, lin)
    assert browse(lin).post(f"/gatherings/{other.pk}/files/{file.pk}/removal/").status_code == 404
    browse(lin).post(f"/gatherings/{talk.pk}/files/{file.pk}/removal/")
    assert not GatheringFile.objects.exists()


def test_calling_off_needs_a_reason(community: Community, lin: Person, browse: Any) -> None:
    talk = make_fixed(community, lin)
    assert browse(lin).post(f"/gatherings/{talk.pk}/cancellation/", {"reason": ""}).status_code == 200
    assert browse(lin).post(f"/gatherings/{talk.pk}/cancellation/", {"reason": "会议室漏水"}).status_code == 302
    assert "会议室漏水" in browse(lin).get(talk.get_absolute_url()).content.decode()


def test_handing_over_the_deposit(community: Community, lin: Person, wang: Person, browse: Any) -> None:
    talk = make_held(community, lin)
    address = f"/gatherings/{talk.pk}/deposit/owner/"
    assert browse(wang).post(address, {"owner": wang.pk, "due_on": "2027-01-05"}).status_code == 403
    browse(lin).post(address, {"owner": wang.pk, "due_on": "2027-01-05"})
    assert (Deposit.objects.get().owner, str(Deposit.objects.get().due_on)) == (wang, "2027-01-05")


def test_long_words_and_tags_stay_words(community: Community, lin: Person, browse: Any) -> None:
    talk = make_fixed(community, lin, title="<b>" + "长" * 70, take_home="<script>alert(1)</script>")
    ask_in_room(talk, "<img src=x onerror=alert(1)>", by=lin)
    for part in PARTS:
        page = browse(lin).get(f"/gatherings/{talk.pk}/{part}").content.decode()
        assert "<script>alert" not in page and "<img src=x" not in page


# --- lists ------------------------------------------------------------------------------------------------------------


def count_queries(client: Any, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as counted:
        assert client.get(address).status_code == 200
    return len(counted)


@pytest.mark.parametrize("past", [False, True])
def test_lists_take_the_same_queries_for_one_row_and_for_three(
    community: Community, lin: Person, wang: Person, xu: Person, browse: Any, past: bool
) -> None:
    client = browse(wang)
    addresses = [f"/communities/{community.slug}/gatherings/", "/gatherings/"]
    addresses = [f"{address}?show=past" if past else address for address in addresses]

    def add(number: int) -> None:
        if past:
            make_held(community, fresh(lin), xu, sharer=xu)
        else:
            talk = make_fixed(community, fresh(lin), start=soon(number), sharer=xu)
            sign_up(talk, by=wang) if number % 2 else None
            make_talk(community, fresh(lin))

    add(1), add(2)
    before = [count_queries(client, address) for address in addresses]
    add(3), add(4), add(5)
    assert [count_queries(client, address) for address in addresses] == before


@pytest.mark.parametrize("held", [False, True])
def test_a_page_takes_the_same_queries_for_one_question_and_for_three(
    community: Community, lin: Person, wang: Person, xu: Person, browse: Any, held: bool
) -> None:
    talk = make_held(community, lin, xu) if held else now_running(make_fixed(community, lin))
    client, addresses = browse(wang), [f"/gatherings/{talk.pk}/", f"/gatherings/{talk.pk}/room/queue/"]

    def add(text: str, person: Person) -> None:
        vote_for_question(ask_in_room(talk, text, by=person), on=True, by=wang)
        CheckIn.objects.get_or_create(gathering=talk, person=person)

    add("甲", xu)
    before = [count_queries(client, address) for address in addresses]
    add("乙", lin), add("丙", wang)
    assert [count_queries(client, address) for address in addresses] == before


def test_past_gatherings_are_paged_by_key(community: Community, lin: Person, wang: Person, browse: Any) -> None:
    for number in range(22):
        talk = make_held(community, lin, title=f"第 {number} 场")
        Gathering.objects.filter(pk=talk.pk).update(
            starts_at=timezone.now() - dt.timedelta(days=number + 1, hours=1),
            ends_at=timezone.now() - dt.timedelta(days=number + 1),
        )
    first = browse(wang).get("/gatherings/?show=past")
    assert len(first.context["rows"]) == 20
    second = browse(wang).get(first.context["next_url"])
    assert [row.gathering.title for row in second.context["rows"]] == ["第 20 场", "第 21 场"]


@pytest.mark.parametrize("week", ["", "2026-13-45", "9999-12-31", "0001-01-01", "x"])
def test_a_senseless_week_is_this_week(community: Community, wang: Person, browse: Any, week: str) -> None:
    answer = browse(wang).get(f"/gatherings/?week={week}")
    assert any(day.today for day in answer.context["week"])
