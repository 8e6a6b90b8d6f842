"""Polls: opened, voted in, shown."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.cast import fresh
from zhiliu.activity.models import Activity
from zhiliu.communities.models import Community, Membership
from zhiliu.directory.models import Person
from zhiliu.kit.errors import Forbidden, Refused
from zhiliu.notifications.models import Notification
from zhiliu.polls.models import Ballot, Poll
from zhiliu.polls.queries import shown, with_people
from zhiliu.polls.voting import cast_ballot, close_poll, open_poll, put_poll


def make(community: Community, by: Person, *, options: tuple[str, ...] = ("周四", "周五"), **fields: Any) -> Poll:
    fields.setdefault("closes_at", timezone.now() + dt.timedelta(days=3))
    return open_poll(community, question="哪天去爬山", options=options, by=by, **fields)


def close(poll: Poll) -> Poll:
    Poll.objects.filter(pk=poll.pk).update(closes_at=timezone.now() - dt.timedelta(minutes=1))
    return Poll.objects.get(pk=poll.pk)


def test_a_member_opens_a_poll_and_empty_or_double_options_are_dropped(community: Community, wang: Person) -> None:
    poll = make(community, wang, options=("周四", " 周五 ", "周四", ""))
    assert [option.text for option in poll.options.all()] == ["周四", "周五"]
    assert Activity.objects.get(verb="polls.poll_opened").by_id == wang.pk


@pytest.mark.parametrize("options", [("只有一个",), (), tuple(f"第{n}" for n in range(13))])
def test_too_few_or_too_many_options_are_refused(community: Community, wang: Person, options: tuple[str, ...]) -> None:
    with pytest.raises(Refused, match="Enter 2 to 12 different options"):
        make(community, wang, options=options)
    assert not Poll.objects.exists()


@pytest.mark.parametrize("days", [-1, 0, 91])
def test_a_closing_time_out_of_range_is_refused(community: Community, wang: Person, days: int) -> None:
    with pytest.raises(Refused, match="within the next 90 days"):
        make(community, wang, closes_at=timezone.now() + dt.timedelta(days=days))
    assert not Poll.objects.exists()


def test_who_is_not_a_member_neither_opens_nor_votes(community: Community, wang: Person, sun: Person) -> None:
    with pytest.raises(Forbidden, match="Join the community first"):
        make(community, sun)
    assert not Poll.objects.exists()
    poll = make(community, wang)
    with pytest.raises(Forbidden, match="Join the community first"):
        cast_ballot(poll, poll.options.all()[0], by=sun)
    assert not Ballot.objects.exists()


def test_a_guest_who_is_a_member_votes(community: Community, wang: Person, zhao: Person) -> None:
    poll = make(community, wang)
    cast_ballot(poll, poll.options.all()[0], by=zhao)
    assert Ballot.objects.get().by == zhao


def test_no_polls_where_they_are_switched_off(community: Community, wang: Person) -> None:
    community.features = ["needs"]
    community.save()
    with pytest.raises(Forbidden, match="switched off"):
        make(community, wang)


def test_one_may_change_ones_mind_and_is_counted_once(community: Community, wang: Person) -> None:
    poll = make(community, wang)
    first, second = poll.options.all()
    cast_ballot(poll, first, by=wang)
    cast_ballot(poll, second, by=wang)
    cast_ballot(poll, second, by=wang)
    poll.refresh_from_db()
    assert (Ballot.objects.get().option, poll.ballot_count) == (second, 1)
    assert Activity.objects.filter(verb="polls.ballot_cast").count() == 2


def test_after_closing_nothing_changes(community: Community, wang: Person) -> None:
    poll = make(community, wang)
    poll = close(poll)
    with pytest.raises(Refused, match="closed"):
        cast_ballot(poll, poll.options.all()[0], by=wang)
    assert not Ballot.objects.exists()


def test_an_option_of_another_poll_is_refused(community: Community, wang: Person) -> None:
    poll, other = make(community, wang), make(community, wang)
    with pytest.raises(Refused, match="one of the options shown"):
        cast_ballot(poll, other.options.all()[0], by=wang)
    assert not Ballot.objects.exists()


def test_a_secret_poll_names_nobody_and_counts_nothing_before_the_end(
    community: Community, wang: Person, xu: Person
) -> None:
    poll = make(community, wang, is_secret=True)
    cast_ballot(poll, poll.options.all()[0], by=xu)
    poll.refresh_from_db()
    person = with_people(shown([poll], wang)[0])
    assert [(choice.count, choice.people) for choice in person.choices] == [(None, []), (None, [])]
    assert Activity.objects.get(verb="polls.ballot_cast").by_id is None
    person = with_people(shown([close(poll)], wang)[0])
    assert [(choice.count, choice.people) for choice in person.choices] == [(1, []), (0, [])]


def test_an_open_poll_shows_who_chose_what(community: Community, wang: Person, xu: Person) -> None:
    poll = make(community, wang)
    cast_ballot(poll, poll.options.all()[1], by=xu)
    person = with_people(shown([poll], xu)[0])
    assert [(choice.count, choice.people, choice.mine) for choice in person.choices] == [
        (0, [], False),
        (1, [xu], True),
    ]


def test_members_who_want_everything_are_told(community: Community, wang: Person, xu: Person, catch_up: Any) -> None:
    Membership.objects.filter(person=xu).update(involvement=Membership.Involvement.EVERYTHING)
    make(community, wang)
    catch_up()
    assert Notification.objects.filter(notice="polls.opened").values_list("person_id", flat=True).get() == xu.pk


# --- doors ------------------------------------------------------------------------------------------------------------


def test_the_pages_of_polls(community: Community, wang: Person, sun: Person, browse: Any) -> None:
    client = browse(wang)
    base = f"/communities/{community.slug}/polls/"
    assert client.get(f"{base}new/").status_code == 200
    day = (timezone.localdate() + dt.timedelta(days=2)).isoformat()
    made = client.post(f"{base}new/", {"question": "哪天？", "options": "周四\n周五", "closes_on": day, "_once": "t"})
    poll = Poll.objects.get()
    assert made.url == poll.get_absolute_url()
    again = client.post(f"{base}new/", {"question": "哪天？", "options": "周四\n周五", "closes_on": day, "_once": "t"})
    assert (again.url, Poll.objects.count()) == (poll.get_absolute_url(), 1)
    assert client.post(f"{made.url}ballot/", {"option": poll.options.all()[0].pk}).status_code == 302
    page = client.get(made.url).content.decode()
    assert "哪天？" in page and "checked" in page
    assert client.get(base).status_code == 200
    assert client.get(community.get_absolute_url()).status_code == 200
    assert browse(sun).post(f"{made.url}ballot/", {"option": poll.options.all()[1].pk}).status_code == 403
    assert client.post(f"{made.url}ballot/", {"option": "9" * 40}).status_code == 302
    assert Ballot.objects.get().option == poll.options.all()[0]


def test_a_closed_community_hides_its_polls(
    closed_community: Community, wang: Person, sun: Person, browse: Any
) -> None:
    poll = make(closed_community, wang)
    assert browse(sun).get(poll.get_absolute_url()).status_code == 404
    assert list(Poll.objects.visible_to(fresh(sun))) == []


def test_the_list_takes_the_same_queries_for_one_poll_and_for_three(
    community: Community, wang: Person, lin: Person, browse: Any
) -> None:
    client, address = browse(wang), f"/communities/{community.slug}/polls/"
    make(community, wang)
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        client.get(address)
    make(community, lin)
    make(community, fresh(lin))
    with CaptureQueriesContext(connection) as three:
        client.get(address)
    assert len(three) == len(captured)


# --- closing early ----------------------------------------------------------------------------------------------------


def test_author_or_moderator_closes_a_poll_early_and_twice_is_harmless(
    community: Community, lin: Person, wang: Person, xu: Person
) -> None:
    poll = make(community, wang)
    with pytest.raises(Forbidden, match="Only the poll’s author or a moderator"):
        close_poll(poll, by=xu)
    assert Poll.objects.get().is_open
    close_poll(poll, by=lin)
    close_poll(poll, by=wang)
    assert not Poll.objects.get().is_open
    assert Activity.objects.filter(verb="polls.poll_closed").count() == 1


def test_the_door_to_close_a_poll(community: Community, wang: Person, xu: Person, browse: Any) -> None:
    poll = make(community, wang)
    address = poll.get_absolute_url()
    assert "closing/" in browse(wang).get(address).content.decode()
    assert "closing/" not in browse(xu).get(address).content.decode()
    assert browse(xu).post(f"{address}closing/").status_code == 403
    assert browse(wang).post(f"{address}closing/").status_code == 302
    assert not Poll.objects.get().is_open


def test_a_poll_of_a_thing_whose_app_says_nothing_is_nobodys(community: Community, lin: Person) -> None:
    with pytest.raises(Forbidden, match="Only the people running this"):
        put_poll(community, ("topic", 1), question="？", options=["甲", "乙"], by=lin)
    assert not Poll.objects.exists()
