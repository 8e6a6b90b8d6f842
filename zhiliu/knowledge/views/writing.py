"""Start, write and publish articles."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseBase, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhiliu.communities.models import Community
from zhiliu.directory.models import Person
from zhiliu.directory.reach import visible_people
from zhiliu.directory.rules import is_employee
from zhiliu.directory.throttling import may_try
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.errors import Forbidden, Refused
from zhiliu.kit.web.http import Request, key_of
from zhiliu.kit.web.idempotency import once
from zhiliu.kit.web.page_frame import hear_on_page
from zhiliu.live.waking import broadcast_ephemeral

from .. import queries
from ..blocks import theirs_with_my_changes
from ..comparing import compare
from ..drafting import StaleDraft, save_draft, start_draft
from ..editing import editor_choices, editor_words
from ..fetching import fetch_picture
from ..forms import EditForm, NewForm
from ..models import Article
from ..publishing import publish
from ..rules import can_edit
from ..writing_templates import GUIDES, PLAIN_QUESTIONS, ticks
from .common import around, article_or_404, library_or_404

# The number of revisions a stale draft may be based on.
EARLIER = 20
# Rate limit of pictures the server fetches from other hosts.
PICTURES_AN_HOUR = 300


@require_http_methods(["GET", "POST"])
@login_required
@once
def new(request: Request) -> HttpResponseBase:
    """Choose library and template of a new article."""
    libraries = queries.writable_libraries(request.user)
    if not libraries:
        raise Forbidden(_("Guests can’t start articles. A colleague can do it with you."))
    initial = {name: request.GET.get(name, "")[:120] for name in ("title", "library", "template")}
    initial["template"] = initial["template"] or Article.Template.CASE
    form = NewForm(request.POST or None, initial=initial, libraries=libraries)
    if request.method == "POST" and form.is_valid():
        library = library_or_404(request, form.cleaned_data["library"])
        template = form.cleaned_data["template"]
        text = GUIDES[template].text()
        article = start_draft(
            library=library, title=form.cleaned_data["title"], markdown=text, template=template, by=request.user
        )
        return redirect("knowledge:edit", pk=article.pk)
    return render(request, "knowledge/new.html", {"form": form, "guides": GUIDES.values()})


@require_http_methods(["GET", "POST"])
@login_required
def edit(request: Request, pk: int) -> HttpResponseBase:
    """Show the editor. A POST that accepts JSON saves and returns the new version: this is autosave."""
    article = article_or_404(request, pk)
    require(can_edit, request.user, article)
    names = ("title", "claim", "markdown")
    initial = {**{name: getattr(article, f"draft_{name}") for name in names}, "version": article.version}
    form = EditForm(request.POST or None, initial=initial)
    if request.method != "POST":
        return _editor(request, article, form)
    if not form.is_valid():
        return _wrong(request, article, form)
    if request.POST.get("settle") == "below":
        return _editor(request, article, _theirs_first(form, article))
    try:
        saved = save_draft(article, by=request.user, **form.cleaned_data)
    except StaleDraft as stale:
        return _conflict(request, stale.article, form)
    return _publish(request, saved, form) if request.POST.get("act") == "publish" else _saved(request, saved)


def _publish(request: Request, saved: Article, form: EditForm) -> HttpResponseBase:
    """Publish what was just saved. A refusal shows the saved text again."""
    try:
        publish(saved, by=request.user, note=form.cleaned_data["note"], version=saved.version)
    except Forbidden:
        raise
    except Refused as refused:
        form = _with(form, version=saved.version)
        form.full_clean()
        form.refuse(refused)
        return _wrong(request, saved, form)
    return _saved(request, saved)


def _saved(request: Request, article: Article) -> HttpResponseBase:
    published = request.POST.get("act") == "publish"
    if _wants_json(request):
        return JsonResponse({"version": article.version, "said": _said(), "url": article.get_absolute_url()})
    messages.success(request, _("Published. Colleagues can find it now.") if published else _said())
    return redirect(article) if published else redirect("knowledge:edit", pk=article.pk)


def _said() -> str:
    return _("Saved %(time)s") % {"time": f"{timezone.localtime():%H:%M}"}


def _wants_json(request: Request) -> bool:
    return request.headers.get("Accept", "").startswith("application/json")


def _wrong(request: Request, article: Article, form: EditForm) -> HttpResponseBase:
    if _wants_json(request):
        errors_text = " ".join(str(error) for errors in form.errors.values() for error in errors)
        return JsonResponse({"error": errors_text}, status=422)
    return _editor(request, article, form, status=422)


def _conflict(request: Request, theirs: Article, form: EditForm) -> HttpResponseBase:
    """Answer a conflicting save with both texts and their difference, so that nothing is lost."""
    values = form.cleaned_data
    mine = (values["title"], values["claim"], values["markdown"])
    comparison = compare((theirs.draft_title, theirs.draft_claim, theirs.draft_markdown), mine)
    last = theirs.revisions.select_related("by").first()
    by = last.by.name if last and last.by else _("Someone")
    context = {"comparison": comparison, "theirs": theirs, "theirs_by": by}
    if _wants_json(request):
        answer = {
            "version": theirs.version,
            "title": theirs.draft_title,
            "claim": theirs.draft_claim,
            "markdown": theirs.draft_markdown,
            "html": render(request, "knowledge/_conflict.html", context).content.decode(),
        }
        return JsonResponse(answer, status=409)
    form = _with(form, version=theirs.version)
    return _editor(request, theirs, form, status=409, **context)


def _with(form: EditForm, **values: Any) -> EditForm:
    """Return the same form with other values, to be reviewed and sent again."""
    data = QueryDict(mutable=True)
    data.update(form.data)
    for name, value in values.items():
        data[name] = str(value)
    return EditForm(data)


def _theirs_first(form: EditForm, article: Article) -> EditForm:
    """Return the form with their text, and mine appended where it differs."""
    earlier = article.revisions.values_list("markdown", flat=True)[:EARLIER]
    text = theirs_with_my_changes(article.draft_markdown, form.cleaned_data["markdown"], earlier)
    return _with(form, title=article.draft_title, claim=article.draft_claim, markdown=text, version=article.version)


def _editor(request: Request, article: Article, form: EditForm, status: int = 200, **context: Any) -> HttpResponseBase:
    markdown = form["markdown"].value() or ""
    hear_on_page(request, f"article-{article.pk}")
    context = around(
        request,
        article,
        form=form,
        ticks=ticks(article.template, markdown),
        questions=PLAIN_QUESTIONS,
        source=queries.came_from(article, request.user),
        publish_audience=queries.who_will_see(article),
        editor_words=editor_words(),
        editor_choices=editor_choices(),
        **context,
    )
    return render(request, "knowledge/edit.html", context, status=status)


@require_POST
@login_required
def writers(request: Request, pk: int) -> HttpResponseBase:
    """Tell others who have the article open in the editor that the person has it open, too."""
    require(can_edit, request.user, article_or_404(request, pk))
    broadcast_ephemeral(("article", pk), "writing", {"article": pk, "by": request.user.pk, "name": request.user.name})
    return HttpResponse(status=204)


@require_GET
@login_required
def people(request: Request, pk: int) -> HttpResponseBase:
    """Complete ``@`` in the editor: colleagues by name, pinyin and initials."""
    require(can_edit, request.user, article_or_404(request, pk))
    text = request.GET.get("q", "").strip()[:60]
    rows = visible_people(request.user).exclude(kind=Person.Kind.BOT).exclude(pk=request.user.pk)
    named = rows.named(text) if text else rows  # type: ignore[attr-defined]
    answer = [
        {"name": person.name, "url": person.get_absolute_url(), "hint": str(person.department or "")}
        for person in named.select_related("department").order_by("name")[:8]
    ]
    return JsonResponse(answer, safe=False)


@require_POST
@login_required
def pictures(request: Request) -> HttpResponseBase:
    """Fetch a picture of a pasted text; the response is that of an upload."""
    if (reason := is_employee.why_not(request.user)) is not None:
        return JsonResponse({"error": str(reason)}, status=403)
    if not may_try("picture", str(request.user.pk), limit=PICTURES_AN_HOUR, minutes=60):
        return JsonResponse({"error": _("Too many attempts. Try again in an hour.")}, status=429)
    community = None
    if key := key_of(request.POST.get("community")):
        community = get_object_or_404(Community.objects.visible_to(request.user), pk=key)
    try:
        picture = fetch_picture(request.POST.get("url", "")[:2000], by=request.user, community=community)
    except Refused as refused:
        return JsonResponse({"error": str(refused)}, status=422)
    return JsonResponse({"url": picture.get_absolute_url(), "name": picture.name, "picture": True})


@require_POST
@login_required
def publication(request: Request, pk: int) -> HttpResponseBase:
    """Publish the working copy in the version that was read."""
    article = article_or_404(request, pk)
    version = request.POST.get("version", "")
    publish(
        article,
        by=request.user,
        note=request.POST.get("note", "").strip()[:200],
        version=int(version) if version.isdecimal() and len(version) < 9 else None,
    )
    messages.success(request, _("Published. Colleagues can find it now."))
    return redirect(article)
