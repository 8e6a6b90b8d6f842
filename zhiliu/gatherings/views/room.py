"""Sign-up and the room: questions, votes, pulse, polls and check-in."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhiliu.directory.exporting import list_answer
from zhiliu.directory.reach import visible_people
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.errors import Refused
from zhiliu.kit.web.http import Request, back, fragment_or_back, key_of, wished
from zhiliu.kit.web.idempotency import once
from zhiliu.kit.web.page_frame import hear_on_page
from zhiliu.kit.web.qr_code import qr_code
from zhiliu.kit.web.site import base_url, is_secure
from zhiliu.notifications.delivery import mark_read_about
from zhiliu.polls.models import Poll
from zhiliu.polls.queries import shown as polls_shown
from zhiliu.polls.voting import cast_ballot, close_poll

from .. import queries
from ..asking import (
    ask_in_room,
    mark_answered,
    put_back_room_question,
    remove_question,
    start_answering,
    vote_for_question,
)
from ..audience_queries import attendance_lines
from ..checking_in import check_in, check_in_person
from ..conflicts import may_check_in_now, running_order
from ..evening.running import put_question
from ..forms import AnswerForm, CodeForm, QuestionForm, RoomPollForm, WalkInForm
from ..models import Gathering, Question
from ..polling import KIND, ask_the_room, poll_of_room
from ..pulse import WINDOW, Tap, give_pulse, pulse_of
from ..registration import give_up_seat, sign_up
from ..rules import can_host, can_prepare
from ..running_order import order_of
from .lookups import gathering_or_404, question_or_404

PULSE_COOKIE = "pulse"
SHOWN_AFTER_CLOSING = dt.timedelta(minutes=10)


@require_POST
@login_required
def seat(request: Request, pk: int) -> HttpResponseBase:
    """Sign up (``on=1``) or off (``on=0``)."""
    gathering = gathering_or_404(request, pk)
    if request.POST.get("on") == "0":
        give_up_seat(gathering, by=request.user)
        messages.success(request, _("You’re no longer signed up."))
    elif sign_up(gathering, by=request.user).waiting:
        messages.success(request, _("You’re on the waiting list. We’ll notify you when a seat opens up."))
    else:
        messages.success(request, _("You are signed up."))
    return redirect(back(request, gathering.get_absolute_url()))


@require_GET
@login_required
def room(request: Request, pk: int) -> HttpResponseBase:
    """Show the room: the current question, what comes next, asking and check-in."""
    gathering = gathering_or_404(request, pk)
    mark_read_about(request.user, "gathering", pk)
    if gathering.state == Gathering.State.HELD:
        return redirect(gathering)
    return render(request, "gatherings/room.html", _room(request, gathering))


@require_GET
@login_required
def ended(request: Request, pk: int, place: str) -> HttpResponse:
    """Redirect open pages of a session once it is held: to thanks and feedback, or the wall's last page."""
    gathering = gathering_or_404(request, pk)
    answer = HttpResponse(status=204)
    if not gathering.is_ahead:
        leads_to = reverse("gatherings:wall", args=[pk]) if place == "wall" else gathering.get_absolute_url()
        answer.headers["HX-Redirect"] = leads_to
    return answer


@require_GET
@login_required
def queue(request: Request, pk: int) -> HttpResponseBase:
    """Return the changing part of the room; refetched on live events."""
    gathering = gathering_or_404(request, pk)
    return render(request, "gatherings/_queue.html", _room(request, gathering))


def _room(request: Request, gathering: Gathering) -> dict[str, Any]:
    hear_on_page(request, f"gathering-{gathering.pk}")
    questions = queries.questions_of(gathering, request.user)
    attendance = queries.attendance_of(gathering)
    return {
        "gathering": gathering,
        "community": gathering.community,
        "now": next((shown for shown in questions if shown.question.state == Question.State.ANSWERING), None),
        "waiting": [shown for shown in questions if shown.question.state == Question.State.WAITING],
        "answered": [shown for shown in questions if shown.question.state == Question.State.ANSWERED],
        "question_count": len(questions),
        "steps": running_order(gathering),
        "order": order_of(gathering) if gathering.is_lightning else None,
        "attendance": attendance,
        "came": any(person.pk == request.user.pk for person in attendance.people),
        "expected": request.user.pk in (gathering.sharer_id, gathering.host_id),
        "check_in_open": may_check_in_now(gathering),
        "may_host": can_host(request.user, gathering),
        "may_prepare": can_prepare(request.user, gathering),
        "live_topic": f"gathering-{gathering.pk}",
        **_pulse(request, gathering),
        **_poll(request, gathering),
    }


def _pulse(request: Request, gathering: Gathering, tap: Tap | None = None) -> dict[str, Any]:
    """Return the three words, counts for host and sharer, and the last word of this phone."""
    tap = tap or _last_tap(request, gathering.pk)
    return {
        "felt": pulse_of(gathering) if gathering.is_running else [],
        "my_word": tap.word if tap is not None and tap.counts_still else "",
    }


