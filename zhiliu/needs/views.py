"""Pages of needs and topics."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhiliu.comments.queries import comments_on
from zhiliu.communities.models import Community
from zhiliu.communities.role_permissions import Feature
from zhiliu.communities.rules import can_take_part
from zhiliu.communities.views import community_or_404, frame
from zhiliu.directory.exporting import list_answer
from zhiliu.directory.models import Person
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.web.http import Request, fragment_or_back, key_of, wished
from zhiliu.kit.web.idempotency import once
from zhiliu.kit.web.paging import chosen_order, in_order, kept_filters, page_of
from zhiliu.lineage.timeline import timeline_of
from zhiliu.notifications.delivery import mark_read_about
from zhiliu.search.places import WritingPage, chosen_or_proposed, named_place, places_for, why_nowhere

from . import queries
from .forms import CloseForm, NeedEditForm, NeedForm, TopicEditForm, TopicForm
from .merging import merge_needs, undo_need_merge
from .models import Merge, Need, Topic
from .rules import can_edit, can_make_topic, can_moderate, can_voice
from .topics import checklist, edit_topic, make_topic, vote_for_topic
from .ui_extensions import TopicFormPart, topic_form_parts, topic_sections
from .voicing import close_need, edit_need, reopen_need, set_support, voice_need

SHOWN = ("open", "topics", "closed")


def need_or_404(request: Request, pk: int) -> Need:
    """Return a need the person may see."""
    return get_object_or_404(Need.objects.visible_to(request.user).select_related("community", "by", "topic"), pk=pk)


def topic_or_404(request: Request, pk: int) -> Topic:
    """Return a topic the person may see."""
    return get_object_or_404(Topic.objects.visible_to(request.user).select_related("community", "by"), pk=pk)


WRITING = WritingPage(
    name=gettext_lazy("Share a need"),
    list_name=gettext_lazy("Needs"),
    new="needs:voice",
    similar="needs:similar",
    list="needs:list",
    draft="need",
)


@require_GET
@login_required
def needs(request: Request, slug: str) -> HttpResponseBase:
    """List needs of a community: searched, and newest, most supported or most discussed first."""
    community = community_or_404(request, slug)
    rows, filters = _found(request, community)
    page = page_of(rows, request, by=queries.NEED_ORDERS[filters["order"]].by)
    context = frame(
        request,
        community,
        "needs",
        rows=queries.need_rows(page.rows),
        next_url=page.next_url,
        **filters,
        orders=queries.NEED_ORDERS,
        kept=kept_filters(request, "q", "order"),
        may_make_topic=can_take_part(request.user, community),
    )
    return render(request, "needs/list.html", context)


def _found(request: Request, community: Community) -> tuple[QuerySet[Need], dict[str, str]]:
    """Return the needs that match the address, and what it says."""
    text, show = (request.GET.get(name, "").strip()[:80] for name in ("q", "show"))
    show = show if show in SHOWN else "open"
    rows = queries.need_list(community, request.user, show=show, text=text)
    return rows, {"text": text, "show": show, "order": chosen_order(request, queries.NEED_ORDERS)}


@require_GET
@login_required
def needs_file(request: Request, slug: str) -> HttpResponseBase:
    """The needs that match the search, as a file, for everybody who sees the list."""
    community = community_or_404(request, slug)
    rows, filters = _found(request, community)
    title = _("Needs of %(name)s") % {"name": community.name}
    lines = queries.need_lines(in_order(rows, queries.NEED_ORDERS[filters["order"]].by))
    return list_answer(request, lines, title=title, file="needs", community_id=community.pk)


@require_http_methods(["GET", "POST"])
@login_required
@once
def need_new(request: Request) -> HttpResponseBase:
    """Voice a need: the text first, the community proposed."""
    return _voiced(request, request.POST)


@require_http_methods(["GET", "POST"])
@login_required
@once
def need_new_there(request: Request, slug: str) -> HttpResponseBase:
    """The form's address before the community became a field of it; forms that are still open post here."""
    community = community_or_404(request, slug)
    require(can_voice, request.user, community)
    if request.method == "POST":
        sent = request.POST.copy()
        sent.setdefault("community", slug)
        return _voiced(request, sent)
    return redirect(f"{reverse('needs:voice')}?{urlencode({**request.GET.dict(), 'community': slug})}")


