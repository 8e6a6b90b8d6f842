"""Requests of an open channel: message ranges, changes, new messages, read state. JSON, or a redirect for forms."""

from __future__ import annotations

from typing import Any

from django.contrib import messages as notes
from django.contrib.auth.decorators import login_required
from django.db.models import F, Q
from django.http import Http404, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhiliu.directory.reach import visible_people
from zhiliu.files.models import Upload
from zhiliu.files.storing import upload
from zhiliu.files.views.ranges import part_asked
from zhiliu.files.views.serving import serve
from zhiliu.kit.contracts.object_types import cards_for, object_at, things
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.contracts.slash_commands import literal, split_line
from zhiliu.kit.web.http import Request, back, key_of
from zhiliu.kit.web.paging import page_of
from zhiliu.live.waking import broadcast_ephemeral
from zhiliu.moderation import queries as moderation
from zhiliu.moderation.models import HeldPost
from zhiliu.notifications.delivery import mark_read_about

from ..commands import run_command
from ..mentions import mentioned_people
from ..message_range import MessageRange, message_range
from ..models import Attachment, Channel, Message
from ..posting import MOST_FILES, edit, place_of, post, withdraw_message
from ..queries import changes_after, channel_title, mine_among, thread_of
from ..reacting import bookmark, forget_bookmark, pin, react, take_reaction_back, unpin
from ..read_marks import marks_for, readers_of
from ..read_state import read_to, unread_from
from ..rendering import as_json, draw, with_all
from ..rules import can_edit, can_reply, moderates
from ..unsent import forget_sent, keep_unsent, unsent_in
from .common import answers_json, channel_or_404, message_or_404, wants_json

MOST_CARDS = 60
LONGEST_SECONDS = 30_000


@require_http_methods(["GET", "POST"])
@login_required
@answers_json
def messages(request: Request, pk: int) -> HttpResponseBase:
    """Return a range (``before``, ``after``, ``around`` a number), or all changes since ``changed``; a POST posts."""
    channel = channel_or_404(request, pk)
    if request.method == "POST":
        return _post(request, channel)
    if "changed" in request.GET:
        return _changes(request, channel)
    sides = {name: key_of(request.GET.get(name)) for name in ("before", "after", "around")}
    return JsonResponse(stretch(request, message_range(channel, **sides)))


def stretch(request: Request, message_range: MessageRange) -> dict[str, Any]:
    """Return a range of messages with the reader's own reactions and bookmarks."""
    return {
        "messages": as_json(message_range.messages),
        "mine": mine_among(request.user, message_range.messages),
        "older": message_range.older,
        "newer": message_range.newer,
    }


def _changes(request: Request, channel: Channel) -> HttpResponseBase:
    """Return changes in order and without gaps: ``cursor`` is the last one included, ``more`` asks to repeat."""
    found, more = changes_after(channel, key_of(request.GET.get("changed")))
    cursor = found[-1].changed if more else max(channel.last_change, found[-1].changed if found else 0)
    answer = {"messages": as_json(found), "mine": mine_among(request.user, found), "cursor": cursor, "more": more}
    # What was told while the page had no stream is in no log.
    answer["marks"] = marks_for(channel, request.user)
    return JsonResponse(answer)


def _post(request: Request, channel: Channel) -> HttpResponseBase:
    if not wants_json(request) and split_line(request.POST.get("body", "")) is not None:
        return _command(request, channel)
    root = _root_of(channel, request.POST.get("root"))
    quoted = None
    if key_of(request.POST.get("quotes")):
        quoted = get_object_or_404(Message, pk=key_of(request.POST["quotes"]), channel=channel)
    made = post(
        channel,
        body=literal(request.POST.get("body", "")),
        by=request.user,
        root=root,
        client_id=request.POST.get("client", "")[:40],
        mentioned_ids=[key_of(text) for text in request.POST.getlist("called")],
        uploads=_uploads(request, channel),
        quoted=quoted,
    )
    if key_of(request.POST.get("unsent")):
        forget_sent(channel, key_of(request.POST["unsent"]), by=request.user, root=root.pk if root else 0)
    return answer_to_said(request, channel, made)


def _root_of(channel: Channel, key: str | None) -> Message | None:
    """Return the message above a thread of the channel; None for the channel itself."""
    rows = Message.objects.select_related("channel__community")
    return get_object_or_404(rows, pk=key_of(key), channel=channel, root=None) if key_of(key) else None


def _command(request: Request, channel: Channel) -> HttpResponseBase:
    """Run a command submitted without script; the open page calls the view of commands itself."""
    reply = run_command(channel, request.POST["body"], by=request.user, root=key_of(request.POST.get("root")) or None)
    if reply.said:
        notes.success(request, reply.said)
    return redirect(reply.go or reply.sheet or channel)