def _poll(request: Request, gathering: Gathering) -> dict[str, Any]:
    """Return the latest poll while it is open, and for ten minutes after it closed."""
    poll = poll_of_room(gathering)
    fresh = poll is not None and poll.closes_at > timezone.now() - SHOWN_AFTER_CLOSING
    return {"poll": polls_shown([poll], request.user)[0] if poll is not None and fresh else None}


@require_POST
@login_required
def questions(request: Request, pk: int) -> HttpResponseBase:
    """Ask a question. Uses no form token, whose row would store who asked and when; repeated words are one question."""
    gathering = gathering_or_404(request, pk)
    form = QuestionForm(request.POST)
    if not form.is_valid():
        raise Refused(next(iter(form.errors.values()))[0])
    values = form.cleaned_data
    talk = gathering.talks.standing().filter(pk=key_of(values["talk"])).first() if values["talk"] else None
    ask_in_room(gathering, values["text"], anonymous=values["anonymous"], talk=talk, by=request.user)
    if request.htmx:
        return render(request, "gatherings/_queue.html", _room(request, gathering))
    messages.success(request, _("Asked. Colleagues can vote for it."))
    return redirect(back(request, gathering.get_absolute_url()))


@require_POST
@login_required
def question_vote(request: Request, pk: int) -> HttpResponseBase:
    """Vote for a question (``on=1``) or withdraw the vote; returns the vote box."""
    question = question_or_404(request, pk)
    votes = vote_for_question(question, on=wished(request), by=request.user)
    return fragment_or_back(
        request, "gatherings/_vote.html", {"question": question, "votes": votes}, question.gathering
    )


@require_POST
@login_required
def question_state(request: Request, pk: int) -> HttpResponseBase:
    """Change a question's state, as host or sharer: answering, waiting or answered, with the answer's text."""
    question = question_or_404(request, pk)
    state = request.POST.get("state", "")
    if state == Question.State.ANSWERING:
        begin_answer = put_question if question.gathering.is_evening else start_answering
        begin_answer(question, by=request.user)
    elif state == Question.State.WAITING:
        put_back_room_question(question, by=request.user)
    else:
        mark_answered(question, by=request.user, answer=_answer(request))
    return _back_to_queue(request, question.gathering)


def _answer(request: Request) -> str | None:
    if "answer" not in request.POST:
        return None
    form = AnswerForm(request.POST)
    if not form.is_valid():
        raise Refused(next(iter(form.errors.values()))[0])
    return str(form.cleaned_data["answer"])


@require_POST
@login_required
def question_removal(request: Request, pk: int) -> HttpResponseBase:
    """Remove a question."""
    question = question_or_404(request, pk)
    remove_question(question, by=request.user)
    return _back_to_queue(request, question.gathering)


def _back_to_queue(request: Request, gathering: Gathering) -> HttpResponseBase:
    if request.htmx:
        return render(request, "gatherings/_queue.html", _room(request, gathering))
    return redirect(back(request, gathering.get_absolute_url()))


@require_http_methods(["GET", "POST"])
@login_required
def pulse(request: Request, pk: int) -> HttpResponseBase:
    """Show the pulse of the room; a POST taps a ``word``. Only the phone remembers the tap."""
    gathering = gathering_or_404(request, pk)
    tap = None
    if request.method == "POST":
        tap = give_pulse(gathering, request.POST.get("word", ""), by=request.user, last=_last_tap(request, pk))
    if request.method == "POST" and not request.htmx:
        answer: HttpResponseBase = redirect("gatherings:room", pk=pk)
    else:
        context = {"gathering": gathering, "may_prepare": can_prepare(request.user, gathering)} | _pulse(
            request, gathering, tap
        )
        answer = render(request, "gatherings/_pulse.html", context)
    if tap is not None:
        _remember(request, answer, pk, tap)
    return answer


def _last_tap(request: Request, pk: int) -> Tap | None:
    """Return the tap in the phone's cookie; None if it is missing, expired or tampered with."""
    text = request.get_signed_cookie(PULSE_COOKIE, default="", salt=f"pulse-{pk}", max_age=WINDOW.seconds)
    word, _sep, minute = (text or "").partition(" ")
    return Tap(word, dt.datetime.fromisoformat(minute)) if minute else None


def _remember(request: Request, answer: HttpResponseBase, pk: int, tap: Tap) -> None:
    answer.set_signed_cookie(
        PULSE_COOKIE,
        f"{tap.word} {tap.minute.isoformat()}",
        salt=f"pulse-{pk}",
        max_age=WINDOW.seconds,
        path=reverse("gatherings:room", args=[pk]),
        secure=is_secure(request),
        httponly=True,
        samesite="Lax",
    )


