"""Members propose and decide."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from tests.cast import make_person
from zhiliu.activity.models import Activity
from zhiliu.communities.joining import add_members, remove_member
from zhiliu.communities.models import Community
from zhiliu.directory.models import Person
from zhiliu.governance.models import Proposal, ProposalVote
from zhiliu.governance.proposing import count_due, count_votes, follow_up, propose_to, vote_on, withdraw_proposal
from zhiliu.kit.errors import Forbidden, Refused

pytestmark = pytest.mark.django_db


def tomorrow() -> dt.datetime:
    return timezone.now() + dt.timedelta(days=1)


@pytest.fixture
def proposal(community: Community, wang: Person) -> Proposal:
    """Wang proposes something."""
    return propose_to(community, title="改到线上", body="外地的来不了。", closes_at=tomorrow(), by=wang)


def over(proposal: Proposal) -> Proposal:
    """The vote is over."""
    Proposal.objects.filter(pk=proposal.pk).update(closes_at=timezone.now() - dt.timedelta(minutes=1))
    proposal.refresh_from_db()
    return proposal


@pytest.mark.parametrize(
    ("choices", "result"),
    [
        ({"lin": "yes", "wang": "yes", "xu": "no"}, "accepted"),
        ({"lin": "yes", "wang": "no"}, "rejected"),
        ({"lin": "abstain"}, "rejected"),
        ({}, "too_few"),
    ],
)
def test_more_for_than_against_accepts_if_enough_voted(
    proposal: Proposal, lin: Person, wang: Person, xu: Person, choices: dict[str, str], result: str
) -> None:
    people = {"lin": lin, "wang": wang, "xu": xu}
    for handle, choice in choices.items():
        vote_on(proposal, choice, by=people[handle])
    counted = count_votes(over(proposal))
    assert counted.result == result
    assert counted.yes + counted.no + counted.abstained == len(choices)
    assert counted.members == 3


def test_below_the_quorum_nothing_is_decided(community: Community, wang: Person, lin: Person) -> None:
    add_members(community, dict.fromkeys([make_person(f"p{n}") for n in range(7)], "member"), by=lin)
    made = propose_to(community, title="x", body="y", closes_at=tomorrow(), quorum=20, by=wang)
    vote_on(made, "yes", by=lin)
    assert count_votes(over(made)).result == "too_few"


def test_one_person_has_one_vote_and_can_change_it(proposal: Proposal, wang: Person) -> None:
    vote_on(proposal, "yes", by=wang)
    vote_on(proposal, "yes", by=wang)
    vote_on(proposal, "no", by=wang)
    assert list(ProposalVote.objects.values_list("choice", flat=True)) == ["no"]


def test_after_the_end_nobody_votes(proposal: Proposal, wang: Person) -> None:
    with pytest.raises(Refused, match="This vote is over"):
        vote_on(over(proposal), "yes", by=wang)
    assert not ProposalVote.objects.exists()


def test_guests_and_outsiders_neither_propose_nor_vote(
    community: Community, proposal: Proposal, zhao: Person, sun: Person
) -> None:
    for person, reason in ((zhao, "Guests do not vote"), (sun, "Join the community first")):
        with pytest.raises(Forbidden, match=reason):
            vote_on(proposal, "yes", by=person)
        with pytest.raises(Forbidden, match=reason):
            propose_to(community, title="x", body="y", closes_at=tomorrow(), by=person)
    assert (Proposal.objects.count(), ProposalVote.objects.count()) == (1, 0)


def test_who_has_left_does_not_count(
    community: Community, proposal: Proposal, lin: Person, wang: Person, xu: Person
) -> None:
    vote_on(proposal, "yes", by=wang)
    vote_on(proposal, "no", by=xu)
    remove_member(community, xu, by=lin)
    counted = count_votes(over(proposal))
    assert (counted.yes, counted.no, counted.members) == (1, 0, 2)


def test_counting_twice_and_by_the_job_is_harmless(proposal: Proposal, wang: Person) -> None:
    vote_on(proposal, "yes", by=wang)
    over(proposal)
    assert (count_due(), count_due()) == (1, 0)
    first = Activity.objects.filter(verb="governance.proposal_decided").count()
    count_votes(proposal)
    assert Activity.objects.filter(verb="governance.proposal_decided").count() == first == 1


def test_how_somebody_votes_is_in_no_log_and_on_no_page(
    proposal: Proposal, wang: Person, lin: Person, browse: Any
) -> None:
    vote_on(proposal, "no", by=wang)
    entry = Activity.objects.get(verb="governance.proposal_voted")
    assert (entry.by_id, "choice" in entry.data) == (None, False)
    page = browse(lin).get(proposal.get_absolute_url()).content.decode()
    assert "反对</dt>" not in page
    assert 'name="choice" value="no" aria-pressed' not in page


def test_only_whoever_proposed_it_withdraws_it(proposal: Proposal, wang: Person, lin: Person) -> None:
    with pytest.raises(Forbidden, match="Only the person who proposed it"):
        withdraw_proposal(proposal, by=lin)
    withdraw_proposal(proposal, by=wang)
    withdraw_proposal(proposal, by=wang)
    proposal.refresh_from_db()
    assert proposal.result == "withdrawn"
    with pytest.raises(Refused, match="This vote is over"):
        vote_on(proposal, "yes", by=wang)
    assert not ProposalVote.objects.exists()


def test_who_looks_after_the_community_says_what_follows_and_the_proposer_is_told(
    proposal: Proposal, wang: Person, lin: Person, xu: Person, catch_up: Any
) -> None:
    with pytest.raises(Refused, match="still voting"):
        follow_up(proposal, "好", by=lin)
    vote_on(proposal, "yes", by=lin)
    count_votes(over(proposal))
    with pytest.raises(Forbidden, match="Who can"):
        follow_up(proposal, "好", by=xu)
    follow_up(proposal, "下月起", by=lin)
    follow_up(proposal, "下月起", by=lin)
    catch_up()
    proposal.refresh_from_db()
    assert proposal.follows == "下月起"
    assert wang.notifications.filter(notice="governance.followed").count() == 1  # type: ignore[attr-defined]


def test_a_closing_time_out_of_range_is_refused(community: Community, wang: Person) -> None:
    for days in (-1, 61):
        with pytest.raises(Refused, match="within the next 60 days"):
            propose_to(community, title="x", body="y", closes_at=timezone.now() + dt.timedelta(days=days), by=wang)
    assert not Proposal.objects.exists()


def test_pages_lead_from_proposing_to_the_result(community: Community, wang: Person, lin: Person, browse: Any) -> None:
    base = f"/communities/{community.slug}/proposals/"
    day = (timezone.localdate() + dt.timedelta(days=3)).isoformat()
    browse(wang).post(f"{base}new/", {"title": "改到线上", "body": "**看得见**", "closes_on": day, "quorum": "20"})
    made = Proposal.objects.get()
    client = browse(lin)
    client.post(f"{made.get_absolute_url()}vote/", {"choice": "yes"})
    page = client.get(made.get_absolute_url()).content.decode()
    assert 'name="choice" value="yes" aria-pressed' in page
    over(made)
    assert "通过" in client.get(made.get_absolute_url()).content.decode()
    client.post(f"{made.get_absolute_url()}follows/", {"text": "下月起"})
    assert "下月起" in browse(wang).get(made.get_absolute_url()).content.decode()
    assert "通过" in client.get(base).content.decode()


def test_a_proposal_of_a_closed_community_is_not_there_for_others(
    closed_community: Community, lin: Person, sun: Person, browse: Any
) -> None:
    made = propose_to(closed_community, title="x", body="y", closes_at=tomorrow(), by=lin)
    assert browse(sun).get(made.get_absolute_url()).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_a_fixed_number_of_questions(
    count: int, community: Community, wang: Person, lin: Person, browse: Any, django_assert_num_queries: Any
) -> None:
    for number in range(count):
        made = propose_to(community, title=f"提案 {number}", body="y", closes_at=tomorrow(), by=wang)
        vote_on(made, "yes", by=lin)
    client = browse(lin)
    url = f"/communities/{community.slug}/proposals/"
    client.get(url)
    with django_assert_num_queries(10):
        client.get(url)


def test_what_is_over_is_withdrawn_no_more_though_it_is_not_counted_yet(proposal: Proposal, wang: Person) -> None:
    vote_on(proposal, "yes", by=wang)
    with pytest.raises(Refused, match="vote is over"):
        withdraw_proposal(over(proposal), by=wang)
    assert count_votes(proposal).result == "accepted"


def test_nothing_follows_from_a_withdrawn_proposal(proposal: Proposal, wang: Person, lin: Person) -> None:
    withdraw_proposal(proposal, by=wang)
    with pytest.raises(Refused, match="was withdrawn"):
        follow_up(proposal, "下月起", by=lin)
    assert Proposal.objects.get().follows == ""
