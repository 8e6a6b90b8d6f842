"""Screening of new posts: publish, publish and flag, or hold for review.

Only posts in communities are screened; direct messages are private.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import ngettext

from zhiliu.communities.models import Community
from zhiliu.communities.reach import reach
from zhiliu.communities.role_permissions import Permission
from zhiliu.directory.models import Person
from zhiliu.kit.contracts.facts import announce
from zhiliu.kit.errors import Refused
from zhiliu.kit.system.db import CompiledQuery
from zhiliu.kit.system.rate_limit import RateLimit

from .detecting import STRONG, DetectorFinding, Submission, detectors
from .facts import ThingFlagged, ThingHeld
from .models import Flag, HeldPost, Mode, Policy
from .recent_activity import HOUR, PostingRate, posting_rate_of, posting_times, said_elsewhere


@dataclass(frozen=True)
class ScreeningResult:
    """The result of all detectors.

    Args:
        findings: all of them. holds: whether the post is held for review.
    """

    findings: tuple[DetectorFinding, ...] = ()
    holds: bool = False

    def as_json(self) -> list[dict[str, Any]]:
        """Return the form stored in held posts and flags."""
        return [finding.as_json() for finding in self.findings]


def policy_of(community: Community) -> Policy:
    """Return a community's policy; the defaults without a row."""
    return _policy.first(community.pk) or Policy(community=community)


_policy = CompiledQuery(lambda community: Policy.objects.filter(community=community).order_by(), 1)


def screen(text: str, community: Community, *, by: Person, place: str, is_edit: bool = False) -> ScreeningResult:
    """Run every detector of a community.

    Moderators' own posts are not screened: they would decide about themselves.

    Args:
        place: identifies the channel or page. is_edit: it is an edit of something published.

    Raises:
        Refused: the person reached the limit of messages per hour.
    """
    if reach(by).may(Permission.MODERATE, community.pk):
        return ScreeningResult()
    policy, now = policy_of(community), timezone.now()
    tally = posting_rate_of(by, community, now)
    submission = Submission(
        text, by, community, place, now, tally.minute, lambda: said_elsewhere(by, place, tally, now), is_edit
    )
    if not is_edit:
        keep_pace(submission, policy, tally)
    modes = {detector.key: mode_of(policy, detector.key) for detector in detectors}
    looks = [detector.look(submission) for detector in detectors if modes[detector.key] != Mode.OFF]
    findings = tuple(finding for finding in looks if finding is not None)
    return ScreeningResult(findings, is_enough(finding for finding in findings if modes[finding.detector] == Mode.HOLD))


def mode_of(policy: Policy, detector: str) -> str:
    """Return a detector's mode in a community."""
    return str(policy.modes.get(detector, Mode.HOLD))


def is_enough(findings: Iterable[DetectorFinding]) -> bool:
    """Hold a post for one strong reason, or for two independent ones."""
    detector_findings = list(findings)
    return len(detector_findings) >= 2 or any(finding.weight >= STRONG for finding in detector_findings)


def keep_pace(submission: Submission, policy: Policy, tally: PostingRate) -> None:
    """Enforce the community's limit of messages per hour, and say when writing is possible again.

    Raises:
        Refused: the limit is reached.
    """
    limit = policy.newcomer_limit if submission.is_newcomer else policy.member_limit
    # The count comes with the query every post makes; the times are read only where the limit is near.
    if tally.hour < limit:
        return
    times = posting_times(submission.by, submission.community, limit, submission.now)
    if (again := RateLimit(limit, HOUR).next_allowed(times, submission.now)) is None:
        return
    words = ngettext(
        "For now you can send one message an hour here. You can write again at %(again)s.",
        "For now you can send %(limit)s messages an hour here. You can write again at %(again)s.",
        limit,
    )
    raise Refused(words % {"limit": limit, "again": date_format(timezone.localtime(again), "H:i")})


def held_before(by: Person, client_id: str) -> HeldPost | None:
    """Return the held or rejected post that the person's device already sent with this client id."""
    if not client_id:
        return None
    return _held_before.first(by.pk, client_id)


_held_before = CompiledQuery(
    lambda by, name: HeldPost.objects.filter(by=by, client_id=name).exclude(client_id="").order_by(), 1, ""
)


def hold_for_review(
    look: ScreeningResult, community: Community, *, kind: str, payload: dict[str, Any], by: Person, client_id: str = ""
) -> HeldPost:
    """Hold a post until a moderator decides. Idempotent by client id.

    Args:
        payload: everything its type needs to publish it, with ``text`` and ``place``.
    """
    try:
        with transaction.atomic():
            hold = HeldPost.objects.create(
                community=community, kind=kind, payload=payload, by=by, client_id=client_id, reasons=look.as_json()
            )
            announce(ThingHeld(hold_id=hold.pk, community_id=community.pk, by_id=by.pk))
    except IntegrityError:
        # Race: the same post was sent twice at once, and the other request was first.
        earlier = held_before(by, client_id)
        if earlier is None:
            raise
        return earlier
    return hold


def flag(look: ScreeningResult, community: Community, *, kind: str, thing_id: int, by: Person) -> Flag | None:
    """Flag a published object if there are findings. Idempotent: the later reasons count."""
    if not look.findings:
        return None
    with transaction.atomic():
        row, is_new = Flag.objects.get_or_create(
            kind=kind,
            thing_id=thing_id,
            defaults={"community": community, "author": by, "reasons": look.as_json()},
        )
        if is_new:
            announce(ThingFlagged(kind=kind, thing_id=thing_id, community_id=community.pk))
        elif row.reasons != look.as_json():
            # Edited since: the decision about the earlier text does not cover the new one.
            Flag.objects.filter(pk=row.pk).update(reasons=look.as_json(), at=timezone.now(), decision=None)
    return row