@require_http_methods(["GET", "POST"])
@login_required
@once
def polls(request: Request, pk: int) -> HttpResponseBase:
    """Show the poll of the room; a POST starts a new one."""
    gathering = gathering_or_404(request, pk)
    if request.method == "GET":
        return _room_poll(request, gathering)
    form = RoomPollForm(request.POST)
    if not form.is_valid():
        raise Refused(next(iter(form.errors.values()))[0])
    ask_the_room(gathering, **form.cleaned_data, by=request.user)
    messages.success(request, _("Voting is open."))
    return redirect("gatherings:room", pk=pk)


@require_POST
@login_required
def ballot(request: Request, pk: int, poll_pk: int) -> HttpResponseBase:
    """Vote in the room's poll, or change the vote."""
    gathering = gathering_or_404(request, pk)
    poll = get_object_or_404(Poll.objects.about(KIND, pk), pk=poll_pk)
    option = get_object_or_404(poll.options, pk=key_of(request.POST.get("option")))
    cast_ballot(poll, option, by=request.user)
    return _room_poll(request, gathering)


@require_POST
@login_required
def poll_closing(request: Request, pk: int, poll_pk: int) -> HttpResponseBase:
    """Close the poll, as the host."""
    gathering = gathering_or_404(request, pk)
    close_poll(get_object_or_404(Poll.objects.about(KIND, pk), pk=poll_pk), by=request.user)
    return _room_poll(request, gathering)


def _room_poll(request: Request, gathering: Gathering) -> HttpResponseBase:
    if request.method == "POST" and not request.htmx:
        return redirect("gatherings:room", pk=gathering.pk)
    context = {"gathering": gathering, "may_prepare": can_prepare(request.user, gathering)} | _poll(request, gathering)
    return render(request, "gatherings/_room_poll.html", context)


@require_http_methods(["GET", "POST"])
@login_required
def checkin(request: Request, pk: int) -> HttpResponseBase:
    """Check in. The QR code opens this page with the code filled in; a GET changes nothing."""
    gathering = gathering_or_404(request, pk)
    form = CodeForm(request.POST or None, initial={"code": request.GET.get("code", "")[:12]})
    if (
        request.method == "POST"
        and form.is_valid()
        and form.succeeds(check_in, gathering, form.cleaned_data["code"], by=request.user)
    ):
        messages.success(request, _("You are checked in."))
        return redirect("gatherings:room", pk=pk)
    is_checked_in = gathering.check_ins.filter(person=request.user).exists()
    context = {
        "gathering": gathering,
        "community": gathering.community,
        "form": form,
        "came": is_checked_in,
        "check_in_open": may_check_in_now(gathering),
    }
    return render(request, "gatherings/checkin.html", context)


@require_http_methods(["GET", "POST"])
@login_required
def checkins(request: Request, pk: int) -> HttpResponseBase:
    """List who signed up and who came, for the host; a POST checks someone in."""
    gathering = gathering_or_404(request, pk)
    require(can_host, request.user, gathering)
    if request.method == "POST":
        person = get_object_or_404(visible_people(request.user), pk=key_of(request.POST.get("person")))
        check_in_person(gathering, person, by=request.user)
        return redirect("gatherings:checkins", pk=pk)
    attendance, audience = queries.attendance_of(gathering), queries.audience_of(gathering)
    checked_in = {person.pk for person in attendance.people}
    missing = [person for person in [*audience.people, *audience.waiting] if person.pk not in checked_in]
    context = {
        "gathering": gathering,
        "community": gathering.community,
        "attendance": attendance,
        "missing": missing,
        "walk_in": WalkInForm(request.user),
    }
    return render(request, "gatherings/checkins.html", context)


@require_GET
@login_required
def checkins_file(request: Request, pk: int) -> HttpResponseBase:
    """The attendance list, as a file."""
    gathering = gathering_or_404(request, pk)
    require(can_host, request.user, gathering)
    title = _("Attendance of %(name)s") % {"name": gathering.title}
    lines, where = attendance_lines(gathering), gathering.community_id
    return list_answer(request, lines, title=title, file=f"attendance-{pk}", community_id=where)


@require_GET
@login_required
def wall(request: Request, pk: int) -> HttpResponseBase:
    """Show code, QR code and first questions for the wall, readable from the last row."""
    gathering = gathering_or_404(request, pk)
    require(can_prepare, request.user, gathering)
    if gathering.state == Gathering.State.HELD:
        picture = qr_code(base_url(request) + gathering.get_absolute_url())
        return render(request, "gatherings/wall_end.html", {"gathering": gathering, "picture": picture})
    address = f"{base_url(request)}{reverse('gatherings:checkin', args=[pk])}?code={gathering.code}"
    context = _room(request, gathering) | {
        "picture": qr_code(address),
        "code": f"{gathering.code[:3]} {gathering.code[3:]}",
    }
    # A poll leaves room for only one question below it.
    context["shown_waiting"] = ":1" if context["poll"] is not None else ":3"
    return render(request, "gatherings/wall.html", context)
