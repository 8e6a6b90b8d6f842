"""Questions: the list, asking, the page, and acts on a question as a whole."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect

from zhiliu.comments.queries import comments_on
from zhiliu.communities.models import Community
from zhiliu.communities.role_permissions import Feature
from zhiliu.communities.views import community_or_404, frame
from zhiliu.directory.exporting import list_answer
from zhiliu.directory.models import Person
from zhiliu.directory.reach import visible_people
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.web.http import Request, back, key_of, wished
from zhiliu.kit.web.idempotency import once
from zhiliu.kit.web.page_frame import hear_on_page
from zhiliu.kit.web.paging import chosen_order, in_order, kept_filters, page_of
from zhiliu.lineage.timeline import timeline_of
from zhiliu.moderation.models import HeldPost
from zhiliu.notifications.delivery import mark_read_about
from zhiliu.search.places import Place, WritingPage, chosen_or_proposed, named_place, places_for, why_nowhere

from .. import queries
from ..asking import ask, close_as_duplicate, edit_question, follow_question, hand_to, reopen
from ..deflection import note_found
from ..deletion import withdraw_question
from ..experts import expert_suggestions
from ..forms import OwnerForm, QuestionEditForm, QuestionForm, words_of_tags
from ..models import Question
from ..rota import on_duty
from ..rules import (
    can_ask,
    can_ask_expert,
    can_edit,
    can_keep_rota,
    can_look_after,
    can_moderate,
    can_put_into_faq,
    can_reword,
    can_see,
    can_withdraw,
)
from .common import answers_context, answers_order, question_or_404, waits

WRITING = WritingPage(
    name=gettext_lazy("Ask a question"),
    list_name=gettext_lazy("Questions"),
    new="discussions:ask",
    similar="discussions:similar",
    list="discussions:list",
    draft="question",
)


@require_GET
@login_required
def questions(request: Request, slug: str) -> HttpResponseBase:
    """List questions of a community: newest, oldest or most answered first."""
    community = community_or_404(request, slug)
    rows, filters = _found(request, community)
    page = page_of(rows, request, by=queries.QUESTION_ORDERS[filters["order"]].by)
    context = frame(
        request,
        community,
        "questions",
        rows=queries.question_rows(page.rows),
        next_url=page.next_url,
        **filters,
        orders=queries.QUESTION_ORDERS,
        kept=kept_filters(request, "q", "order"),
        may_ask=can_ask(request.user, community),
        on_duty=on_duty(community.pk),
        how_it_goes=queries.how_it_goes(community) if can_keep_rota(request.user, community) else None,
    )
    return render(request, "discussions/list.html", context)


def _found(request: Request, community: Community) -> tuple[QuerySet[Question], dict[str, str]]:
    """Return the questions that match the address, and what it says."""
    show, text = (request.GET.get(name, "").strip()[:80] for name in ("show", "q"))
    show = show if show in queries.SHOWN else "all"
    rows = queries.question_list(community, request.user, show=show, text=text)
    return rows, {"show": show, "order": chosen_order(request, queries.QUESTION_ORDERS), "text": text}


@require_GET
@login_required
def questions_file(request: Request, slug: str) -> HttpResponseBase:
    """The questions that match the address, as a file, for everybody who sees the list."""
    community = community_or_404(request, slug)
    rows, filters = _found(request, community)
    title = _("Questions of %(name)s") % {"name": community.name}
    lines = queries.question_lines(in_order(rows, queries.QUESTION_ORDERS[filters["order"]].by))
    return list_answer(request, lines, title=title, file="questions", community_id=community.pk)


@require_http_methods(["GET", "POST"])
@login_required
@once
def question_new(request: Request) -> HttpResponseBase:
    """Ask a question: the text first, the community proposed."""
    return _asked(request, request.POST)


@require_http_methods(["GET", "POST"])
@login_required
@once
def question_new_there(request: Request, slug: str) -> HttpResponseBase:
    """The form's address before the community became a field of it; forms that are still open post here."""
    community = community_or_404(request, slug)
    require(can_ask, request.user, community)
    if request.method == "POST":
        sent = request.POST.copy()
        sent.setdefault("community", slug)
        return _asked(request, sent)
    return redirect(f"{reverse('discussions:ask')}?{urlencode({**request.GET.dict(), 'community': slug})}")


