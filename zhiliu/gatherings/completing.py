"""Complete a gathering: summary, files, one-minute feedback, thanks, and who writes it up."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from zhiliu.directory.models import Person
from zhiliu.files.models import Upload
from zhiliu.kit.contracts.facts import announce
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.errors import Forbidden, Refused
from zhiliu.kit.text.markdown import render
from zhiliu.lineage.linking import note_reached
from zhiliu.needs.models import Topic
from zhiliu.needs.topics import set_state
from zhiliu.polls.models import Poll
from zhiliu.polls.voting import close_poll
from zhiliu.surveys.asking import Ask, answer_survey, make_survey
from zhiliu.surveys.models import Survey
from zhiliu.surveys.results import FEWEST
from zhiliu.thanks.models import Thanks
from zhiliu.thanks.thanking import thank

from .depositing import assign_deposit
from .evening.running import close as close_evening
from .facts import Changed, ChangedBecauseOfFeedback, FeedbackReady, Held
from .models import CheckIn, Gathering, GatheringFile, LightningTalk, Question, Reminder, Seat
from .pulse import forget_pulse
from .rules import can_host, can_prepare

FEEDBACK = "feedback"
FEEDBACK_OPEN_FOR = dt.timedelta(days=30)


def complete(
    gathering: Gathering,
    *,
    by: Person,
    summary: str = "",
    deposit_owner: Person | None = None,
    due_on: dt.date | None = None,
) -> Gathering:
    """End a gathering that took place. Idempotent: the first summary stays.

    Args:
        deposit_owner: writes up what was said; the host if None. due_on: in 5 working days if None.

    Raises:
        Refused: it has no time, has not begun, or was cancelled.
    """
    require(can_host, by, gathering)
    if gathering.state == Gathering.State.HELD:
        return gathering
    if gathering.state != Gathering.State.FIXED or not gathering.has_begun:
        raise Refused(_("You can end it once it has started."))
    with transaction.atomic():
        # The filter settles the race of two clicks: only one finds the gathering still fixed.
        ended = Gathering.objects.filter(pk=gathering.pk, state=Gathering.State.FIXED).update(
            state=Gathering.State.HELD,
            held_at=timezone.now(),
            summary=summary,
            summary_html=render(summary).html if summary else "",
            version=F("version") + 1,
        )
        if ended:
            _collect(gathering, by, deposit_owner, due_on)
            announce(Held(gathering_id=gathering.pk, community_id=gathering.community_id, by_id=by.pk))
    gathering.refresh_from_db()
    return gathering


def _collect(gathering: Gathering, by: Person, owner: Person | None, due_on: dt.date | None) -> None:
    """Run what follows the end: polls, talks and evening close; topic, survey and deposit follow."""
    note_reached(("gathering", gathering.pk), 2)
    Reminder.objects.filter(gathering=gathering, announced_at=None).delete()
    forget_pulse([gathering])
    for poll in Poll.objects.about("gathering", gathering.pk).open():
        close_poll(poll, by=by)
    gathering.talks.filter(started_at__isnull=False, ended_at=None).update(ended_at=timezone.now())
    close_evening(gathering, by=by)
    gathering.questions.filter(state=Question.State.ANSWERING).update(state=Question.State.ANSWERED)
    if gathering.topic is not None:
        set_state(gathering.topic, Topic.State.DONE, by_id=by.pk)
    if not gathering.is_tea_chat:
        ask_for_feedback(gathering, by=by)
    if gathering.owes_deposit:
        assign_deposit(gathering, owner=owner or gathering.host or by, due_on=due_on, by=by)


def ask_for_feedback(gathering: Gathering, *, by: Person) -> Survey:
    """Create the one-minute survey, with or without names as the gathering has chosen.

    It asks: was it useful, will you use it, could a newcomer do it, what could be better.
    """
    uses = (_("Yes, I know where"), _("I’d like to, but no occasion yet"), pgettext("will you use it", "No"))
    useful = pgettext("was it useful, lowest", "Not at all"), pgettext("was it useful, highest", "Very useful")
    able = pgettext("could they do it, lowest", "Not at all"), pgettext("could they do it, highest", "Completely")
    return make_survey(
        "gathering",
        gathering.pk,
        purpose=FEEDBACK,
        title=_("One minute of feedback"),
        questions=(
            Ask("scale", _("Was it useful to you?"), options=useful),
            Ask("choice", _("Will you use it in the next 30 days?"), options=uses),
            Ask("scale", _("Could a newcomer do it after this?"), options=able, required=False),
            Ask("text", _("What could be better?"), required=False),
        ),
        by=by,
        is_anonymous=not gathering.named_feedback,
        closes_at=timezone.now() + FEEDBACK_OPEN_FOR,
        community_id=gathering.community_id,
    )


def took_part(gathering: Gathering, person: Person) -> bool:
    """Return whether the person came. If no check-ins exist, a seat counts."""
    if CheckIn.objects.filter(gathering=gathering, person=person).exists():
        return True
    signed_up = Seat.objects.filter(gathering=gathering, person=person, waiting=False).exists()
    return signed_up and not CheckIn.objects.filter(gathering=gathering).exists()


def give_feedback(gathering: Gathering, values: dict[int, Any], *, by: Person) -> None:
    """Answer the survey of a gathering the person attended.

    Raises:
        Forbidden: did not attend. Refused: answered before, or closed.
    """
    survey = Survey.objects.filter(kind="gathering", thing_id=gathering.pk, purpose=FEEDBACK).first()
    if survey is None:
        raise Refused(_("There is no feedback to give yet."))
    if by.pk == gathering.sharer_id or not took_part(gathering, by):
        raise Forbidden(_("Only attendees can give feedback."))
    with transaction.atomic():
        answer_survey(survey, values, by=by)
        enough = FEWEST if survey.is_anonymous else 1
        if Survey.objects.filter(pk=survey.pk, answered_count=enough).exists():
            # The log records neither who gave the fifth answer nor when.
            announce(FeedbackReady(gathering_id=gathering.pk, community_id=gathering.community_id))


def thank_sharer(gathering: Gathering, *, reason: str, by: Person) -> Thanks:
    """Thank the sharer of a held gathering.

    Raises:
        Refused: it was not held, there is no sharer, or no reason.
    """
    if gathering.state != Gathering.State.HELD or gathering.sharer is None:
        raise Refused(_("There is no one to thank yet."))
    return thank(gathering.sharer, reason=reason, by=by, about=("gathering", gathering.pk))


def thank_speakers(gathering: Gathering, *, reason: str, by: Person) -> list[Thanks]:
    """Thank every speaker of the lightning talks with the same words, except the person themselves.

    Raises:
        Refused: it was not held, nobody else spoke, or no reason.
    """
    agreed = gathering.talks.filter(state=LightningTalk.State.ACCEPTED).exclude(speaker=by).select_related("speaker")
    talks = list(agreed)
    if gathering.state != Gathering.State.HELD or not talks:
        raise Refused(_("There is no one to thank yet."))
    with transaction.atomic():
        return [thank(talk.speaker, reason=reason, by=by, about=("gathering", gathering.pk)) for talk in talks]


def change_summary(gathering: Gathering, *, summary: str, by: Person, version: int) -> Gathering:
    """Edit the summary of a held gathering.

    Args:
        version: of the gathering the person was looking at.

    Raises:
        Refused: not held, or someone else changed it in the meantime.
    """
    require(can_prepare, by, gathering)
    if gathering.state != Gathering.State.HELD:
        raise Refused(_("The summary is written when the gathering ends."))
    with transaction.atomic():
        same = Gathering.objects.filter(pk=gathering.pk, version=version)
        if not same.update(summary=summary, summary_html=render(summary).html, version=F("version") + 1):
            raise Refused(_("Someone else changed this. Your text is still here: compare and send again."))
        announce(Changed(gathering_id=gathering.pk, community_id=gathering.community_id, by_id=by.pk))
    gathering.refresh_from_db()
    return gathering


def tell_what_changed(gathering: Gathering, *, changed: str, by: Person) -> Gathering:
    """Tell people who gave feedback what changed because of it. Idempotent for the same words.

    Raises:
        Forbidden: neither host nor sharer. Refused: not held, or no words.
    """
    require(can_prepare, by, gathering)
    changed = changed.strip()
    if gathering.state != Gathering.State.HELD or not changed:
        raise Refused(_("After the gathering, say what you changed."), field="changed")
    with transaction.atomic():
        # The filter settles the race of two clicks.
        rows = Gathering.objects.filter(pk=gathering.pk).exclude(changed_because=changed)
        if rows.update(changed_because=changed, version=F("version") + 1):
            about = {"gathering_id": gathering.pk, "community_id": gathering.community_id}
            announce(ChangedBecauseOfFeedback(**about, by_id=by.pk))
    gathering.refresh_from_db()
    return gathering


def add_file(gathering: Gathering, upload: Upload, *, by: Person) -> GatheringFile:
    """Add a file that was shown or handed out. Idempotent for the same upload."""
    require(can_prepare, by, gathering)
    with transaction.atomic():
        gathering_file, is_new = GatheringFile.objects.get_or_create(
            gathering=gathering, upload=upload, defaults={"by": by}
        )
        if is_new:
            announce(Changed(gathering_id=gathering.pk, community_id=gathering.community_id, by_id=by.pk))
    return gathering_file


def remove_gathering_file(file: GatheringFile, *, by: Person) -> None:
    """Remove a file. Idempotent."""
    require(can_prepare, by, file.gathering)
    GatheringFile.objects.filter(pk=file.pk).delete()
