"""Decisions of moderators: publish or reject, keep or take down; they can be undone for some minutes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from zhiliu.communities.models import Community
from zhiliu.directory.defaults import default_language
from zhiliu.directory.models import Person
from zhiliu.kit.contracts.audit import Change
from zhiliu.kit.contracts.facts import announce
from zhiliu.kit.contracts.moderated_types import ModeratedType, moderated
from zhiliu.kit.contracts.object_types import kind_of
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.errors import Forbidden, Refused

from .facts import Decided, DecisionUndone
from .models import UNDO_FOR, Decision, Flag, HeldPost, Report, Verdict
from .rules import can_moderate
from .sanctioning import end_sanction

Outcome = Decision.Outcome


def decide_held_post(hold: HeldPost, *, publish: bool, by: Person, words: str = "") -> Decision:
    """Publish a held post now in its author's name, or reject it.

    Args:
        words: for the author.

    Raises:
        Forbidden: does not moderate the community, or wrote it. Refused: another moderator was first, its author has
            left, or its place no longer exists.
    """
    require(can_moderate, by, hold.community)
    _require_another(hold.by_id, by)
    if publish and not hold.by.is_active:
        raise Refused(_("Its author has left. Nothing new is published in their name, so reject it."))
    with transaction.atomic():
        decision = Decision.objects.create(
            community_id=hold.community_id,
            kind=hold.kind,
            author_id=hold.by_id,
            outcome=Outcome.LEFT if publish else Outcome.TAKEN_DOWN,
            words=words,
            by=by,
        )
        state = HeldPost.State.RELEASED if publish else HeldPost.State.REFUSED
        # Race: the filter on the open state lets only one of two simultaneous decisions through.
        if not HeldPost.objects.filter(pk=hold.pk, decision=None).update(decision=decision, state=state):
            raise Refused(_("Someone else has just decided this."))
        if publish:
            _release(hold, decision, by)
        _judge(decision, [hold.reasons], was_held=True)
        _announce_decided(decision, was_held=True, text=hold.text)
    hold.refresh_from_db()
    return decision


def _release(hold: HeldPost, decision: Decision, by: Person) -> None:
    kind = _plug(hold.kind)
    if hold.thing_id:
        # Published before, and taken down again by an undo.
        kind.put_back(hold.thing_id, by=by)
        decision.thing_id = hold.thing_id
    else:
        decision.thing_id = kind.release(hold.payload, author=hold.by, client_id=hold.client_id)
    HeldPost.objects.filter(pk=hold.pk).update(thing_id=decision.thing_id)
    decision.save(update_fields=["thing_id"])


def decide_thing(kind: str, thing_id: int, *, leave: bool, by: Person, words: str = "") -> Decision:
    """Keep a published object that was reported or flagged, or take it down; closes all its reports and flags.

    For types that cannot be taken down automatically (a need, an article), the decision only confirms the reports.

    Raises:
        Forbidden: does not moderate there, or wrote it. Refused: nothing about it is waiting (any more).
    """
    community, author_id = _where(kind, thing_id)
    require(can_moderate, by, community)
    _require_another(author_id, by)
    with transaction.atomic():
        decision = Decision.objects.create(
            community=community,
            kind=kind,
            thing_id=thing_id,
            author_id=author_id,
            outcome=Outcome.LEFT if leave else Outcome.TAKEN_DOWN,
            words=words,
            by=by,
        )
        # Race: of two simultaneous decisions, one finds nothing waiting.
        reports = Report.objects.waiting().about(kind, thing_id).update(decision=decision)
        flags = Flag.objects.waiting().about(kind, thing_id).update(decision=decision)
        if not reports + flags:
            raise Refused(_("Someone else has just decided this."))
        moderated_type = moderated.get(kind)
        if not leave and moderated_type is not None:
            moderated_type.take_down(thing_id, by=by)
        _judge(decision, Flag.objects.filter(decision=decision).values_list("reasons", flat=True), was_held=False)
        reporters = Report.objects.filter(decision=decision).values_list("by_id", flat=True)
        _announce_decided(decision, reporters=tuple(reporters))
    return decision


def _where(kind: str, thing_id: int) -> tuple[Community | None, int | None]:
    """Return community and author from a waiting flag or report of an object."""
    for model in (Flag, Report):
        row = model.objects.waiting().about(kind, thing_id).select_related("community").first()
        if row is not None:
            return row.community, row.author_id
    raise Refused(_("Someone else has just decided this."))


def _require_another(author_id: int | None, by: Person) -> None:
    if author_id is not None and author_id == by.pk:
        raise Forbidden(_("Someone else has to decide on your own posts."))


def _plug(kind: str) -> ModeratedType:
    moderated_type = moderated.get(kind)
    if moderated_type is None:
        raise Refused(_("The place for this no longer exists."))
    return moderated_type


def _judge(decision: Decision, reasons: Iterable[list[dict[str, Any]]], *, was_held: bool) -> None:
    """Record which detectors were right."""
    names = {entry["detector"] for entries in reasons for entry in entries}
    Verdict.objects.bulk_create(
        Verdict(decision=decision, detector=name, was_held=was_held, is_confirmed=decision.is_taken_down)
        for name in names
    )


def _announce_decided(
    decision: Decision, *, was_held: bool = False, text: str = "", reporters: tuple[int, ...] = ()
) -> None:
    after = {"decision": decision.get_outcome_display(), "text": text, "words": decision.words}
    announce(
        Decided(
            decision_id=decision.pk,
            author_id=decision.author_id,
            was_held=was_held,
            reporter_ids=reporters,
            community_id=decision.community_id,
            by_id=decision.by_id,
        ),
        change=Change(
            _subject(decision), "moderation.decision", {}, {key: word for key, word in after.items() if word}
        ),
    )


def _subject(decision: Decision) -> str:
    """Return its name in the audit, in the organisation's language: the audit stores words."""
    with translation.override(default_language()):
        kind = str(kind_of(decision.kind).name)
    return f"{decision.author.name if decision.author else ''} {kind} {decision.thing_id or ''}".strip()