def _voiced(request: Request, sent: QueryDict) -> HttpResponseBase:
    """Show the form, or voice what was sent."""
    given = sent or request.GET
    places = places_for(request.user, can_voice, given.get("community", ""))
    context: dict[str, Any] = {"writing": WRITING}
    if not places:
        context["why_not"] = why_nowhere(request.user, can_voice, Feature.NEEDS)
        return render(request, "needs/new.html", context)
    # Text converted into a need arrives prefilled.
    initial = {"title": request.GET.get("title", "")[:80], "body": request.GET.get("body", "")[:800]}
    place = chosen_or_proposed(given, request.user, places, given.get("title", "")[:200])
    form = NeedForm(sent or None, initial={**initial, "community": place.slug})
    form.fields["community"].offer(places, request.user)  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        need = voice_need(by=request.user, **form.cleaned_data)
        messages.success(request, _("Posted. Colleagues can now say they have it too."))
        return redirect(need)
    context |= {"form": form, "place": place, "came_from": named_place(request.GET, places)}
    return render(request, "needs/new.html", context)


@require_GET
@login_required
def similar(request: Request) -> HttpResponseBase:
    """Return existing objects similar to the words being typed, and the community proposed for them."""
    text = request.GET.get("title", "").strip()[:200]
    cards = []
    if len(text) >= 4:
        cards = queries.similar_needs(text, request.user, kinds=("need", "topic", "article", "gathering"))
    places = places_for(request.user, can_voice, request.GET.get("community", ""))
    place = chosen_or_proposed(request.GET, request.user, places, text)
    return render(request, "needs/_similar.html", {"cards": cards, "place": place})


@require_GET
@login_required
def need(request: Request, pk: int) -> HttpResponseBase:
    """Show one need: supporters, comments, and what became of it."""
    need = need_or_404(request, pk)
    mark_read_about(request.user, "need", pk)
    may_moderate = can_moderate(request.user, need)
    context = frame(
        request,
        need.community,
        "needs",
        need=need,
        line=timeline_of(("need", pk), request.user),
        i_support=need.supports.filter(by=request.user).exists(),
        supporters=queries.supporters(need),
        comments=comments_on("need", pk),
        may_edit=can_edit(request.user, need),
        may_moderate=may_moderate,
        may_make_topic=can_make_topic(request.user, need) and need.state == Need.State.OPEN,
        alike=queries.similar_needs(need.title, request.user, leave_out=pk, kinds=("need", "article", "gathering")),
        merge=Merge.objects.filter(need=need).select_related("into", "by").first(),
        merged=list(need.merged.all()[:20]),
    )
    return render(request, "needs/need.html", context)


@require_POST
@login_required
def support(request: Request, pk: int) -> HttpResponseBase:
    """Support a need (``on=1``) or withdraw the support; returns the vote box."""
    need = set_support(need_or_404(request, pk), on=wished(request), by=request.user)
    mine = need.supports.filter(by=request.user).exists()
    return fragment_or_back(request, "needs/_support.html", {"need": need, "mine": mine}, need)


@require_http_methods(["GET", "POST"])
@login_required
def need_edit(request: Request, pk: int) -> HttpResponseBase:
    """Edit a need; a conflicting change is shown beside the form."""
    current = need_or_404(request, pk)
    require(can_edit, request.user, current)
    form = NeedEditForm(
        request.POST or None, initial={"title": current.title, "body": current.body, "version": current.version}
    )
    theirs = None
    if request.method == "POST" and form.is_valid():
        need = form.attempt(edit_need, current, by=request.user, **form.cleaned_data)
        if need is not None:
            return redirect(need)
        theirs = form.on_top_of(current)
    return render(
        request, "needs/edit.html", frame(request, current.community, "needs", need=current, form=form, theirs=theirs)
    )