def _asked(request: Request, sent: QueryDict) -> HttpResponseBase:
    """Show the form, or ask what was sent."""
    given = sent or request.GET
    places = places_for(request.user, can_ask, given.get("community", ""))
    context: dict[str, Any] = {"writing": WRITING}
    if not places:
        context["why_not"] = why_nowhere(request.user, can_ask, Feature.QUESTIONS)
        return render(request, "discussions/new.html", context)
    # Text converted into a question arrives prefilled.
    initial = {
        name: request.GET.get(name, "")[:most] for name, most in (("title", 120), ("body", 2000), ("source", 40))
    }
    place = chosen_or_proposed(given, request.user, places, given.get("title", "")[:200])
    form = QuestionForm(sent or None, initial={**initial, "community": place.slug})
    form.fields["community"].offer(places, request.user)  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        result = ask(by=request.user, **form.cleaned_data)
        if isinstance(result, HeldPost):
            return waits(request, result, "discussions:list", form.cleaned_data["community"].slug)
        messages.success(request, _("Posted. We’ll notify you of every answer."))
        return redirect(result)
    context |= {"form": form, "place": place, "came_from": named_place(request.GET, places), **_on_duty(place)}
    return render(request, "discussions/new.html", context)


def _on_duty(place: Place) -> dict[str, Any]:
    return {"on_duty": on_duty(place.community.pk) if place.community else []}


@require_GET
@login_required
def similar(request: Request) -> HttpResponseBase:
    """Return existing objects similar to the words being typed, and the community proposed for them."""
    text = request.GET.get("title", "").strip()[:200]
    cards = queries.similar_questions(text, request.user) if len(text) >= 4 else []
    places = places_for(request.user, can_ask, request.GET.get("community", ""))
    place = chosen_or_proposed(request.GET, request.user, places, text)
    context = {"cards": cards, "text": text, "place": place, **_on_duty(place)}
    return render(request, "discussions/_similar.html", context)


@require_POST
@login_required
def found(request: Request, slug: str) -> HttpResponseBase:
    """Record that a similar object answered it, and redirect to it."""
    community = community_or_404(request, slug)
    thing = request.POST.get("kind", "")[:20], key_of(request.POST.get("key", ""))
    card = note_found(community, thing, words=request.POST.get("title", ""), by=request.user)
    messages.success(request, _("Great. We’ve noted that it helped."))
    if request.htmx:
        return HttpResponseClientRedirect(card.url)
    return redirect(card.url)


@require_GET
@login_required
def question(request: Request, pk: int) -> HttpResponseBase:
    """Show one question: answers, the accepted one, and who sees to it."""
    question = question_or_404(request, pk)
    mark_read_about(request.user, "question", pk)
    hear_on_page(request, f"question-{pk}")
    context = frame(
        request,
        question.community,
        "questions",
        first=_first(question, request.user),
        line=timeline_of(("question", pk), request.user),
        comments=comments_on("question", pk),
        sources=queries.question_sources(question, request.user),
        tags=sorted(tag.name for tag in question.tags.all()),
        may_edit=can_edit(request.user, question),
        may_reword=can_reword(request.user, question),
        may_withdraw=can_withdraw(request.user, question),
        may_look_after=can_look_after(request.user, question),
        may_moderate=can_moderate(request.user, question),
        i_follow=question.followers.filter(by=request.user).exists(),
        duplicates=list(question.duplicates.visible_to(request.user).order_by("-at")[:10]),
        **answers_context(question, request.user, answers_order(request)),
        **_experts(question, request.user),
        **_kept(question, request.user),
    )
    return render(request, "discussions/question.html", context)


def _experts(question: Question, viewer: Person) -> dict[str, Any]:
    """Return people who may know, for those who may ask them, and the request to the reader."""
    may_ask = not question.is_resolved and can_ask_expert(viewer, question)
    requests = queries.requests_of(question) if may_ask else []
    return {
        "asked_of_me": queries.asked_of(question, viewer),
        "may_ask_expert": may_ask,
        "suggestions": expert_suggestions(question, viewer) if may_ask else [],
        "requests": requests,
        "one_is_asked": queries.one_is_asked(requests),
    }


