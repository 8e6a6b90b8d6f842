"""Lightning talks: a running order, speakers who decide, a stage the whole room sees."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from tests.cast import fresh, make_person
from zhiliu.activity.models import Activity
from zhiliu.communities.models import Community
from zhiliu.directory.models import Person
from zhiliu.gatherings import rules
from zhiliu.gatherings.asking import ask_in_room, mark_answered
from zhiliu.gatherings.calendars import calendar_of
from zhiliu.gatherings.completing import complete, thank_speakers
from zhiliu.gatherings.conflicts import conflicts_of
from zhiliu.gatherings.depositing import markdown_of, start_deposit
from zhiliu.gatherings.drawing import poster_of
from zhiliu.gatherings.lightning import (
    add_talk,
    answer_for_talk,
    change_talk,
    end_talk,
    move_talk,
    remove_talk,
    start_talk,
)
from zhiliu.gatherings.models import Gathering, LightningTalk, Seat, wants_sharer
from zhiliu.gatherings.queries import shared_by
from zhiliu.gatherings.registration import sign_up
from zhiliu.gatherings.running_order import order_of
from zhiliu.kit.errors import Forbidden, Refused
from zhiliu.notifications.models import Notification
from zhiliu.thanks.models import Thanks

from .stage import make_fixed, now_running, over

pytestmark = pytest.mark.django_db


@pytest.fixture
def hour(community: Community, lin: Person) -> Gathering:
    """An hour of lightning talks that Lin hosts, three days ahead."""
    return make_fixed(community, lin, format="lightning", title="六分钟一招", minutes=60)


def talks(hour: Gathering, *people: Person, by: Person, minutes: int = 6) -> list[LightningTalk]:
    """One talk for each of the people, in this order."""
    return [add_talk(hour, title=f"{person.name}的一招", speaker=person, minutes=minutes, by=by) for person in people]


def order(hour: Gathering) -> list[tuple[int, str]]:
    """Place and speaker of each talk that stands."""
    return [(talk.place, talk.speaker.handle) for talk in order_of(hour).talks]


def text(answer: Any) -> str:
    return str(answer.content.decode().replace("<wbr>", ""))


# --- the order --------------------------------------------------------------------------------------------------------


def test_speakers_are_asked_once_and_the_host_needs_no_asking(
    hour: Gathering, lin: Person, wang: Person, catch_up: Any
) -> None:
    talks(hour, wang, lin, by=lin)
    again = add_talk(hour, title="别的", speaker=wang, minutes=5, by=lin)
    assert again.title == "王一帆的一招" and order(hour) == [(1, "wang"), (2, "lin")]
    assert [talk.state for talk in order_of(hour).talks] == ["waiting", "accepted"]
    assert Activity.objects.filter(verb="gatherings.speaker_asked").count() == 2
    catch_up()
    assert Notification.objects.get(notice="gatherings.speaker_asked").person == wang


def test_an_order_has_at_most_eight_talks_of_five_to_ten_minutes(hour: Gathering, lin: Person) -> None:
    people = [make_person(f"s{number}") for number in range(9)]
    talks(hour, *people[:8], by=lin)
    with pytest.raises(Refused):
        add_talk(hour, title="第九讲", speaker=people[8], minutes=5, by=lin)
    for minutes in (4, 11):
        with pytest.raises(Refused):
            add_talk(hour, title="太短或太长", speaker=people[8], minutes=minutes, by=lin)
    assert hour.talks.count() == 8
    with pytest.raises(IntegrityError), transaction.atomic():
        hour.talks.update(minutes=11)


def test_only_the_host_composes_and_only_lightning_has_an_order(
    hour: Gathering, community: Community, lin: Person, wang: Person, xu: Person
) -> None:
    with pytest.raises(Forbidden):
        add_talk(hour, title="我来", speaker=wang, minutes=5, by=wang)
    plain = make_fixed(community, lin)
    with pytest.raises(Refused):
        add_talk(plain, title="一讲", speaker=wang, minutes=5, by=lin)
    first = talks(hour, xu, by=lin)[0]
    for act in (lambda: move_talk(first, 1, by=wang), lambda: remove_talk(first, by=wang)):
        with pytest.raises(Forbidden):
            act()
    assert LightningTalk.objects.count() == 1


def test_moving_is_to_a_place_so_that_twice_ends_the_same(
    hour: Gathering, lin: Person, wang: Person, xu: Person
) -> None:
    lightning_talks = talks(hour, wang, xu, lin, by=lin)
    for _time in range(2):
        move_talk(lightning_talks[2], 1, by=lin)
    assert order(hour) == [(1, "lin"), (2, "wang"), (3, "xu")]
    assert Activity.objects.filter(verb="gatherings.running_order_changed").count() == 1
    move_talk(lightning_talks[2], 99, by=lin)
    assert order(hour) == [(1, "wang"), (2, "xu"), (3, "lin")]
    for _time in range(2):
        remove_talk(lightning_talks[0], by=lin)
    assert order(hour) == [(1, "xu"), (2, "lin")]


def test_the_total_is_compared_with_the_hour(hour: Gathering, lin: Person, browse: Any) -> None:
    people = [make_person(f"s{number}") for number in range(7)]
    talks(hour, *people[:2], by=lin, minutes=10)
    assert (order_of(hour).total, order_of(hour).over, order_of(hour).missing) == (20, 0, 1)
    talks(hour, *people[2:], by=lin, minutes=10)
    assert (order_of(hour).total, order_of(hour).over, order_of(hour).missing) == (70, 10, 0)
    assert "已排 70 分钟，这场只有 60 分钟，超了 10 分钟" in text(browse(lin).get(f"/gatherings/{hour.pk}/order/"))


# --- speakers ---------------------------------------------------------------------------------------------------------


def test_a_yes_gives_a_seat_and_a_no_leaves_the_order(
    hour: Gathering, lin: Person, wang: Person, xu: Person, catch_up: Any
) -> None:
    mine, other = talks(hour, wang, xu, by=lin)
    with pytest.raises(Forbidden):
        answer_for_talk(mine, yes=True, by=lin)
    for _time in range(2):
        answer_for_talk(mine, yes=True, by=wang)
    answer_for_talk(other, yes=False, by=xu)
    assert Seat.objects.filter(gathering=hour, person=wang).count() == 1
    assert order(hour) == [(1, "wang")]
    assert Activity.objects.filter(verb="gatherings.speaker_answered").count() == 2
    catch_up()
    assert Notification.objects.filter(notice="gatherings.speaker_answered", person=lin).count() == 1
    again = add_talk(hour, title="换个讲法", speaker=xu, minutes=5, by=lin)
    assert (again.state, order(hour)) == ("waiting", [(1, "wang"), (2, "xu")])


def test_a_speaker_has_a_seat_even_when_all_are_taken(
    community: Community, lin: Person, wang: Person, xu: Person
) -> None:
    full = make_fixed(community, lin, format="lightning", minutes=60, seats=1)
    sign_up(full, by=xu)
    assert sign_up(full, by=wang).waiting
    answer_for_talk(talks(full, wang, by=lin)[0], yes=True, by=wang)
    seats = Seat.objects.filter(gathering=full).values_list("person__handle", "waiting")
    assert sorted(seats) == [("wang", False), ("xu", False)]
    assert Gathering.objects.get(pk=full.pk).free == 0


def test_a_speaker_who_is_busy_elsewhere_speaks_against_the_time(
    hour: Gathering, community: Community, lin: Person, wang: Person
) -> None:
    make_fixed(community, wang, title="另一场", start=hour.starts_at, minutes=30)
    said = {doubt.kind for doubt in conflicts_of(hour, hour.starts_at, hour.ends_at)}
    assert "person" not in said
    talks(hour, wang, by=lin)
    said = {doubt.kind for doubt in conflicts_of(hour, hour.starts_at, hour.ends_at)}
    assert "person" in said


def test_a_speaker_from_outside_sees_it_until_they_say_no(
    closed_community: Community, lin: Person, sun: Person, browse: Any
) -> None:
    inside = make_fixed(closed_community, lin, format="lightning", minutes=60)
    assert not Gathering.objects.visible_to(sun).filter(pk=inside.pk).exists()
    mine = talks(inside, sun, by=lin)[0]
    for person in (sun, lin):
        seen = Gathering.objects.visible_to(fresh(person)).filter(pk=inside.pk).exists()
        assert seen and rules.can_see(fresh(person), inside)
    client = browse(sun)
    assert "我来讲" in text(client.get(inside.get_absolute_url()))
    assert client.post(f"/talks/{mine.pk}/answer/", {"on": "0"}).headers["Location"] == "/gatherings/"
    assert client.get(inside.get_absolute_url()).status_code == 404 and not rules.can_see(fresh(sun), inside)


def test_a_speaker_changes_their_own_words_and_prepares_like_a_sharer(
    hour: Gathering, lin: Person, wang: Person, xu: Person
) -> None:
    mine, other = talks(hour, wang, xu, by=lin)
    assert not rules.can_prepare(wang, hour)
    answer_for_talk(mine, yes=True, by=wang)
    assert rules.can_prepare(wang, hour)
    for _time in range(2):
        change_talk(mine, title="三分钟听出漏氟", minutes=8, by=wang)
    with pytest.raises(Forbidden):
        change_talk(other, title="别人的", minutes=8, by=wang)
    mine.refresh_from_db()
    other.refresh_from_db()
    assert (mine.title, mine.minutes, other.title) == ("三分钟听出漏氟", 8, "徐小满的一招")
    assert Activity.objects.filter(verb="gatherings.running_order_changed").count() == 1


def test_what_waits_for_a_speaker_stands_on_today(hour: Gathering, lin: Person, wang: Person, browse: Any) -> None:
    mine = talks(hour, wang, by=lin)[0]
    assert "林晓岚请你讲一段" in text(browse(wang).get("/"))
    answer_for_talk(mine, yes=True, by=wang)
    assert "林晓岚请你讲一段" not in text(browse(wang).get("/"))


def test_nobody_is_nominated_as_the_one_sharer(hour: Gathering) -> None:
    assert not wants_sharer(hour)


# --- on stage ---------------------------------------------------------------------------------------------------------


def test_one_talk_runs_at_a_time_and_a_second_press_changes_nothing(
    hour: Gathering, lin: Person, wang: Person, xu: Person
) -> None:
    first, second, third = talks(hour, wang, xu, lin, by=lin)
    with pytest.raises(Refused):
        start_talk(first, by=lin)
    now_running(hour)
    start_talk(first, by=lin)
    began = LightningTalk.objects.get(pk=first.pk).started_at
    start_talk(first, by=lin)
    assert LightningTalk.objects.get(pk=first.pk).started_at == began
    start_talk(third, by=lin)
    state = order_of(hour)
    assert state.current == third and state.following == second
    start_talk(first, by=lin)
    assert order_of(hour).current == third
    for _time in range(2):
        end_talk(third, by=lin)
    assert order_of(hour).current is None
    verbs = [row.verb for row in Activity.objects.filter(verb__startswith="gatherings.talk_").order_by("pk")]
    assert verbs == ["gatherings.talk_started", "gatherings.talk_started", "gatherings.talk_ended"]
    with pytest.raises(Forbidden):
        start_talk(second, by=wang)
    with pytest.raises(Refused):
        remove_talk(first, by=lin)


def test_the_room_and_the_wall_see_who_speaks_and_who_is_next(
    hour: Gathering, lin: Person, wang: Person, xu: Person, browse: Any
) -> None:
    first, _second = talks(hour, wang, xu, by=lin)
    now_running(hour)
    host, guest = browse(lin), browse(xu)
    assert host.post(f"/talks/{first.pk}/stage/", {"on": "1"}).status_code == 302
    assert guest.post(f"/talks/{first.pk}/stage/", {"on": "0"}).status_code == 403
    for path in (f"/gatherings/{hour.pk}/stage/", f"/gatherings/{hour.pk}/room/"):
        page = text(guest.get(path))
        assert "正在讲" in page and "王一帆的一招" in page and "徐小满" in page and "下一讲" not in page
        assert "live:talk" in page and f"gathering-{hour.pk}" in page
        assert "下一讲" in text(host.get(path))


def test_the_stage_asks_a_fixed_number_of_questions(hour: Gathering, lin: Person, browse: Any) -> None:
    now_running(hour)
    counts, client = [], browse(lin)
    for size in (1, 3):
        talks(hour, *(make_person(f"s{size}{number}") for number in range(size)), by=lin)
        found = []
        for path in ("stage/", "order/", "room/", ""):
            client.get(f"/gatherings/{hour.pk}/{path}")
            with CaptureQueriesContext(connection) as asked:
                assert client.get(f"/gatherings/{hour.pk}/{path}").status_code == 200
            found.append(len(asked))
        counts.append(found)
    assert counts[0] == counts[1]


def test_a_question_names_the_talk_its_asker_chose(
    hour: Gathering, lin: Person, wang: Person, xu: Person, browse: Any
) -> None:
    mine = talks(hour, wang, by=lin)[0]
    browse(xu).post(f"/gatherings/{hour.pk}/questions/", {"text": "先查哪里", "talk": str(mine.pk), "anonymous": "on"})
    question = hour.questions.get()
    assert (question.talk, question.by, question.is_anonymous) == (mine, None, True)
    assert "问“王一帆的一招”" in text(browse(lin).get(hour.get_absolute_url()))
    browse(xu).post(f"/gatherings/{hour.pk}/questions/", {"text": "先查哪里", "talk": "999999"})
    assert hour.questions.filter(talk=None).count() == 1


# --- before and after -------------------------------------------------------------------------------------------------


def test_it_is_proposed_from_the_page_without_a_single_sharer(community: Community, lin: Person, browse: Any) -> None:
    client = browse(lin)
    page = text(client.get("/gatherings/new/?format=lightning"))
    assert "闪电演讲" in page and 'name="sharer"' not in page
    fields = {
        "format": "lightning",
        "community": community.pk,
        "title": "一招",
        "for_whom": "新人",
        "take_home": "五招",
    }
    client.post("/gatherings/new/", fields)
    gathering = Gathering.objects.get()
    assert (gathering.format, gathering.sharer, gathering.host) == ("lightning", None, lin)
    page = text(client.get(f"/gatherings/{gathering.pk}/order/"))
    assert "再加一讲" in page
    client.post(f"/gatherings/{gathering.pk}/order/", {"title": "听声辨漏", "speaker": lin.pk, "minutes": "5"})
    assert order(gathering) == [(1, "lin")]
    assert client.get(f"/gatherings/{gathering.pk}/order/").status_code == 200


def test_other_formats_have_no_order_page(community: Community, lin: Person, browse: Any) -> None:
    plain = make_fixed(community, lin)
    for path in ("order/", "stage/"):
        assert browse(lin).get(f"/gatherings/{plain.pk}/{path}").status_code == 404


def test_calendar_and_poster_name_those_who_agreed(hour: Gathering, lin: Person, wang: Person, xu: Person) -> None:
    mine, _other = talks(hour, wang, xu, by=lin)
    answer_for_talk(mine, yes=True, by=wang)
    file = calendar_of([hour]).decode().replace("\r\n ", "")
    assert "1. 王一帆的一招 · 王一帆" in file and "徐小满" not in file
    poster = poster_of(hour, "https://example.com/")
    assert "王一帆" in poster and "徐小满" not in poster


def test_everybody_who_spoke_is_thanked_at_once(hour: Gathering, lin: Person, wang: Person, xu: Person) -> None:
    mine, other, _own = talks(hour, wang, xu, lin, by=lin)
    for talk in (mine, other):
        answer_for_talk(talk, yes=True, by=talk.speaker)
    with pytest.raises(Refused):
        thank_speakers(hour, reason="三招都用得上", by=lin)
    done = complete(over(hour), summary="三招。", by=lin)
    for _time in range(2):
        thank_speakers(done, reason="三招都用得上", by=lin)
    assert sorted(Thanks.objects.values_list("to__handle", flat=True)) == ["wang", "xu"]
    thank_speakers(done, reason="谢谢两位", by=wang)
    assert sorted(Thanks.objects.filter(by=wang).values_list("to__handle", flat=True)) == ["lin", "xu"]


def test_the_deposit_names_all_talks_with_their_questions(
    hour: Gathering, lin: Person, wang: Person, xu: Person
) -> None:
    mine, _other = talks(hour, wang, xu, by=lin)
    answer_for_talk(mine, yes=True, by=wang)
    question = ask_in_room(hour, "先查哪里", talk=mine, by=xu)
    ask_in_room(hour, "什么时候再办", by=xu)
    mark_answered(question, answer="先查喇叭口", by=lin)
    done = complete(over(hour), summary="三招。", by=lin)
    with translation.override("zh-hans"):
        written = markdown_of(done)
    part = written.index("## 闪电演讲")
    assert part < written.index("### 王一帆的一招") < written.index("讲者：王一帆") < written.index("先查喇叭口")
    assert written.index("先查喇叭口") < written.index("什么时候再办") and "徐小满的一招" not in written
    article = start_deposit(done, by=lin)
    assert set(article.authors.all()) == {lin, wang}
    assert shared_by(wang, lin).get() == done and not shared_by(xu, lin).exists()


def test_it_ends_whatever_still_runs(hour: Gathering, lin: Person, wang: Person) -> None:
    mine = talks(hour, wang, by=lin)[0]
    running = now_running(hour)
    start_talk(mine, by=lin)
    complete(running, summary="", by=lin)
    ended = LightningTalk.objects.get(pk=mine.pk).ended_at
    assert ended is not None and timezone.now() - ended < dt.timedelta(minutes=1)


def test_it_is_found_by_what_a_talk_is_about(
    hour: Gathering, lin: Person, wang: Person, catch_up: Any, browse: Any
) -> None:
    add_talk(hour, title="盐雾试验箱校准", speaker=wang, minutes=5, by=lin)
    catch_up()
    assert hour.get_absolute_url() in text(browse(wang).get("/search/?q=盐雾试验箱"))