def answer_to_said(request: Request, channel: Channel, posted: Message | HeldPost) -> HttpResponseBase:
    """Return the answer to a new message: its position, or that it is held."""
    if isinstance(posted, HeldPost):
        return _held(request, channel, posted)
    if not wants_json(request):
        return redirect(posted)
    return JsonResponse({"id": posted.pk, "number": posted.number, "changed": posted.changed, "root": posted.root_id})


def _held(request: Request, channel: Channel, held_post: HeldPost) -> HttpResponseBase:
    """Answer that the message was received and is held: the device need not send it again."""
    said = moderation.sentence_of(held_post)
    if not wants_json(request):
        notes.info(request, said)
        return redirect(channel)
    return JsonResponse({"held": held_post.pk, "state": held_post.state, "said": said}, status=202)


@require_GET
@login_required
def held(request: Request, pk: int) -> HttpResponseBase:
    """Return the client ids of the reader's messages that are still held."""
    channel = channel_or_404(request, pk)
    waiting = moderation.own_waiting(request.user, place_of(channel))
    return JsonResponse({"waiting": [hold.client_id for hold in waiting]})


def _uploads(request: Request, channel: Channel) -> list[Upload]:
    """Store uploaded files; only the channel serves them, after its own rule."""
    came = request.FILES.getlist("files")[: MOST_FILES + 1]
    # One entry for each file; a form without script sends none.
    lengths = request.POST.getlist("seconds") + [""] * len(came)
    return [
        upload(
            uploaded_file.file,
            name=uploaded_file.name or "file",
            by=request.user,
            community=channel.community,
            is_private=True,
            seconds=min(key_of(length), LONGEST_SECONDS) or None,
        )
        for uploaded_file, length in zip(came, lengths, strict=False)
        if uploaded_file.file is not None
    ]


@require_GET
@login_required
def replies(request: Request, pk: int, root: int) -> HttpResponseBase:
    """Return the replies of a thread after a number."""
    channel = channel_or_404(request, pk)
    found = get_object_or_404(Message, pk=root, channel=channel, root=None)
    return JsonResponse(stretch(request, thread_of(found, after=key_of(request.GET.get("after")))))


@require_POST
@login_required
@answers_json
def message(request: Request, pk: int) -> HttpResponseBase:
    """Edit one's own message."""
    found = message_or_404(request, pk)
    chosen = [key_of(text) for text in request.POST.getlist("called")]
    edit(found, body=request.POST.get("body", ""), by=request.user, mentioned_ids=chosen)
    return done(request)


def done(request: Request) -> HttpResponseBase:
    """Return an empty answer: the stream delivers the change."""
    return HttpResponse(status=204) if wants_json(request) else redirect(back(request))


@require_POST
@login_required
@answers_json
def withdrawal(request: Request, pk: int) -> HttpResponseBase:
    """Delete a message."""
    withdraw_message(message_or_404(request, pk), by=request.user)
    return done(request)


@require_POST
@login_required
@answers_json
def reactions(request: Request, pk: int) -> HttpResponseBase:
    """Add the reaction ``what`` to a message, or remove it (``off=1``)."""
    act = take_reaction_back if request.POST.get("off") else react
    act(message_or_404(request, pk), request.POST.get("what", "")[:40], by=request.user)
    return done(request)


@require_POST
@login_required
@answers_json
def pins(request: Request, pk: int) -> HttpResponseBase:
    """Pin a message for everyone, or unpin it (``off=1``)."""
    act = unpin if request.POST.get("off") else pin
    act(message_or_404(request, pk), by=request.user)
    return done(request)


@require_POST
@login_required
@answers_json
def keeping(request: Request, pk: int) -> HttpResponseBase:
    """Bookmark a message, or remove the bookmark (``off=1``)."""
    act = forget_bookmark if request.POST.get("off") else bookmark
    act(message_or_404(request, pk), by=request.user)
    return done(request)


@require_GET
@login_required
def source(request: Request, pk: int) -> HttpResponseBase:
    """Return the source of one's own message, for editing it."""
    found = message_or_404(request, pk)
    require(can_edit, request.user, found)
    return JsonResponse({"body": found.body})


@require_GET
@login_required
def edits(request: Request, pk: int) -> HttpResponseBase:
    """Return the earlier texts of an edited message; for moderators also the text of a deleted one."""
    found = message_or_404(request, pk)
    if found.withdrawn_at is not None and not moderates(request.user, found.channel):
        get_object_or_404(Message.objects.none())
    context = {"message": found, "edits": list(found.edits.all())}
    return render(request, "conversations/edits.html", context)


