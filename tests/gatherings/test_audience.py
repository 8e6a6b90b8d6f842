"""People are invited to attend; they answer on the page or from their mail program."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from python_calamine import CalamineWorkbook

from tests.cast import fresh, make_person
from zhiliu.activity.models import Activity
from zhiliu.communities.models import Community
from zhiliu.conversations.hooks.outgoing import gather
from zhiliu.conversations.hooks.robots import ROBOTS
from zhiliu.conversations.models import Channel, Message, OutgoingHook
from zhiliu.conversations.opening import open_channel
from zhiliu.directory.models import Department, Person
from zhiliu.gatherings.audience import (
    AudienceChoice,
    answer_audience_invitation,
    call_again,
    invite_audience,
    note_seen,
    who_had_need,
)
from zhiliu.gatherings.best_times import best_times
from zhiliu.gatherings.completing import complete
from zhiliu.gatherings.depositing import start_deposit
from zhiliu.gatherings.inviting import decline_to_share, invite_sharer
from zhiliu.gatherings.inviting_elsewhere import channel_posted_in, channels_to_post_in, post_in_channel, share_text
from zhiliu.gatherings.models import AudienceCall, AudienceInvitation, CheckIn, Gathering, LightningTalk, Reminder, Seat
from zhiliu.gatherings.registration import give_up_seat, sign_up
from zhiliu.gatherings.rules import can_see
from zhiliu.gatherings.scheduling import cancel, choose_reminders, fix_time
from zhiliu.kit.errors import Forbidden, Refused
from zhiliu.knowledge.publishing import publish
from zhiliu.needs.topics import make_topic
from zhiliu.needs.voicing import set_support, voice_need
from zhiliu.notifications.models import Notification
from zhiliu.search.models import Tag, TagFollow

from .stage import make_fixed, make_talk, now_running, over, soon

MEMBERS = AudienceChoice(members=True)


@pytest.fixture(autouse=True)
def _pages_in_english(settings: Any) -> None:
    settings.LANGUAGE_CODE = "en"


def invited(gathering: Gathering) -> set[str]:
    rows = AudienceInvitation.objects.filter(gathering=gathering).select_related("person")
    return {row.person.handle for row in rows}


def facts(verb: str) -> int:
    return Activity.objects.filter(verb=verb).count()


def test_members_are_invited_once_without_those_who_come_anyway(
    community: Community, lin: Person, wang: Person, xu: Person, zhao: Person
) -> None:
    talk = make_fixed(community, lin)
    sign_up(talk, by=wang)
    assert invite_audience(talk, MEMBERS, by=lin) == 2
    assert invited(talk) == {xu.handle, zhao.handle}
    assert invite_audience(talk, MEMBERS, by=lin) == 0
    assert (AudienceCall.objects.count(), facts("gatherings.audience_invited")) == (1, 1)


def test_who_is_asked_to_speak_is_asked_nothing_else_unless_they_decline(
    community: Community, lin: Person, wang: Person, xu: Person, zhao: Person
) -> None:
    talk = make_fixed(community, lin)
    invite_sharer(talk, wang, by=lin)
    LightningTalk.objects.create(gathering=talk, title="五分钟", speaker=xu, place=1)
    invite_audience(talk, MEMBERS, by=lin)
    assert invited(talk) == {zhao.handle}
    decline_to_share(talk.invitations.get(), by=wang)
    invite_audience(talk, MEMBERS, by=lin)
    assert invited(talk) == {zhao.handle, wang.handle}
    invite_sharer(talk, zhao, by=lin)
    assert call_again(talk, by=lin) == 1


def test_a_department_brings_its_subdepartments_and_no_guests(community: Community, lin: Person) -> None:
    top = Department.objects.create(name="事业部")
    below = Department.objects.create(name="检测组", parent=top)
    inside = make_person("inside", department=below)
    make_person("visitor", department=below, kind=Person.Kind.GUEST)
    make_person("left", department=top, is_active=False)
    make_person("elsewhere", department=Department.objects.create(name="别处"))
    talk = make_fixed(community, lin)
    assert invite_audience(talk, AudienceChoice(departments=[top]), by=lin) == 1
    assert invited(talk) == {inside.handle}


def test_who_had_the_need_is_invited_unless_they_posted_without_a_name(
    community: Community, lin: Person, wang: Person, xu: Person, sun: Person
) -> None:
    named = voice_need(community, title="密封条怎么换", by=wang)
    hidden = voice_need(community, title="密封条老化", by=sun, anonymous=True)
    set_support(named, on=True, by=xu)
    topic = make_topic(community, title="密封条", needs=[named, hidden], by=lin)
    talk = make_fixed(community, lin, topic=topic)
    assert set(who_had_need(talk)) == {wang.pk, xu.pk}
    assert invite_audience(talk, AudienceChoice(had_need=True), by=lin) == 2


def test_an_invitation_lets_one_see_a_gathering_of_a_closed_community(
    closed_community: Community, lin: Person, sun: Person
) -> None:
    talk = make_fixed(closed_community, lin)
    assert not can_see(sun, talk)
    invite_audience(talk, AudienceChoice(people=[sun]), by=lin)
    assert can_see(fresh(sun), talk)
    assert list(Gathering.objects.visible_to(fresh(sun))) == [talk]
    assert not sign_up(talk, by=fresh(sun)).waiting


def test_nobody_is_invited_whom_the_host_cannot_see(community: Community, lin: Person) -> None:
    stranger = make_person("stranger", kind=Person.Kind.GUEST)
    talk = make_fixed(community, lin)
    assert invite_audience(talk, AudienceChoice(people=[stranger]), by=lin) == 0
    assert not AudienceInvitation.objects.exists()


def test_only_the_host_invites(community: Community, lin: Person, wang: Person) -> None:
    talk = make_fixed(community, lin)
    for verb in (lambda: invite_audience(talk, MEMBERS, by=wang), lambda: call_again(talk, by=wang)):
        with pytest.raises(Forbidden, match="host"):
            verb()
    assert not AudienceInvitation.objects.exists()


def test_nobody_is_invited_without_a_time_or_once_it_has_begun(community: Community, lin: Person) -> None:
    with pytest.raises(Refused, match="Schedule the gathering first"):
        invite_audience(make_talk(community, lin), MEMBERS, by=lin)
    talk = make_fixed(community, lin)
    now_running(talk)
    with pytest.raises(Refused, match="It has started"):
        invite_audience(talk, MEMBERS, by=lin)
    assert not AudienceInvitation.objects.exists()


def test_the_second_call_goes_once_and_only_to_who_has_not_answered(
    community: Community, lin: Person, wang: Person, xu: Person, zhao: Person
) -> None:
    people = [make_person(f"p{number}") for number in range(3)]
    talk = make_fixed(community, lin)
    invite_audience(talk, AudienceChoice(members=True, people=people), by=lin)
    sign_up(talk, by=wang)
    answer_audience_invitation(talk, "maybe", by=xu)
    answer_audience_invitation(talk, "no", by=zhao)
    Person.objects.filter(pk=people[0].pk).update(is_active=False)
    assert call_again(talk, by=lin) == 2
    assert call_again(talk, by=lin) == 0
    again = AudienceInvitation.objects.exclude(second_call=None)
    assert {row.person_id for row in again} == {people[1].pk, people[2].pk}
    assert AudienceCall.objects.filter(again=True).count() == 1


def test_each_invited_person_gets_one_notification_and_reads_of_the_second_call(
    community: Community, lin: Person, wang: Person, xu: Person, catch_up: Any
) -> None:
    talk = make_talk(community, lin)
    fix_time(talk, starts_at=soon(), ends_at=soon() + dt.timedelta(minutes=40), by=lin)
    invite_audience(Gathering.objects.get(), MEMBERS, by=lin)
    catch_up()
    told = Notification.objects.filter(person=wang, notice__startswith="gatherings")
    assert [row.notice for row in told] == ["gatherings.audience"]
    call_again(Gathering.objects.get(), by=lin)
    catch_up()
    row = Notification.objects.get(person=xu, notice="gatherings.audience")
    assert (row.count, row.details) == (2, {"again": True})
    assert not Notification.objects.filter(person=lin, notice="gatherings.audience").exists()


def test_followers_of_a_tag_are_told_but_not_listed(
    community: Community, lin: Person, sun: Person, catch_up: Any
) -> None:
    tag = Tag.objects.create(name="密封条")
    TagFollow.objects.create(tag=tag, by=sun)
    talk = make_fixed(community, lin)
    assert invite_audience(talk, AudienceChoice(tags=[tag]), by=lin) == 0
    catch_up()
    assert Notification.objects.filter(person=sun, notice="gatherings.by_tag").count() == 1
    assert not AudienceInvitation.objects.exists()


def test_an_answer_may_change_until_it_begins(community: Community, lin: Person, wang: Person) -> None:
    talk = make_fixed(community, lin)
    invite_audience(talk, MEMBERS, by=lin)
    answer_audience_invitation(talk, "maybe", by=wang)
    answer_audience_invitation(talk, "maybe", by=wang)
    assert facts("gatherings.audience_answered") == 1
    sign_up(talk, by=wang)
    answer_audience_invitation(talk, "maybe", by=wang)
    assert not Seat.objects.filter(person=wang).exists()
    assert AudienceInvitation.objects.get(person=wang).answer == "maybe"
    sign_up(talk, by=wang)
    give_up_seat(talk, by=wang)
    assert AudienceInvitation.objects.get(person=wang).answer == "no"
    now_running(talk)
    with pytest.raises(Refused, match="It has started"):
        answer_audience_invitation(Gathering.objects.get(), "maybe", by=wang)
    assert AudienceInvitation.objects.get(person=wang).answer == "no"


def test_who_is_not_invited_has_nothing_to_answer(community: Community, lin: Person, wang: Person, sun: Person) -> None:
    talk = make_fixed(community, lin)
    with pytest.raises(Forbidden, match="Only invited people"):
        answer_audience_invitation(talk, "no", by=sun)
    invite_audience(talk, MEMBERS, by=lin)
    with pytest.raises(Refused, match="Choose an answer"):
        answer_audience_invitation(talk, "yes", by=wang)
    assert AudienceInvitation.objects.get(person=wang).answer == ""


def test_it_counts_as_seen_from_the_first_look(community: Community, lin: Person, wang: Person, browse: Any) -> None:
    talk = make_fixed(community, lin)
    invite_audience(talk, MEMBERS, by=lin)
    browse(wang).get(talk.get_absolute_url())
    seen = AudienceInvitation.objects.get(person=wang).seen_at
    assert seen is not None
    note_seen(talk, wang)
    assert AudienceInvitation.objects.get(person=wang).seen_at == seen
    assert AudienceInvitation.objects.filter(seen_at=None).count() == 2


def test_who_may_still_come_hears_of_a_move_and_of_the_end(
    community: Community, lin: Person, wang: Person, xu: Person, zhao: Person, catch_up: Any
) -> None:
    talk = make_fixed(community, lin)
    invite_audience(talk, MEMBERS, by=lin)
    answer_audience_invitation(talk, "maybe", by=xu)
    answer_audience_invitation(talk, "no", by=zhao)
    catch_up()
    Notification.objects.all().delete()
    fix_time(talk, starts_at=soon(5), ends_at=soon(5) + dt.timedelta(minutes=40), by=lin)
    cancel(talk, reason="生病", by=lin)
    catch_up()
    told = {(row.person.handle, row.notice) for row in Notification.objects.select_related("person")}
    both = {"gatherings.time", "gatherings.cancelled"}
    assert told == {(person.handle, notice) for person in (wang, xu) for notice in both}


def test_the_article_reaches_who_was_invited_and_who_came_once(
    community: Community, lin: Person, wang: Person, xu: Person, zhao: Person, sun: Person, catch_up: Any
) -> None:
    talk = make_fixed(community, lin)
    invite_audience(talk, AudienceChoice(people=[wang, xu]), by=lin)
    CheckIn.objects.create(gathering=talk, person=wang)
    CheckIn.objects.create(gathering=talk, person=sun)
    done = complete(over(talk), summary="三句话。", by=lin)
    article = start_deposit(Gathering.objects.get(pk=done.pk), by=lin)
    publish(article, by=lin)
    catch_up()
    told = Notification.objects.filter(kind="article", thing_id=article.pk).exclude(person=zhao)
    assert {row.person_id for row in told.filter(notice="gatherings.article")} == {wang.pk, xu.pk, sun.pk}
    assert told.count() == 3


# ---- reminders, channel, text ----------------------------------------------------------------------------------------


def test_the_host_chooses_the_reminders_and_a_move_keeps_the_choice(community: Community, lin: Person) -> None:
    talk = make_talk(community, lin)
    fix_time(talk, starts_at=soon(5), ends_at=soon(5) + dt.timedelta(minutes=40), by=lin)
    assert set(Reminder.objects.values_list("kind", flat=True)) == {"two_days", "one_hour"}
    choose_reminders(talk, ["one_hour", "nonsense"], by=lin)
    choose_reminders(talk, ["one_hour"], by=lin)
    assert list(Reminder.objects.values_list("kind", flat=True)) == ["one_hour"]
    assert facts("gatherings.reminders_planned") == 1
    talk = Gathering.objects.get()
    fix_time(talk, starts_at=soon(6), ends_at=soon(6) + dt.timedelta(minutes=40), by=lin)
    assert list(Reminder.objects.values_list("kind", flat=True)) == ["one_hour"]


def test_reminders_are_the_hosts_until_it_begins(community: Community, lin: Person, wang: Person) -> None:
    talk = make_fixed(community, lin)
    with pytest.raises(Forbidden):
        choose_reminders(talk, [], by=wang)
    now_running(talk)
    with pytest.raises(Refused, match="over"):
        choose_reminders(Gathering.objects.get(), [], by=lin)
    assert Gathering.objects.get().reminder_kinds == ["two_days", "one_hour"]


@pytest.fixture
def channel(community: Community, lin: Person) -> Channel:
    return open_channel(community, name="日常", by=lin)


def test_it_is_said_in_the_channel_once(community: Community, lin: Person, channel: Channel) -> None:
    talk = make_fixed(community, lin)
    message = post_in_channel(talk, channel, by=lin)
    assert post_in_channel(talk, channel, by=lin) == message
    assert Message.objects.count() == 1
    assert talk.title in message.body and talk.get_absolute_url() in message.body


def test_a_channel_of_another_community_is_refused(
    community: Community, closed_community: Community, lin: Person, channel: Channel
) -> None:
    other = open_channel(closed_community, name="别处", by=lin)
    with pytest.raises(Refused, match="Choose a channel of this community"):
        post_in_channel(make_fixed(community, lin), other, by=lin)
    with pytest.raises(Refused, match="Schedule the gathering first"):
        post_in_channel(make_talk(community, lin), channel, by=lin)
    assert not Message.objects.exists()


def test_the_text_for_group_chats_says_when_where_and_leads_here(
    community: Community, lin: Person, wang: Person, browse: Any
) -> None:
    talk = make_fixed(community, lin, sharer=wang)
    text = share_text(talk).splitlines()
    assert text[0] == talk.title
    assert f"Speaker: {wang.name}" in text
    assert text[-1].endswith(f"/g/{talk.pk}/")
    answer = browse(lin).get(f"/g/{talk.pk}/")
    assert (answer.status_code, answer["Location"]) == (302, talk.get_absolute_url())


# ---- pages -----------------------------------------------------------------------------------------------------------


def time_form(**more: Any) -> dict[str, Any]:
    start = timezone.localtime(soon(5)).replace(hour=15, minute=0)
    return {"day": f"{start:%Y-%m-%d}", "clock": "15:00", "minutes": "40", "anyway": "1", **more}


def test_fixing_the_time_invites_and_posts_what_is_ticked(
    community: Community, lin: Person, wang: Person, sun: Person, channel: Channel, browse: Any
) -> None:
    talk = make_talk(community, lin)
    page = browse(lin).get(f"/gatherings/{talk.pk}/time/").content.decode()
    assert "The 3 members of" in page and 'name="audience-members"' in page and "checked" in page
    ticked = {"audience-members": "on", "audience-channel": channel.pk, "audience-people": [sun.pk]}
    answer = browse(lin).post(f"/gatherings/{talk.pk}/time/", time_form(**ticked), follow=True)
    assert "4 colleagues are invited. Posted in #日常." in answer.content.decode()
    assert Message.objects.count() == 1 and sun.handle in invited(talk)


def test_what_is_not_ticked_is_not_done(community: Community, lin: Person, channel: Channel, browse: Any) -> None:
    talk = make_talk(community, lin)
    browse(lin).post(f"/gatherings/{talk.pk}/time/", time_form())
    assert Gathering.objects.get().state == "fixed"
    assert not Message.objects.exists() and not AudienceInvitation.objects.exists()


def test_an_unknown_tag_is_said_and_nothing_is_fixed(community: Community, lin: Person, browse: Any) -> None:
    talk = make_talk(community, lin)
    answer = browse(lin).post(f"/gatherings/{talk.pk}/time/", time_form(**{"audience-tags": "没有的"}))
    assert "There is no tag “没有的”." in answer.content.decode()
    assert Gathering.objects.get().state == "planning"


def test_moving_asks_nobody_anew(community: Community, lin: Person, browse: Any) -> None:
    talk = make_fixed(community, lin)
    assert "audience-members" not in browse(lin).get(f"/gatherings/{talk.pk}/time/").content.decode()
    browse(lin).post(f"/gatherings/{talk.pk}/time/", time_form(**{"audience-members": "on"}))
    assert not AudienceInvitation.objects.exists()


def test_the_host_sees_who_has_answered_and_takes_the_list_along(
    community: Community, lin: Person, wang: Person, xu: Person, zhao: Person, browse: Any
) -> None:
    talk = make_fixed(community, lin)
    Person.objects.filter(pk=xu.pk).update(name="=HYPERLINK(1)")
    invite_audience(talk, MEMBERS, by=lin)
    sign_up(talk, by=wang)
    answer_audience_invitation(talk, "maybe", by=xu)
    page = browse(lin).get(f"/gatherings/{talk.pk}/audience/?show=maybe").content.decode()
    assert "=HYPERLINK(1)" in page and wang.name not in page.split('id="invited"')[1].split("</ul>")[0]
    assert "Remind 1 without an answer" in page
    sheet = workbook(browse(lin).get(f"/gatherings/{talk.pk}/audience/export/"))
    answers = {row[0]: row[4] for row in sheet[1:]}
    assert answers == {wang.name: "Coming", "=HYPERLINK(1)": "Maybe", zhao.name: "No answer yet"}
    text = browse(lin).get(f"/gatherings/{talk.pk}/audience/export/?as=csv").getvalue().decode()
    assert "'=HYPERLINK(1)" in text


def workbook(answer: Any) -> list[list[Any]]:
    content = io.BytesIO(answer.getvalue())
    return CalamineWorkbook.from_filelike(content).get_sheet_by_index(0).to_python()


def test_calling_again_and_reminders_from_the_page(community: Community, lin: Person, browse: Any) -> None:
    talk = make_fixed(community, lin)
    invite_audience(talk, MEMBERS, by=lin)
    answer = browse(lin).post(f"/gatherings/{talk.pk}/audience/again/", follow=True)
    assert "3 colleagues were reminded." in answer.content.decode()
    browse(lin).post(f"/gatherings/{talk.pk}/audience/reminders/", {"kind": ["two_days"]})
    assert Gathering.objects.get().reminder_kinds == ["two_days"]


def test_an_invited_person_answers_on_the_page(community: Community, lin: Person, wang: Person, browse: Any) -> None:
    talk = make_fixed(community, lin)
    invite_audience(talk, MEMBERS, by=lin)
    assert f"{lin.name} invites you. Are you coming?" in browse(wang).get(talk.get_absolute_url()).content.decode()
    browse(wang).post(f"/gatherings/{talk.pk}/audience/answer/", {"answer": "no"})
    assert "You said you can’t come." in browse(wang).get(talk.get_absolute_url()).content.decode()


def test_who_came_without_signing_up_is_added_and_exported(
    community: Community, lin: Person, wang: Person, sun: Person, browse: Any
) -> None:
    talk = make_fixed(community, lin)
    sign_up(talk, by=wang)
    Gathering.objects.filter(pk=talk.pk).update(state="held", held_at=timezone.now())
    browse(lin).post(f"/gatherings/{talk.pk}/checkins/", {"person": sun.pk})
    assert CheckIn.objects.get().person == sun
    sheet = workbook(browse(lin).get(f"/gatherings/{talk.pk}/checkins/export/"))
    rows = {row[0]: (row[4], row[5]) for row in sheet[1:]}
    assert rows == {wang.name: ("Yes", ""), sun.name: ("", "Yes")}


@pytest.mark.parametrize("path", ["audience/", "audience/export/", "checkins/export/"])
def test_lists_of_people_are_the_hosts(path: str, community: Community, lin: Person, wang: Person, browse: Any) -> None:
    talk = make_fixed(community, lin)
    assert browse(lin).get(f"/gatherings/{talk.pk}/{path}").status_code == 200
    assert browse(wang).get(f"/gatherings/{talk.pk}/{path}").status_code == 403


# ---- best times ------------------------------------------------------------------------------------------------------

MONDAY = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.timezone(dt.timedelta(hours=8)))


def test_the_best_times_are_on_different_working_days_with_enough_notice(community: Community, lin: Person) -> None:
    times = best_times(make_talk(community, lin), now=MONDAY)
    starts = [timezone.localtime(time.starts_at) for time in times]
    assert [f"{start:%m-%d %H:%M}" for start in starts] == ["03-05 15:00", "03-06 15:00", "03-09 15:00"]
    assert times[0].reasons == ["No member has another gathering then"] and times[0].minutes == 40


def test_no_time_is_proposed_at_which_the_sharer_is_busy(community: Community, lin: Person, wang: Person) -> None:
    at = MONDAY.replace(day=5, hour=15)
    busy = make_talk(community, wang)
    Gathering.objects.filter(pk=busy.pk).update(
        state="fixed", starts_at=at, ends_at=at + dt.timedelta(minutes=60), community=community
    )
    talk = make_talk(community, lin)
    free = best_times(talk, now=MONDAY)
    assert timezone.localtime(free[0].starts_at).day == 6, "the community meets on the 5th already"
    Gathering.objects.filter(pk=talk.pk).update(sharer=wang)
    times = best_times(Gathering.objects.get(pk=talk.pk), now=MONDAY, count=20)
    on_the_day = [timezone.localtime(time.starts_at) for time in times if timezone.localtime(time.starts_at).day == 5]
    assert [start.hour for start in on_the_day] == [14]


def test_members_who_are_elsewhere_speak_against_a_time(
    community: Community, closed_community: Community, lin: Person, wang: Person, xu: Person
) -> None:
    other = make_talk(closed_community, lin)
    at = MONDAY.replace(day=5, hour=15)
    Gathering.objects.filter(pk=other.pk).update(
        state="fixed", starts_at=at, ends_at=at + dt.timedelta(minutes=60), host=None, sharer=None
    )
    for person in (wang, xu):
        Seat.objects.create(gathering=other, person=person)
    times = best_times(make_talk(community, lin), now=MONDAY, count=30)
    best_on_day = next(time for time in times if timezone.localtime(time.starts_at).day == 5)
    assert timezone.localtime(best_on_day.starts_at).hour == 14


@pytest.mark.parametrize(("named", "words"), [(True, "feedback with their name"), (False, "anonymous feedback")])
def test_the_page_that_ends_it_says_whether_feedback_carries_names(
    named: bool, words: str, community: Community, lin: Person, browse: Any
) -> None:
    talk = over(make_fixed(community, lin, named_feedback=named))
    assert words in browse(lin).get(f"/gatherings/{talk.pk}/end/").content.decode()


def test_a_refused_invitation_takes_the_time_back_and_nothing_is_said(
    community: Community, lin: Person, channel: Channel, browse: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("zhiliu.gatherings.audience.MOST_AT_ONCE", 1)
    talk = make_talk(community, lin)
    page = browse(lin).post(
        f"/gatherings/{talk.pk}/time/", time_form(**{"audience-members": "on", "audience-channel": channel.pk})
    )
    assert "At most 1 people at once" in page.content.decode() and "Scheduled." not in page.content.decode()
    assert Gathering.objects.get().state == "planning"
    assert not Message.objects.exists()


def test_who_follows_a_tag_is_told_and_the_host_reads_so(community: Community, lin: Person, browse: Any) -> None:
    Tag.objects.create(name="密封条")
    talk = make_fixed(community, lin)
    page = browse(lin).post(f"/gatherings/{talk.pk}/audience/", {"tags": "密封条"}, follow=True).content.decode()
    assert "Followers of the tags are notified." in page and "No one new" not in page


def test_a_second_look_writes_nothing(community: Community, lin: Person, wang: Person, browse: Any) -> None:
    talk = make_fixed(community, lin)
    invite_audience(talk, MEMBERS, by=lin)
    client = browse(wang)
    client.get(talk.get_absolute_url())
    with CaptureQueriesContext(connection) as queries:
        client.get(talk.get_absolute_url())
    assert not [query for query in queries if "UPDATE" in query["sql"] and "audience" in query["sql"]]


def test_the_page_invites_the_chosen_departments_and_people_in_sight(
    community: Community, lin: Person, browse: Any
) -> None:
    chosen, other = (Department.objects.create(name=name) for name in ("检测组", "别处"))
    for key, department in (("inside", chosen), ("elsewhere", other)):
        make_person(key, department=department)
    single, stranger = make_person("single"), make_person("stranger", kind=Person.Kind.GUEST)
    talk = make_fixed(community, lin)
    sent = {"departments": [chosen.pk], "people": [single.pk, stranger.pk]}
    browse(lin).post(f"/gatherings/{talk.pk}/audience/", sent)
    assert invited(talk) == {"inside", "single"}


def test_the_page_offers_only_what_reaches_somebody(
    community: Community, lin: Person, wang: Person, channel: Channel, browse: Any
) -> None:
    topic = make_topic(community, title="密封条", needs=[voice_need(community, title="漏了", by=wang)], by=lin)
    with_need, without = make_talk(community, lin, topic=topic), make_talk(community, lin)
    pages = [browse(lin).get(f"/gatherings/{talk.pk}/time/").content.decode() for talk in (with_need, without)]
    assert ["The 1 colleague who has this need" in page for page in pages] == [True, False]
    assert all('name="audience-channel"' in page for page in pages)
    talk = make_fixed(community, lin)
    page = f"/gatherings/{talk.pk}/audience/"
    assert 'name="channel"' in browse(lin).get(page).content.decode()
    browse(lin).post(page, {"members": "on", "channel": channel.pk})
    assert (len(invited(talk)), Message.objects.count()) == (3, 1)
    after = browse(lin).get(page).content.decode()
    assert 'name="channel"' not in after and 'name="members"' not in after


def test_group_chats_hear_of_a_gathering_once(
    community: Community, lin: Person, channel: Channel, catch_up: Any
) -> None:
    tells = {"everything": ["messages", "gatherings.fixed"], "news": ["gatherings.fixed"]}
    fields = {"channel": channel, "kind": "wecom", "by": lin}
    hooks = {
        name: OutgoingHook.objects.create(url=f"https://robot.example.com/{name}", tells=keys, **fields)
        for name, keys in tells.items()
    }

    def lines(name: str) -> list[str]:
        return gather(hooks[name], ROBOTS["wecom"], list(hooks[name].deliveries.order_by("position")))[0]

    talk = make_fixed(community, lin)
    catch_up()
    assert len(lines("everything")) == 1 and "Gathering scheduled" in lines("everything")[0]
    message = post_in_channel(talk, channel, by=lin)
    catch_up()
    assert len(lines("everything")) == 1 and "Gathering scheduled" not in lines("everything")[0]
    assert len(lines("news")) == 1 and "Gathering scheduled" in lines("news")[0]
    Message.objects.filter(pk=message.pk).update(withdrawn_at=timezone.now())
    assert len(lines("everything")) == 1 and "Gathering scheduled" in lines("everything")[0]


def test_a_message_taken_back_may_be_posted_again(community: Community, lin: Person, channel: Channel) -> None:
    talk, other = make_fixed(community, lin), make_fixed(community, lin)
    assert channel_posted_in(talk) is None
    message = post_in_channel(talk, channel, by=lin)
    assert (channel_posted_in(talk), channel_posted_in(other)) == (message, None)
    Message.objects.update(withdrawn_at=timezone.now())
    assert channel_posted_in(talk) is None


def test_at_most_twelve_tags_and_each_once(community: Community, lin: Person, browse: Any) -> None:
    names = [f"标签{number}" for number in range(13)]
    Tag.objects.bulk_create(Tag(name=name) for name in names)
    talk = make_fixed(community, lin)
    page = browse(lin).post(f"/gatherings/{talk.pk}/audience/", {"tags": ",".join(names)}).content.decode()
    assert "At most 12 tags" in page and not AudienceCall.objects.exists()
    browse(lin).post(f"/gatherings/{talk.pk}/audience/", {"tags": ",".join([*names[:12], "#标签0"])})
    assert AudienceCall.objects.count() == 1


@pytest.mark.parametrize(
    ("left_out", "line"),
    [({"place": ""}, "Place: "), ({"sharer": None}, "Speaker: "), ({"for_whom": ""}, "Who it’s for: ")],
)
def test_the_text_for_group_chats_leaves_out_what_is_not_known(
    community: Community, lin: Person, wang: Person, left_out: dict[str, Any], line: str
) -> None:
    talk = make_fixed(community, lin, sharer=wang)
    assert len(share_text(talk).splitlines()) == 6 and line in share_text(talk)
    Gathering.objects.filter(pk=talk.pk).update(**left_out)
    text = share_text(Gathering.objects.get(pk=talk.pk))
    assert len(text.splitlines()) == 5 and line not in text
    assert share_text(make_talk(community, lin, for_whom="")).count("\n") == 1


def test_channels_one_cannot_write_in_and_talks_are_not_offered(
    community: Community, closed_community: Community, lin: Person, wang: Person, channel: Channel
) -> None:
    open_channel(community, name="公告", posting="stewards", by=lin)
    open_channel(closed_community, name="别处", by=lin)
    talk = make_fixed(community, wang)
    offered = channels_to_post_in(talk, fresh(wang))
    assert channel in offered and not [item for item in offered if item.name in ("公告", "别处")]
    assert [item.pk for item in offered] == sorted(item.pk for item in offered)


def test_a_message_a_member_names_like_the_invitation_is_not_taken_for_it(
    community: Community, lin: Person, wang: Person, channel: Channel, browse: Any
) -> None:
    talk = make_fixed(community, lin)
    forged = {"body": "别来", "client": f"gathering-{talk.pk}-call"}
    assert browse(wang).post(f"/channels/{channel.pk}/messages/", forged).status_code < 400
    assert Message.objects.get().client_id == forged["client"]
    assert channel_posted_in(talk) is None
    message = post_in_channel(talk, channel, by=lin)
    assert (message.by, channel_posted_in(talk), Message.objects.count()) == (lin, message, 2)
