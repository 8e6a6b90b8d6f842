"""The files of a community."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhiliu.communities.models import Community
from zhiliu.communities.views import community_or_404, frame
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.errors import Refused
from zhiliu.kit.web.http import Request
from zhiliu.kit.web.idempotency import once
from zhiliu.kit.web.paging import page_of

from ..forms import DescribeForm, ShareForm
from ..models import SharedFile
from ..rules import can_share, can_tend
from ..sharing import describe_file, remove_file, restore_file, share_file
from ..storing import upload

_SHOWN = ("folder", "name", "note", "number", "at", "community__slug", "by__name", "upload__key", "upload__file__size")


@require_GET
@login_required
def files(request: Request, slug: str) -> HttpResponseBase:
    """List files of a community, newest first; all or those of a folder."""
    community = community_or_404(request, slug)
    rows = community.shared_files.there().select_related("community", "by", "upload__file").only(*_SHOWN)
    folder, text = request.GET.get("folder", "")[:40], request.GET.get("q", "").strip()[:60]
    rows = rows.filter(folder=folder) if folder else rows
    rows = rows.filter(name__icontains=text) if text else rows
    context = frame(
        request,
        community,
        "files",
        page=page_of(rows, request, by="-at"),
        folders=folders_of(community),
        folder=folder,
        text=text,
        may_share=can_share(request.user, community),
    )
    return render(request, "files/list.html", context)


def folders_of(community: Community) -> list[str]:
    """Return existing folders, by name."""
    rows = community.shared_files.there().exclude(folder="").order_by("folder")
    return list(rows.values_list("folder", flat=True).distinct()[:60])


@require_http_methods(["GET", "POST"])
@login_required
@once
def file_new(request: Request, slug: str) -> HttpResponseBase:
    """Share files, several at once."""
    community = community_or_404(request, slug)
    require(can_share, request.user, community)
    form = ShareForm(request.POST or None, initial={"folder": request.GET.get("folder", "")[:40]})
    if request.method == "POST" and form.is_valid():
        count = form.attempt(_share_all, request, community, form.cleaned_data)
        if count is not None:
            messages.success(
                request, ngettext("%(count)s file is here", "%(count)s files are here", count) % {"count": count}
            )
            return redirect("files:list", slug=slug)
    context = frame(request, community, "files", form=form, folders=folders_of(community))
    return render(request, "files/new.html", context)


def _share_all(request: Request, community: Community, cleaned: dict[str, Any]) -> int:
    contents = request.FILES.getlist("file")
    if not contents:
        raise Refused(_("No file received. Try again."))
    for content in contents:
        assert content.file is not None
        upload_row = upload(content.file, name=content.name or "file", by=request.user, community=community)
        share_file(community, upload_row, by=request.user, **cleaned)
    return len(contents)


def shared_or_404(request: Request, slug: str, pk: int) -> SharedFile:
    """Return a file of this community that the person may see."""
    rows = SharedFile.objects.visible_to(request.user).select_related("community", "by", "upload__file")
    return get_object_or_404(rows, pk=pk, community__slug=slug)


@require_GET
@login_required
def shared_file(request: Request, slug: str, pk: int) -> HttpResponseBase:
    """Show one file with its versions."""
    shared = shared_or_404(request, slug, pk)
    context = frame(
        request,
        shared.community,
        "files",
        shared=shared,
        versions=shared.versions.select_related("upload__file", "by")[:50],
        may_tend=can_tend(request.user, shared),
        may_share=can_share(request.user, shared.community),
    )
    return render(request, "files/shared.html", context)


@require_http_methods(["GET", "POST"])
@login_required
def file_edit(request: Request, slug: str, pk: int) -> HttpResponseBase:
    """Change name, folder and note."""
    shared = shared_or_404(request, slug, pk)
    require(can_tend, request.user, shared)
    initial = {name: getattr(shared, name) for name in ("name", "folder", "note", "version")}
    form = DescribeForm(request.POST or None, initial=initial)
    if (
        request.method == "POST"
        and form.is_valid()
        and form.succeeds(describe_file, shared, by=request.user, **form.cleaned_data)
    ):
        messages.success(request, _("Saved"))
        return redirect(shared)
    context = frame(request, shared.community, "files", form=form, shared=shared, folders=folders_of(shared.community))
    return render(request, "files/edit.html", context)


@require_POST
@login_required
def file_removal(request: Request, slug: str, pk: int) -> HttpResponseBase:
    """Remove a file; ``back=1`` restores it."""
    shared = shared_or_404(request, slug, pk)
    if request.GET.get("back") == "1":
        restore_file(shared, by=request.user)
        return redirect(shared)
    remove_file(shared, by=request.user)
    undo = f"{reverse('files:removal', args=[slug, pk])}?back=1"
    messages.success(request, _("“%(name)s” was removed") % {"name": shared.name}, extra_tags=undo)
    return redirect("files:list", slug=slug)
