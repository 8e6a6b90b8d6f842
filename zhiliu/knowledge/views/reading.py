"""Read, use and acknowledge an article, and see its history."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhiliu.comments.queries import comments_on
from zhiliu.directory.exporting import list_answer
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.web.http import Request
from zhiliu.kit.web.idempotency import once
from zhiliu.kit.web.paging import page_of
from zhiliu.kit.web.qr_code import qr_code
from zhiliu.kit.web.site import base_url
from zhiliu.lineage.timeline import timeline_of
from zhiliu.notifications.delivery import mark_read_about

from .. import queries
from ..comparing import compare, state_of
from ..drafting import restore
from ..forms import UseForm
from ..models import Article, Revision, Use
from ..publishing import acknowledge
from ..rules import can_edit, can_keep
from ..sharing import text_to_paste
from ..using import note_reading, note_use
from .common import around, article_or_404


@require_GET
@login_required
def article(request: Request, pk: int) -> HttpResponseBase:
    """Show an article: text, origin, uses and comments."""
    article = article_or_404(request, pk)
    mark_read_about(request.user, "article", pk)
    note_reading(article, by=request.user)
    publication = queries.latest_publication(article)
    context = around(
        request,
        article,
        line=timeline_of(("article", pk), request.user),
        publication=publication,
        others=[person for person in article.authors.all() if person.pk != article.owner_id],
        uses=queries.uses_of(article),
        comments=comments_on("article", pk),
        may_moderate=can_keep(request.user, article),
        audience=queries.who_may_see(article),
        contents=[(level, text, anchor) for level, text, anchor in article.headings if level in (2, 3)],
        acknowledgements=_acknowledgements(request, article, publication),
        next_reads=queries.read_next(article, request.user),
        changed_since_verified=_changed_since(article, publication),
    )
    return render(request, "knowledge/article.html", context)


@require_GET
@login_required
def share(request: Request, pk: int) -> HttpResponseBase:
    """Text, short link and QR code to paste into a group chat elsewhere."""
    article = article_or_404(request, pk)
    if article.state != Article.State.PUBLISHED:
        raise Http404(pk)
    short = base_url(request) + reverse("knowledge:short", args=[pk])
    told = {"text": text_to_paste(article, short), "short": short, "code": qr_code(short)}
    return render(request, "knowledge/share.html", around(request, article, **told))


@require_GET
@login_required
def short(request: Request, pk: int) -> HttpResponseBase:
    """Redirect from the short link to the page."""
    return redirect(article_or_404(request, pk))


def _acknowledgements(request: Request, article: Article, publication: Any) -> Any:
    if article.template != Article.Template.SOP or publication is None or article.state != Article.State.PUBLISHED:
        return None
    return queries.acknowledgements(article, publication, request.user)


def _changed_since(article: Article, publication: Any) -> bool:
    """Return whether another text was published since the article was verified."""
    return bool(publication and article.verified_at and publication.at > article.verified_at)


@require_http_methods(["GET", "POST"])
@login_required
@once
def uses(request: Request, pk: int) -> HttpResponseBase:
    """ "I used this": show the form and record a use; ``?use=`` updates one's own use."""
    article = article_or_404(request, pk)
    mine = _own_use(request, article)
    initial = {"outcome": request.GET.get("outcome", Use.Outcome.UNKNOWN)}
    if mine is not None:
        initial = {"where": mine.where, "outcome": mine.outcome, "story": mine.story}
    form = UseForm(request.POST or None, initial=initial)
    if mine is not None:
        form.fields["where"].widget.attrs["readonly"] = True
    if request.method == "POST" and form.is_valid():
        use = form.attempt(note_use, article, by=request.user, **form.cleaned_data)
        if use is not None:
            messages.success(request, _("Saved. The author learns that it was used."))
            return redirect(use)
    name = "knowledge/_use_form.html" if request.htmx else "knowledge/use.html"
    status = 422 if form.errors else 200
    return render(request, name, around(request, article, form=form, use=mine), status=status)


@require_GET
@login_required
def uses_file(request: Request, pk: int) -> HttpResponseBase:
    """Who used an article, as a file, for those who keep its library."""
    article = article_or_404(request, pk)
    require(can_keep, request.user, article)
    title = _("Uses of “%(title)s”") % {"title": article.title}
    lines, where = queries.use_lines(Use.objects.filter(article=article)), article.library.community_id
    return list_answer(request, lines, title=title, file=f"uses-{pk}", community_id=where)


def _own_use(request: Request, article: Article) -> Use | None:
    key = request.GET.get("use", "")
    if not key.isdecimal() or len(key) > 18:
        return None
    return get_object_or_404(Use, pk=key, article=article, by=request.user)


@require_POST
@login_required
def acknowledgement(request: Request, pk: int) -> HttpResponseBase:
    """Record that the person has read the SOP."""
    article = article_or_404(request, pk)
    acknowledge(article, by=request.user)
    messages.success(request, _("Marked as read."))
    return redirect(article)


# ---- history ---------------------------------------------------------------------------------------------------------


@require_GET
@login_required
def history(request: Request, pk: int) -> HttpResponseBase:
    """List the revisions of an article; ``from`` and ``to`` compare two of them."""
    article = article_or_404(request, pk)
    start, end = _number(request.GET.get("from", "")), _number(request.GET.get("to", ""))
    if start and end and start != end:
        address = redirect("knowledge:revision", pk=pk, number=max(start, end))
        address["Location"] += f"?against={min(start, end)}"
        return address
    page = page_of(queries.history_of(article, everything=can_edit(request.user, article)), request, by="-number")
    return render(request, "knowledge/history.html", around(request, article, page=page))


@require_GET
@login_required
def revision(request: Request, pk: int, number: int) -> HttpResponseBase:
    """Show one revision, compared with the previous one or another (``against``)."""
    article = article_or_404(request, pk)
    shown = queries.history_of(article, everything=can_edit(request.user, article))
    this = _revision(shown, number)
    other_number = _number(request.GET.get("against", ""))
    against = (
        _revision(shown, other_number) if other_number else shown.filter(number__lt=number).order_by("-number").first()
    )
    context = around(
        request,
        article,
        revision=this,
        against=against,
        comparison=compare(state_of(against), state_of(this), whole=True),
        earlier=shown.filter(number__lt=number).order_by("-number").first(),
        later=shown.filter(number__gt=number).order_by("number").first(),
    )
    return render(request, "knowledge/revision.html", context)


def _revision(shown: Any, number: int) -> Revision:
    revision: Revision | None = shown.filter(number=number).first()
    if revision is None:
        raise Http404(f"revision {number}")
    return revision


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 9 else 0


@require_POST
@login_required
def restoration(request: Request, pk: int) -> HttpResponseBase:
    """Restore an earlier revision as the working copy."""
    article = article_or_404(request, pk)
    require(can_edit, request.user, article)
    restore(_revision(article.revisions, _number(request.POST.get("number", ""))), by=request.user)
    messages.success(request, _("The earlier version is now your draft. Publish it when it is right."))
    return redirect("knowledge:edit", pk=pk)