@require_http_methods(["GET", "POST"])
@login_required
def closing(request: Request, pk: int) -> HttpResponseBase:
    """Close a need with a reason, or reopen it (``open=1``)."""
    need = need_or_404(request, pk)
    require(can_moderate, request.user, need)
    if request.POST.get("open") == "1":
        return redirect(reopen_need(need, by=request.user))
    form = CloseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return redirect(close_need(need, reason=form.cleaned_data["reason"], by=request.user))
    return render(request, "needs/close.html", frame(request, need.community, "needs", need=need, form=form))


@require_http_methods(["GET", "POST"])
@login_required
def merging(request: Request, pk: int) -> HttpResponseBase:
    """Merge a near-duplicate into another need; ``undo=1`` undoes it."""
    duplicate = need_or_404(request, pk)
    require(can_moderate, request.user, duplicate)
    if request.POST.get("undo") == "1":
        undo_need_merge(get_object_or_404(Merge, need=duplicate), by=request.user)
        return redirect(duplicate)
    if request.method == "POST":
        into = get_object_or_404(Need.objects.visible_to(request.user), pk=key_of(request.POST.get("into", "")))
        merge_needs(duplicate, into, by=request.user)
        messages.success(request, _("Merged. You can undo this on the page of the merged need."))
        return redirect(into)
    cards = queries.similar_needs(duplicate.title, request.user, community=duplicate.community, leave_out=pk)
    near = [card.thing for card in cards if card.thing.state not in (Need.State.MERGED, Need.State.CLOSED)]
    others = queries.open_needs_like(duplicate).exclude(pk__in=[need.pk for need in near]).order_by("-at")[:20]
    context = frame(request, duplicate.community, "needs", need=duplicate, near=near, others=others)
    return render(request, "needs/merge.html", context)


@require_GET
@login_required
def topics(request: Request, slug: str) -> HttpResponseBase:
    """List topics of a community with the progress of their lines: searched, and in one of three orders."""
    community = community_or_404(request, slug)
    rows, filters = _topics_found(request, community)
    page = page_of(rows, request, by=queries.TOPIC_ORDERS[filters["order"]].by)
    context = frame(
        request,
        community,
        "needs",
        rows=queries.topic_rows(page.rows, request.user),
        next_url=page.next_url,
        **filters,
        orders=queries.TOPIC_ORDERS,
        kept=kept_filters(request, "q", "order"),
    )
    return render(request, "needs/topics.html", context)


def _topics_found(request: Request, community: Community) -> tuple[QuerySet[Topic], dict[str, str]]:
    """Return the topics that match the address, and what it says."""
    text, show = (request.GET.get(name, "").strip()[:80] for name in ("q", "show"))
    show = show if show in ("open", "dropped") else "all"
    rows = queries.topic_list(community, show=show, text=text)
    return rows, {"text": text, "show": show, "order": chosen_order(request, queries.TOPIC_ORDERS)}


@require_GET
@login_required
def topics_file(request: Request, slug: str) -> HttpResponseBase:
    """The topics that match the search, as a file, for everybody who sees the list."""
    community = community_or_404(request, slug)
    rows, filters = _topics_found(request, community)
    title = _("Topics of %(name)s") % {"name": community.name}
    lines = queries.topic_lines(in_order(rows, queries.TOPIC_ORDERS[filters["order"]].by))
    return list_answer(request, lines, title=title, file="topics", community_id=community.pk)


