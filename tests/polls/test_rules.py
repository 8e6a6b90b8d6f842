"""Who may do what with polls: of a community by its members, of a thing by what its app says."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from django.utils import timezone
from freezegun import freeze_time

from tests.cast import fresh, gone, who_may
from zhiliu.activity.models import Activity
from zhiliu.communities.models import Community
from zhiliu.directory.models import Person
from zhiliu.kit.errors import Forbidden, Refused
from zhiliu.polls.models import Ballot, Poll
from zhiliu.polls.owners import PollOwner, owners
from zhiliu.polls.queries import shown, with_people
from zhiliu.polls.rules import can_close, can_open, can_see, can_vote
from zhiliu.polls.voting import LONGEST, cast_ballot, close_poll, open_poll, put_poll

pytestmark = pytest.mark.django_db
DESK = 7


@pytest.fixture
def desk() -> Iterator[PollOwner]:
    """A thing of a kind of its own: Lin keeps its polls, Wang votes, Lin, Wang and Xu see them."""
    owner = PollOwner(
        keep=lambda person, thing_id: (person.handle, thing_id) == ("lin", DESK),
        vote=lambda person, thing_id: (person.handle, thing_id) == ("wang", DESK),
        see=lambda person, thing_id: person.handle in {"lin", "wang", "xu"} and thing_id == DESK,
        seen=lambda person: [DESK] if person.handle in {"lin", "wang", "xu"} else [],
        most_options=3,
    )
    yield owners.register(owner, key="desk")
    owners.unregister("desk")


@pytest.fixture
def desk_poll(desk: PollOwner, community: Community, lin: Person) -> Poll:
    return put_poll(community, ("desk", DESK), question="先讲哪个", options=["甲", "乙"], by=lin)


def ask(community: Community, by: Person, question: str = "哪天去爬山", **fields: object) -> Poll:
    closes_at = timezone.now() + dt.timedelta(days=3)
    return open_poll(community, question=question, options=["周四", "周五"], closes_at=closes_at, by=by, **fields)


def log(verb: str) -> list[Activity]:
    return list(Activity.objects.filter(verb=f"polls.{verb}").order_by("pk"))


def test_a_poll_of_a_community_is_seen_by_those_who_see_the_community(
    closed_community: Community, lin: Person, wang: Person, sun: Person
) -> None:
    poll = ask(closed_community, wang)
    for person, sees in ((lin, True), (wang, True), (sun, False)):
        assert (can_see(person, poll), Poll.objects.visible_to(person).exists()) == (sees, sees)
    assert str(can_see.why_not(sun, poll)) == "Only people who can see the community can see this."


def test_a_poll_of_a_thing_is_seen_by_those_who_see_the_thing(
    desk_poll: Poll, lin: Person, wang: Person, xu: Person, sun: Person, zhao: Person
) -> None:
    for person, sees in ((lin, True), (wang, True), (xu, True), (sun, False), (zhao, False)):
        assert (can_see(person, desk_poll), Poll.objects.visible_to(person).exists()) == (sees, sees)
    assert str(can_see.why_not(sun, desk_poll)) == "Only people who can see the page it belongs to can see this."


def test_only_those_the_thing_names_vote_in_its_polls(desk_poll: Poll, lin: Person, wang: Person, xu: Person) -> None:
    option = desk_poll.options.get(text="甲")
    for person in (lin, xu, gone(wang)):
        with pytest.raises(Forbidden, match="Only participants can vote here"):
            cast_ballot(desk_poll, option, by=person)
    assert not Ballot.objects.exists()
    Person.objects.filter(pk=wang.pk).update(is_active=True)
    assert cast_ballot(desk_poll, option, by=fresh(wang)) is True


def test_only_those_the_thing_names_close_its_polls(desk_poll: Poll, lin: Person, wang: Person) -> None:
    for person in (wang, gone(lin)):
        with pytest.raises(Forbidden, match="Only the people running this"):
            close_poll(desk_poll, by=person)
    assert Poll.objects.get().is_open


def test_a_poll_of_a_thing_no_app_speaks_for_is_closed_to_everybody(desk_poll: Poll, lin: Person, wang: Person) -> None:
    owners.unregister("desk")
    assert [rule(person, desk_poll) for rule in (can_see, can_vote, can_close) for person in (lin, wang)] == [False] * 6


def test_an_author_who_left_closes_nothing_and_neither_does_another_member(
    community: Community, wang: Person, xu: Person
) -> None:
    poll = ask(community, wang)
    for person in (xu, gone(wang)):
        with pytest.raises(Forbidden, match="author or a moderator"):
            close_poll(poll, by=person)
    assert Poll.objects.get().is_open


def test_the_same_question_at_a_thing_is_the_same_poll_and_another_one_closes_it(desk_poll: Poll, lin: Person) -> None:
    def put(question: str) -> Poll:
        return put_poll(desk_poll.community, ("desk", DESK), question=question, options=["甲", "乙"], by=lin)

    assert (put("先讲哪个").pk, len(log("poll_created"))) == (desk_poll.pk, 1)
    following = put("再讲哪个")
    assert [poll.pk for poll in Poll.objects.open()] == [following.pk]
    assert (len(log("poll_created")), len(log("poll_closed"))) == (2, 1)


def test_a_thing_says_how_many_options_its_polls_have(desk: PollOwner, community: Community, lin: Person) -> None:
    def put(*options: str) -> Poll:
        return put_poll(community, ("desk", DESK), question="？", options=options, by=lin)

    with pytest.raises(Refused, match="2 to 3"):
        put("甲", "乙", "丙", "丁")
    assert not Poll.objects.exists()
    assert put("甲", "乙", "丙").options.count() == 3


def test_who_voted_at_a_thing_or_in_secret_stands_nowhere_in_the_log(
    desk_poll: Poll, community: Community, wang: Person
) -> None:
    for poll in (desk_poll, ask(community, wang), ask(community, wang, "秘密", is_secret=True)):
        cast_ballot(poll, poll.options.all()[0], by=wang)
    assert [entry.by_id for entry in log("ballot_cast")] == [None, wang.pk, None]


def test_a_ballot_changes_its_own_poll_and_nobody_elses_choice(community: Community, wang: Person, xu: Person) -> None:
    poll, other = ask(community, wang), ask(community, wang, "哪家店")
    for item, person, text in ((poll, wang, "周四"), (other, wang, "周四"), (poll, xu, "周四"), (poll, xu, "周五")):
        cast_ballot(item, item.options.get(text=text), by=person)
    ballots = Ballot.objects.order_by("pk").values_list("poll_id", "by_id", "option__text")
    assert list(ballots) == [(poll.pk, wang.pk, "周四"), (other.pk, wang.pk, "周四"), (poll.pk, xu.pk, "周五")]
    assert [Poll.objects.get(pk=item.pk).ballot_count for item in (poll, other)] == [2, 1]


def test_closing_one_poll_leaves_the_others_open_and_is_told_once(community: Community, wang: Person) -> None:
    poll, other = ask(community, wang), ask(community, wang, "哪家店")
    assert (close_poll(poll, by=wang).is_open, Poll.objects.get(pk=other.pk).is_open) == (False, True)
    assert len(log("poll_closed")) == 1
    close_poll(poll, by=wang)
    assert len(log("poll_closed")) == 1


def test_a_poll_runs_longer_than_now_and_ninety_days_at_most(community: Community, wang: Person) -> None:
    def until(closes_at: dt.datetime) -> Poll:
        return open_poll(community, question="？", options=["甲", "乙"], closes_at=closes_at, by=wang)

    with freeze_time(timezone.now()):
        for closes_at in (timezone.now(), timezone.now() + LONGEST + dt.timedelta(seconds=1)):
            with pytest.raises(Refused, match="90 days"):
                until(closes_at)
        assert not Poll.objects.exists()
        assert until(timezone.now() + LONGEST).is_open


def test_twelve_options_fit_into_a_poll(community: Community, wang: Person) -> None:
    closes_at = timezone.now() + dt.timedelta(days=1)
    texts = [f"第{number}项" for number in range(12)]
    poll = open_poll(community, question="？", options=texts, closes_at=closes_at, by=wang)
    assert [option.text for option in poll.options.all()] == texts


def test_each_shown_poll_has_its_own_options_counts_and_choice(community: Community, wang: Person, xu: Person) -> None:
    poll, other = ask(community, wang), ask(community, wang, "哪家店")
    cast_ballot(poll, poll.options.get(text="周四"), by=wang)
    cast_ballot(poll, poll.options.get(text="周五"), by=xu)
    cast_ballot(other, other.options.get(text="周五"), by=xu)

    first, second = shown([poll, other], wang)
    assert [(choice.option.text, choice.mine) for choice in first.choices] == [("周四", True), ("周五", False)]
    assert [choice.mine for choice in second.choices] == [False, False]
    assert (first.voted, second.voted) == (True, False)
    [only] = shown([poll], wang)
    assert [choice.option.text for choice in only.choices] == ["周四", "周五"]


def test_names_of_voters_are_those_of_this_poll_and_no_more_than_asked_for(
    community: Community, lin: Person, wang: Person, xu: Person
) -> None:
    poll, other = ask(community, wang), ask(community, wang, "哪家店")
    for person in (lin, wang, xu):
        cast_ballot(poll, poll.options.get(text="周四"), by=person)
    cast_ballot(other, other.options.get(text="周四"), by=lin)
    thursday, friday = with_people(shown([poll], wang)[0], most=2).choices
    assert (thursday.people, thursday.count, friday.people) == ([lin, wang], 3, [])
    assert with_people(shown([poll], wang)[0]).choices[0].people == [lin, wang, xu]


def test_members_open_polls_where_polls_are_on_and_author_and_moderators_close_them(
    community: Community, wang: Person, sun: Person, admin: Person
) -> None:
    assert who_may(can_open, community) == "lin wang xu zhao admin"
    assert who_may(can_vote, Poll(community=community)) == "lin wang xu zhao admin"
    assert who_may(can_close, Poll(community=community, by=wang)) == "lin wang admin"
    assert who_may(can_close, Poll(community=community)) == "lin admin"
    assert who_may(can_see, Poll(question="无处")) == ""
    community.features = [name for name in community.features if name != "polls"]
    assert who_may(can_open, community) == ""


def test_a_poll_of_an_archived_community_is_closed_by_nobody(
    community: Community, lin: Person, wang: Person, admin: Person
) -> None:
    poll = ask(community, wang)
    assert who_may(can_close, poll) == "lin wang admin"
    Community.objects.filter(pk=community.pk).update(phase=Community.Phase.ARCHIVED)
    poll = Poll.objects.get(pk=poll.pk)
    assert who_may(can_close, poll) == ""
    with pytest.raises(Forbidden, match="This community is archived and read-only"):
        close_poll(poll, by=wang)
    assert Poll.objects.get().is_open


def test_a_ballot_for_a_poll_that_was_closed_meanwhile_does_not_count(
    community: Community, wang: Person, lin: Person
) -> None:
    poll = ask(community, wang)
    close_poll(Poll.objects.get(pk=poll.pk), by=wang)
    assert poll.is_open, "the page was loaded before it was closed"
    with pytest.raises(Refused, match="This poll is closed"):
        cast_ballot(poll, poll.options.earliest("pk"), by=lin)
    assert not Ballot.objects.exists()
