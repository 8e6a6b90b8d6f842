"""Maintain an article: settings, moving, review, pinning, archive."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from zhiliu.kit.contracts.rules import require
from zhiliu.kit.web.http import Request, back, wished

from .. import publishing
from ..folders import folder_at, path_text
from ..forms import MoveForm, ReviewForm, SettingsForm
from ..models import Article
from ..moving import move_article
from ..pinning import pin_article, unpin_article
from ..queries import people_named, who_may_see, writable_libraries
from ..rules import can_edit, can_verify
from .common import around, article_or_404, library_or_404


@require_http_methods(["GET", "POST"])
@login_required
def settings(request: Request, pk: int) -> HttpResponseBase:
    """Change owner, authors, folder, tags, audience and review date."""
    article = article_or_404(request, pk)
    require(can_edit, request.user, article)
    people = _people(request, article)
    form = SettingsForm(
        request.POST or None,
        initial=_initial(article),
        library=article.library,
        people=[(str(person.pk), person.name) for person in people],
    )
    if request.method == "POST" and form.is_valid():
        _change(request, article, form.cleaned_data, {str(person.pk): person for person in people})
        messages.success(request, _("Saved"))
        return redirect(article)
    return render(
        request, "knowledge/settings.html", around(request, article, form=form, audience=who_may_see(article))
    )


def _people(request: Request, article: Article) -> list[Any]:
    """Return the people the form may name: current ones, and posted ones the person can see."""
    named = [*article.authors.all(), *article.named_readers.all(), *([article.owner] if article.owner else [])]
    sent = [key for name in ("owner", "authors", "named_readers") for key in request.POST.getlist(name)]
    people = {person.pk: person for person in [*named, *people_named(sent, request.user)]}
    return sorted(people.values(), key=lambda person: person.name)


def _initial(article: Article) -> dict[str, Any]:
    return {
        "owner": str(article.owner_id or ""),
        "authors": [str(person.pk) for person in article.authors.all()],
        "named_readers": [str(person.pk) for person in article.named_readers.all()],
        "folder": path_text(article.folder),
        "tags": _(", ").join(tag.name for tag in article.tags.all()),
        "audience": article.audience,
        "review_on": article.review_on,
    }


def _change(request: Request, article: Article, values: dict[str, Any], people: dict[str, Any]) -> None:
    publishing.change_article(
        article,
        by=request.user,
        owner=people[values["owner"]],
        authors=[people[key] for key in values["authors"]],
        named_readers=[people[key] for key in values["named_readers"]],
        folder=folder_at(article.library, values["folder"]),
        tags=values["tags"],
        audience=values["audience"],
        review_on=values["review_on"],
    )


@require_http_methods(["GET", "POST"])
@login_required
def move(request: Request, pk: int) -> HttpResponseBase:
    """Move an article to another library."""
    article = article_or_404(request, pk)
    require(can_edit, request.user, article)
    others = [library for library in writable_libraries(request.user) if library[0] != article.library.slug]
    form = MoveForm(request.POST or None, libraries=others)
    if request.method == "POST" and form.is_valid():
        moved = move_article(article, library_or_404(request, form.cleaned_data["library"]), by=request.user)
        messages.success(request, _("Moved to “%(library)s”.") % {"library": moved.library})
        return redirect(moved)
    return render(request, "knowledge/move.html", around(request, article, form=form, others=others))


@require_http_methods(["GET", "POST"])
@login_required
def review(request: Request, pk: int) -> HttpResponseBase:
    """Record a review, and set the next date."""
    article = article_or_404(request, pk)
    may_verify = can_verify(request.user, article)
    if not may_verify:
        require(can_edit, request.user, article)
    initial = {"next_on": timezone.localdate() + publishing.REVIEW_AFTER, "verifies": may_verify}
    form = ReviewForm(request.POST or None, initial=initial)
    if not may_verify:
        del form.fields["verifies"]
    if (
        request.method == "POST"
        and form.is_valid()
        and form.succeeds(publishing.review, article, by=request.user, **form.cleaned_data)
    ):
        messages.success(request, _("Marked as still correct."))
        return redirect(article)
    soon = [timezone.localdate() + dt.timedelta(days=days) for days in (90, 180, 365)]
    reviews = article.reviews.select_related("by").order_by("-at")[:10]
    return render(request, "knowledge/review.html", around(request, article, form=form, reviews=reviews, soon=soon))


@require_POST
@login_required
def pin(request: Request, pk: int) -> HttpResponseBase:
    """Pin or unpin an article."""
    article = article_or_404(request, pk)
    verb = pin_article if wished(request) else unpin_article
    verb(article, by=request.user)
    return redirect(back(request, article.get_absolute_url()))


@require_POST
@login_required
def archive(request: Request, pk: int) -> HttpResponseBase:
    """Archive an article; ``undo`` restores it."""
    article = article_or_404(request, pk)
    if "undo" in request.GET or request.POST.get("undo"):
        publishing.take_out_again(article, by=request.user)
        messages.success(request, _("Article restored."))
    else:
        publishing.archive(article, by=request.user)
        undo = f"{reverse('knowledge:archive', args=[pk])}?undo=1"
        messages.success(request, _("Moved to the archive"), extra_tags=undo)
    return redirect(article)