@require_POST
@login_required
@answers_json
def mark(request: Request, pk: int) -> HttpResponseBase:
    """Mark as read up to ``number``; with ``unread=1`` mark that message and all after it as unread."""
    channel = channel_or_404(request, pk)
    number = key_of(request.POST.get("number"))
    if request.POST.get("unread"):
        unread_from(channel, number, by=request.user)
    else:
        read_to(channel, number, by=request.user)
        mark_read_about(request.user, "channel", channel.pk)
    return done(request)


@require_GET
@login_required
@answers_json
def readers(request: Request, pk: int) -> HttpResponseBase:
    """Show the author who has read a message; ``panel=1`` returns the sheet alone, the script gets the sentence."""
    found = message_or_404(request, pk)
    people = readers_of(found, viewer=request.user)
    if wants_json(request):
        return JsonResponse({"said": people.sentence})
    context = {"message": found, "channel": found.channel, "readers": people}
    context["title"] = channel_title(found.channel, request.user)
    return render(request, f"conversations/{'_readers_sheet' if request.GET.get('panel') else 'readers'}.html", context)


@require_http_methods(["GET", "POST"])
@login_required
@answers_json
def unsent(request: Request, pk: int) -> HttpResponseBase:
    """Return the person's unsent text in the channel, or in the thread ``root``; a POST keeps ``body`` before."""
    channel = channel_or_404(request, pk)
    given = request.POST if request.method == "POST" else request.GET
    root = _root_of(channel, given.get("root"))
    answer: dict[str, object] = {}
    if request.method == "POST":
        body, version = request.POST.get("body", ""), key_of(request.POST.get("version"))
        answer["kept"] = keep_unsent(channel, body, by=request.user, root=root, version=version)
    return JsonResponse(unsent_in(channel, request.user, root.pk if root else 0) | answer)


@require_POST
@login_required
@answers_json
def typing(request: Request, pk: int) -> HttpResponseBase:
    """Tell the readers of the channel that someone is typing."""
    channel = channel_or_404(request, pk)
    if can_reply(request.user, channel):
        broadcast_ephemeral(("channel", channel.pk), "typing", {"by": request.user.pk, "name": request.user.name})
    return HttpResponse(status=204)


@require_GET
@login_required
def completion(request: Request, pk: int) -> HttpResponseBase:
    """Complete @: people of the channel by name, pinyin and initials."""
    channel = channel_or_404(request, pk)
    text = request.GET.get("q", "").strip()[:60]
    # People who could be invited are not in the channel yet.
    outside = bool(request.GET.get("outside")) and channel.kind == Channel.Kind.PRIVATE
    people = visible_people(request.user) if outside else mentioned_people(channel)
    found = people.named(text) if text else people  # type: ignore[attr-defined]
    rows = found.exclude(pk=request.user.pk).select_related("department").order_by("name")[:8]
    return JsonResponse(
        [{"value": row.pk, "label": row.name, "hint": str(row.department or "")} for row in rows], safe=False
    )


@require_GET
@login_required
def cards(request: Request) -> HttpResponseBase:
    """Return cards for addresses of our own pages, by path; only for what the reader can see."""
    paths = list(dict.fromkeys(path[:300] for path in request.GET.getlist("path")))[:MOST_CARDS]
    known = {path: found for path in paths if (found := object_at(path)) is not None}
    cards = cards_for(known.values(), request.user)
    answer = {}
    for path, reference in known.items():
        card, kind = cards.get(reference), things.get(reference[0])
        if card is not None and kind is not None:
            answer[path] = {"title": card.title, "text": card.text, "kind": str(kind.name), "icon": kind.icon}
    return JsonResponse(answer)


@require_GET
@login_required
def file(request: Request, key: str) -> HttpResponseBase:
    """Return a file attached to a message, for people who see its channel."""
    rows = Attachment.objects.select_related("upload__file").filter(upload__key=key, message__withdrawn_at=None)
    # The file of a forwarded message goes with it.
    stands = Q(message__refers_to__withdrawn_at=None) | Q(message__refers_to__channel=F("message__channel"))
    rows = rows.filter(stands)
    channels = Channel.objects.visible_to(request.user).values("pk")
    attachment = rows.filter(message__channel__in=channels).first()
    if attachment is None:
        raise Http404(key)
    return serve(attachment.upload, request.GET.get("w", ""), part=part_asked(request))


@require_GET
@login_required
def bookmarks(request: Request) -> HttpResponseBase:
    """List the reader's bookmarks, newest first; only those they can still see."""
    channels = Channel.objects.visible_to(request.user).values("pk")
    kept = Message.objects.filter(bookmarks__by_id=request.user.pk, channel__in=channels, withdrawn_at=None)
    page = page_of(with_all(kept.select_related("channel")), request, by="-at")
    rows = list(zip(page.rows, draw(page.rows), strict=True))
    return render(request, "conversations/bookmarks.html", {"rows": rows, "next_url": page.next_url})