def undo(decision: Decision, *, by: Person) -> None:
    """Undo a decision within some minutes: its object waits again, its sanction is lifted. Idempotent.

    Raises:
        Forbidden: does not moderate there, or wrote it. Refused: too late.
    """
    require(can_moderate, by, decision.community)
    _require_another(decision.author_id, by)
    with transaction.atomic():
        now = timezone.now()
        rows = Decision.objects.standing().filter(pk=decision.pk, at__gt=now - UNDO_FOR)
        if not rows.update(undone_at=now, undone_by=by):
            decision.refresh_from_db()
            if decision.undone_at is None:
                raise Refused(_("A decision can be undone for ten minutes. End the sanction, or ask the author."))
            return
        _turn_back(decision, by)
        announce(
            DecisionUndone(decision_id=decision.pk, community_id=decision.community_id, by_id=by.pk),
            change=Change(_subject(decision), "moderation.decision"),
        )
    decision.refresh_from_db()


def _turn_back(decision: Decision, by: Person) -> None:
    moderated_type = moderated.get(decision.kind)
    held_posts = HeldPost.objects.filter(decision=decision)
    # A decision that rejected a held post is about no published object.
    if moderated_type is not None and decision.thing_id is not None:
        if decision.is_taken_down:
            moderated_type.put_back(decision.thing_id, by=by)
        elif held_posts.exists():
            moderated_type.take_down(decision.thing_id, by=by)
    held_posts.update(decision=None, state=HeldPost.State.WAITING)
    Report.objects.filter(decision=decision).update(decision=None)
    Flag.objects.filter(decision=decision).update(decision=None)
    decision.verdicts.all().delete()
    for sanction in decision.sanctions.filter(lifted_at=None).select_related("person"):
        end_sanction(sanction, by=by)