@require_http_methods(["GET", "POST"])
@login_required
@once
def topic_new(request: Request, slug: str) -> HttpResponseBase:
    """Create a topic from the chosen needs (``need``, repeatable)."""
    community = community_or_404(request, slug)
    require(can_take_part, request.user, community)
    keys = [key_of(key) for key in request.GET.getlist("need") or request.POST.getlist("need")]
    chosen = list(Need.objects.visible_to(request.user).filter(pk__in=keys, community=community).select_related("by"))
    form = TopicForm(request.POST or None, initial={"title": chosen[0].title if chosen else ""})
    offered = (part(community, request.user, request.POST or None) for part in topic_form_parts)
    parts = [part for part in offered if part is not None]
    if request.method == "POST" and all([form.is_valid(), *(part.form.is_valid() for part in parts)]):
        topic = form.attempt(_make_topic, request, community, chosen, form, parts)
        if topic is not None:
            return redirect(topic)
    context = frame(request, community, "needs", form=form, chosen=chosen, parts=parts)
    return render(request, "needs/topic_new.html", context)


def _make_topic(
    request: Request, community: Community, needs: list[Need], form: TopicForm, parts: list[TopicFormPart]
) -> str:
    """Create the topic and run all form parts in one transaction; return the next page."""
    with transaction.atomic():
        topic = make_topic(community, needs, by=request.user, **form.cleaned_data)
        further = [page for part in parts if (page := part.act(topic))]
    if further:
        messages.success(request, _("Topic created, and its gathering proposed."))
        return further[0]
    messages.success(request, _("Topic created. Now it needs a speaker."))
    return topic.get_absolute_url()


@require_GET
@login_required
def topic(request: Request, pk: int) -> HttpResponseBase:
    """Show one topic: whom it helps, where it came from, who could share it."""
    topic = topic_or_404(request, pk)
    mark_read_about(request.user, "topic", pk)
    sections = [section(topic, request.user) for section in topic_sections]
    context = frame(
        request,
        topic.community,
        "needs",
        topic=topic,
        line=timeline_of(("topic", pk), request.user),
        votes=queries.topic_rows([topic], request.user)[0].votes,
        voters=_voters(topic),
        checklist=checklist(topic),
        sources=queries.need_sources(topic),
        alike=queries.similar_needs(topic.title, request.user, kinds=("article", "gathering")),
        comments=comments_on("topic", pk),
        may_edit=can_edit(request.user, topic),
        sections=[section for section in sections if section],
    )
    return render(request, "needs/topic.html", context)


def _voters(topic: Topic) -> list[Person]:
    from zhiliu.comments.models import Vote

    rows = Vote.objects.filter(kind="topic", thing_id=topic.pk).select_related("by").order_by("at")[:8]
    return [row.by for row in rows]


@require_POST
@login_required
def topic_vote(request: Request, pk: int) -> HttpResponseBase:
    """Vote for a topic (``on=1``) or withdraw the vote; returns the vote box."""
    topic = topic_or_404(request, pk)
    votes = vote_for_topic(topic, on=wished(request), by=request.user)
    return fragment_or_back(request, "needs/_topic_vote.html", {"topic": topic, "votes": votes}, topic)


@require_http_methods(["GET", "POST"])
@login_required
def topic_edit(request: Request, pk: int) -> HttpResponseBase:
    """Edit a topic's words and checklist; a conflicting change is shown beside the form."""
    current = topic_or_404(request, pk)
    require(can_edit, request.user, current)
    names = (
        "title",
        "for_whom",
        "take_home",
        "pains",
        "differently",
        "small_enough",
        "solved_by",
        "seen_by",
        "version",
    )
    form = TopicEditForm(request.POST or None, initial={name: getattr(current, name) for name in names})
    theirs = None
    if request.method == "POST" and form.is_valid():
        topic = form.attempt(edit_topic, current, by=request.user, **form.cleaned_data)
        if topic is not None:
            return redirect(topic)
        theirs = form.on_top_of(current)
    context = frame(request, current.community, "needs", topic=current, form=form, theirs=theirs)
    return render(request, "needs/topic_edit.html", context)
