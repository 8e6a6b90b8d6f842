"""Arrange the home page of a community."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhiliu.kit.contracts.rules import require
from zhiliu.kit.web.http import Request
from zhiliu.kit.web.idempotency import once

from ..arranging import add_text, change_text, place_block, remove_text, settle_blocks, show_block
from ..forms import HomeTextForm
from ..models import Community, HomeBlock
from ..queries import home_sections
from ..rules import can_edit_home
from .common import community_or_404, frame


def _arranged_or_404(request: Request, slug: str) -> Community:
    """Return a community whose home page the person may arrange, or refuse with the rule's reason."""
    community = community_or_404(request, slug)
    require(can_edit_home, request.user, community)
    return community


@require_GET
@login_required
def arrange(request: Request, slug: str) -> HttpResponseBase:
    """List the parts of the home page in order, to move, hide and write them."""
    community = _arranged_or_404(request, slug)
    rows = [_row(place, block) for place, block in enumerate(settle_blocks(community))]
    return render(request, "communities/arrange.html", frame(request, community, "home", rows=rows))


def _row(place: int, block: HomeBlock) -> dict[str, Any]:
    section = home_sections.get(block.key)
    name = section.name if section else block.title
    return {"block": block, "name": name, "up": place - 1, "down": place + 1, "is_first": place == 0}


@require_POST
@login_required
def block(request: Request, slug: str, pk: int) -> HttpResponseBase:
    """Move a part to ``place``, or show (``shown=1``) or hide it."""
    community = _arranged_or_404(request, slug)
    home_block = get_object_or_404(community.home_blocks.select_related("community"), pk=pk)
    place = request.POST.get("place", "")
    if place.isdecimal() and len(place) < 5:
        place_block(home_block, int(place), by=request.user)
    elif "shown" in request.POST:
        show_block(home_block, visible=request.POST["shown"] == "1", by=request.user)
    return redirect("communities:arrange", slug=slug)


@require_http_methods(["GET", "POST"])
@login_required
@once
def text_new(request: Request, slug: str) -> HttpResponseBase:
    """Add a text to the home page."""
    community = _arranged_or_404(request, slug)
    form = HomeTextForm(request.POST or None)
    if (
        request.method == "POST"
        and form.is_valid()
        and form.succeeds(
            add_text, community, title=form.cleaned_data["title"], text=form.cleaned_data["text"], by=request.user
        )
    ):
        messages.success(request, _("Added to the home page."))
        return redirect("communities:arrange", slug=slug)
    return render(request, "communities/home_text.html", frame(request, community, "home", form=form))


@require_http_methods(["GET", "POST"])
@login_required
def text(request: Request, slug: str, pk: int) -> HttpResponseBase:
    """Change a text of the home page."""
    community = _arranged_or_404(request, slug)
    home_block = get_object_or_404(community.home_blocks.select_related("community"), pk=pk, key="")
    initial = {"title": home_block.title, "text": home_block.text, "version": home_block.version}
    form = HomeTextForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        values = {**form.cleaned_data, "version": form.cleaned_data["version"] or 0}
        if form.succeeds(change_text, home_block, by=request.user, **values):
            messages.success(request, _("Saved"))
            return redirect("communities:arrange", slug=slug)
    context = frame(request, community, "home", form=form, own=home_block)
    return render(request, "communities/home_text.html", context)


@require_POST
@login_required
def text_removal(request: Request, slug: str, pk: int) -> HttpResponseBase:
    """Remove a text from the home page."""
    community = _arranged_or_404(request, slug)
    home_block = community.home_blocks.select_related("community").filter(pk=pk, key="").first()
    if home_block is not None:
        remove_text(home_block, by=request.user)
    messages.success(request, _("Removed from the home page"))
    return redirect("communities:arrange", slug=slug)
