"""Settings of moderation: detectors and their precision, limits, canned responses, the list of words."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhiliu.communities.models import Community
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.web.addresses import address
from zhiliu.kit.web.http import Request
from zhiliu.kit.web.idempotency import once

from ..canned_responses import suggested_responses
from ..configuring import change_policy, drop_template, list_words, save_template, unlist_word
from ..forms import PolicyForm, TemplateForm, WordsForm
from ..models import CannedResponse, Word
from ..precision import scores
from ..rules import can_keep_words, can_moderate, can_set_policy
from ..screening import policy_of
from .common import moderation_frame, place_or_404


@require_GET
@login_required
def detectors(request: Request, slug: str | None = None) -> HttpResponseBase:
    """Show the precision of each detector."""
    community = place_or_404(request, slug)
    context = moderation_frame(request, community, "detectors", scores=scores(request.user, community))
    return render(request, "moderation/detectors.html", context)


@require_http_methods(["GET", "POST"])
@login_required
def settings(request: Request, slug: str) -> HttpResponseBase:
    """Detector modes and message limits of a community, and its canned responses."""
    community = place_or_404(request, slug)
    assert community is not None
    policy = policy_of(community)
    form = PolicyForm(request.POST or None, policy=policy)
    if request.method == "POST" and form.is_valid():
        cleaned = form.cleaned_data
        if form.succeeds(
            change_policy,
            community,
            modes=form.modes(),
            newcomer_limit=cleaned["newcomer_limit"],
            member_limit=cleaned["member_limit"],
            version=cleaned["version"],
            by=request.user,
        ):
            messages.success(request, _("Saved"))
            return redirect("moderation:settings", slug=slug)
    context = moderation_frame(
        request,
        community,
        "settings",
        form=form,
        may_set=can_set_policy(request.user, community),
        templates=list(CannedResponse.objects.filter(community=community)),
        shared=list(CannedResponse.objects.filter(community=None)),
        suggested=suggested_responses(),
    )
    return render(request, "moderation/settings.html", context)


@require_http_methods(["GET", "POST"])
@login_required
@once
def template_new(request: Request, slug: str) -> HttpResponseBase:
    """Create a canned response of a community."""
    community = place_or_404(request, slug)
    return _template_page(request, community, None)


@require_http_methods(["GET", "POST"])
@login_required
def template(request: Request, pk: int) -> HttpResponseBase:
    """Change a canned response, or delete it (``drop=1``)."""
    response = get_object_or_404(CannedResponse.objects.select_related("community"), pk=pk)
    require(can_moderate, request.user, response.community)
    if request.method == "POST" and request.POST.get("drop"):
        drop_template(response, by=request.user)
        messages.success(request, _("Deleted."))
        return redirect(_home_of(response.community))
    return _template_page(request, response.community, response)


def _template_page(request: Request, community: Community | None, response: CannedResponse | None) -> HttpResponseBase:
    initial = {"title": response.title, "text": response.text, "fits": response.fits} if response else {}
    form = TemplateForm(request.POST or None, initial=initial)
    if (
        request.method == "POST"
        and form.is_valid()
        and form.succeeds(save_template, community, by=request.user, template=response, **form.cleaned_data)
    ):
        messages.success(request, _("Saved"))
        return redirect(_home_of(community))
    context: dict[str, Any] = {"form": form, "template_of": response, "home": _home_of(community)}
    return render(request, "moderation/template.html", moderation_frame(request, community, "settings", **context))


def _home_of(community: Community | None) -> str:
    return address("moderation:settings", community.slug) if community else address("moderation:words")


@require_http_methods(["GET", "POST"])
@login_required
def words(request: Request) -> HttpResponseBase:
    """The organisation's list of words and its canned responses, for administrators."""
    require(can_keep_words, request.user)
    form = WordsForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        count = form.attempt(
            list_words, form.cleaned_data["words"], weight=form.cleaned_data["weight"], by=request.user
        )
        if count is not None:
            message = ngettext("%(count)s new word is on the list.", "%(count)s new words are on the list.", count)
            messages.success(request, message % {"count": count})
            return redirect("moderation:words")
    context = {
        "form": form,
        "words": list(Word.objects.all()),
        "templates": list(CannedResponse.objects.filter(community=None)),
    }
    return render(request, "moderation/words.html", context)


@require_POST
@login_required
def word(request: Request, pk: int) -> HttpResponseBase:
    """Remove a word from the list."""
    word = Word.objects.filter(pk=pk).first()
    require(can_keep_words, request.user)
    if word is not None:
        unlist_word(word, by=request.user)
    return redirect("moderation:words")


@require_http_methods(["GET", "POST"])
@login_required
@once
def shared_template_new(request: Request) -> HttpResponseBase:
    """Create a canned response of the organisation."""
    require(can_keep_words, request.user)
    return _template_page(request, None, None)