def _kept(question: Question, viewer: Person) -> dict[str, Any]:
    """Return the question's FAQ article or whether it may become one, and similar objects."""
    faq = queries.faq_of(question, viewer)
    alike = queries.similar_questions(question.title, viewer, leave_out=("question", question.pk))
    is_kept = hasattr(question, "faq_entry")
    return {
        "faq": faq,
        "may_put_into_faq": question.is_resolved and not is_kept and can_put_into_faq(viewer, question),
        "alike": [card for card in alike if faq is None or (card.kind, card.key) != ("article", faq.pk)],
    }


def _first(question: Question, viewer: Person) -> Question | None:
    """Return the original question if the reader may see it: communities may have been split since."""
    first = question.duplicate_of
    return first if first is not None and can_see(viewer, first) else None


@require_http_methods(["GET", "POST"])
@login_required
def question_edit(request: Request, pk: int) -> HttpResponseBase:
    """Edit a question; a conflicting change is shown beside the form."""
    current = question_or_404(request, pk)
    require(can_reword, request.user, current)
    initial = {
        "title": current.title,
        "body": current.body,
        "tags": words_of_tags(current.tags),
        "version": current.version,
    }
    form = QuestionEditForm(request.POST or None, initial=initial)
    theirs = None
    if request.method == "POST" and form.is_valid():
        question = form.attempt(edit_question, current, by=request.user, **form.cleaned_data)
        if question is not None:
            return redirect(question)
        theirs = form.on_top_of(current)
    context = frame(request, current.community, "questions", question=current, form=form, theirs=theirs)
    return render(request, "discussions/edit.html", context)


@require_POST
@login_required
def question_withdrawal(request: Request, pk: int) -> HttpResponseBase:
    """Delete a question."""
    question = question_or_404(request, pk)
    withdraw_question(question, by=request.user)
    messages.success(request, _("Deleted. No one can see it any more."))
    return redirect("discussions:list", slug=question.community.slug)


@require_POST
@login_required
def follow(request: Request, pk: int) -> HttpResponseBase:
    """Follow a question (``on=1``) or unfollow it."""
    question = question_or_404(request, pk)
    follow_question(question, on=wished(request), by=request.user)
    return redirect(back(request, question.get_absolute_url()))


@require_http_methods(["GET", "POST"])
@login_required
def owner(request: Request, pk: int) -> HttpResponseBase:
    """Assign oneself (``me=1``), step back (``nobody=1``), or assign someone."""
    current = question_or_404(request, pk)
    if request.POST.get("me") == "1":
        return redirect(hand_to(current, request.user, by=request.user))
    if request.POST.get("nobody") == "1":
        return redirect(hand_to(current, None, by=request.user))
    require(can_moderate, request.user, current)
    form = OwnerForm(request.POST or None, initial={"owner": current.owner})
    form.fields["owner"].queryset = visible_people(request.user)  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        question = form.attempt(hand_to, current, form.cleaned_data["owner"], by=request.user)
        if question is not None:
            return redirect(question)
    context = frame(request, current.community, "questions", question=current, form=form)
    return render(request, "discussions/owner.html", context)


@require_http_methods(["GET", "POST"])
@login_required
def duplicate(request: Request, pk: int) -> HttpResponseBase:
    """Close a question as a duplicate; ``undo=1`` reopens it."""
    question = question_or_404(request, pk)
    require(can_edit, request.user, question)
    if request.POST.get("undo") == "1":
        return redirect(reopen(question, by=request.user))
    if request.method == "POST":
        into = get_object_or_404(Question.objects.visible_to(request.user), pk=key_of(request.POST.get("into", "")))
        return redirect(close_as_duplicate(question, into, by=request.user))
    cards = queries.similar_questions(question.title, request.user, kinds=("question",), leave_out=("question", pk))
    near = [card for card in cards if card.community_id == question.community_id]
    others = queries.other_questions(question, without=[card.key for card in near])
    context = frame(request, question.community, "questions", question=question, near=near, others=others)
    return render(request, "discussions/duplicate.html", context)
