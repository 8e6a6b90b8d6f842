"""Members propose, vote, and see what follows."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from zhiliu.communities.models import Community
from zhiliu.directory.models import Person
from zhiliu.kit.contracts.facts import announce
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.errors import Refused
from zhiliu.kit.text.markdown import render

from .facts import ProposalDecided, ProposalFollowed, ProposalMade, ProposalVoted
from .models import Proposal, ProposalVote
from .rules import can_follow_up, can_propose, can_vote, can_withdraw

QUORUM = 20
LONGEST = dt.timedelta(days=60)
Result = Proposal.Result


def propose_to(
    community: Community, *, title: str, body: str, closes_at: dt.datetime, by: Person, quorum: int = QUORUM
) -> Proposal:
    """Put a proposal to the vote of the members.

    Args:
        closes_at: within the next 60 days. quorum: share of the members who have to vote, in percent.

    Raises:
        Forbidden: not a member. Refused: the closing time is out of range.
    """
    require(can_propose, by, community)
    if not timezone.now() < closes_at <= timezone.now() + LONGEST:
        raise Refused(_("Choose a closing time within the next 60 days."), field="closes_on")
    with transaction.atomic():
        proposal = Proposal.objects.create(
            community=community,
            title=title,
            body=body,
            html=render(body).html,
            closes_at=closes_at,
            quorum=quorum,
            by=by,
        )
        announce(ProposalMade(proposal_id=proposal.pk, community_id=community.pk, by_id=by.pk))
    return proposal


def vote_on(proposal: Proposal, choice: str, *, by: Person) -> None:
    """Vote, or change the vote while voting is open. Idempotent for the same choice.

    Raises:
        Forbidden: not a member. Refused: it is over.
    """
    require(can_vote, by, proposal)
    with transaction.atomic():
        # Row lock: the final count waits for a vote in flight, or the vote sees that it is over.
        current = Proposal.objects.select_for_update().get(pk=proposal.pk)
        if not current.is_open:
            raise Refused(_("This vote is over."))
        mine, is_new = ProposalVote.objects.get_or_create(proposal=current, by=by, defaults={"choice": choice})
        if not is_new and mine.choice == choice:
            return
        ProposalVote.objects.filter(pk=mine.pk).update(choice=choice, at=timezone.now())
        announce(ProposalVoted(proposal_id=current.pk, community_id=current.community_id))


def withdraw_proposal(proposal: Proposal, *, by: Person) -> None:
    """Withdraw one's own proposal while members vote. Idempotent.

    Raises:
        Forbidden: somebody else's. Refused: the vote is over, though perhaps not yet counted.
    """
    require(can_withdraw, by, proposal)
    with transaction.atomic():
        rows = Proposal.objects.filter(pk=proposal.pk, result="")
        if rows.filter(closes_at__lte=timezone.now()).exists():
            raise Refused(_("The vote is over."))
        if rows.update(result=Result.WITHDRAWN, decided_at=timezone.now()):
            announce(ProposalDecided(proposal_id=proposal.pk, community_id=proposal.community_id, by_id=by.pk))


def count_votes(proposal: Proposal) -> Proposal:
    """Count the votes of a proposal that is over. Idempotent.

    Current members count. It is accepted if the quorum voted and more are for than against.
    """
    return _count_votes(proposal)[0]


def _count_votes(proposal: Proposal) -> tuple[Proposal, bool]:
    """Return the proposal as it stands, and whether this call counted."""
    with transaction.atomic():
        current = Proposal.objects.select_for_update().get(pk=proposal.pk)
        if current.result or current.closes_at > timezone.now():
            return current, False
        # Former members count neither as voters nor for the quorum.
        members = current.community.memberships.exclude(person__kind=Person.Kind.GUEST)
        votes = current.votes.filter(by__in=members.values("person_id"))
        counted = {choice: votes.filter(choice=choice).count() for choice in ProposalVote.Choice.values}
        current.yes, current.no, current.abstained = counted["yes"], counted["no"], counted["abstain"]
        current.members = members.count()
        current.result, current.decided_at = result_of(current), timezone.now()
        current.save(update_fields=["yes", "no", "abstained", "members", "result", "decided_at"])
        announce(ProposalDecided(proposal_id=current.pk, community_id=current.community_id))
    return current, True


def result_of(proposal: Proposal) -> str:
    """Return the result of the counted votes."""
    voted = proposal.yes + proposal.no + proposal.abstained
    if not voted or voted * 100 < proposal.quorum * proposal.members:
        return Result.TOO_FEW
    return Result.ACCEPTED if proposal.yes > proposal.no else Result.REJECTED


def count_due() -> int:
    """Count all proposals that are over.

    Returns:
        How many were counted.
    """
    proposals = list(Proposal.objects.due(timezone.now()).select_related("community"))
    return sum(_count_votes(proposal)[1] for proposal in proposals)


def follow_up(proposal: Proposal, text: str, *, by: Person) -> None:
    """Say what follows from a decision. Idempotent for the same words.

    Raises:
        Forbidden: does not moderate the community. Refused: it is not decided yet, or was withdrawn.
    """
    require(can_follow_up, by, proposal)
    with transaction.atomic():
        decided = Proposal.objects.filter(pk=proposal.pk).exclude(result="")
        if not decided.exists():
            raise Refused(_("Members are still voting."))
        if decided.filter(result=Result.WITHDRAWN).exists():
            raise Refused(_("This proposal was withdrawn."))
        rows = decided.exclude(follows=text)
        if rows.update(follows=text, follows_by=by):
            announce(ProposalFollowed(proposal_id=proposal.pk, community_id=proposal.community_id, by_id=by.pk))
