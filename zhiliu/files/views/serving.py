"""Uploading and serving files."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.files.storage import default_storage
from django.http import FileResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from zhiliu.communities.models import Community
from zhiliu.kit.errors import Refused
from zhiliu.kit.web.http import Request, key_of

from ..models import FILM_TYPES, SOUND_TYPES, File, Upload
from ..storing import upload
from .ranges import part_asked, part_of

# Types that browsers show and that cannot run scripts; anything else is a download with a generic type.
_INLINE = {"application/pdf", *SOUND_TYPES, *FILM_TYPES}
_UNKNOWN = "application/octet-stream"


@require_GET
@login_required
def file(request: Request, key: str) -> HttpResponseBase:
    """Serve a file to those who may see it, so that nothing in it can run as a script."""
    upload_row = get_object_or_404(Upload.objects.visible_to(request.user).select_related("file"), key=key)
    return serve(upload_row, request.GET.get("w", ""), part=part_asked(request))


def serve(upload: Upload, width: str = "", *, part: str = "") -> HttpResponseBase:
    """Return the response with a file. The caller has checked permissions.

    Args:
        width: of a preview of a picture, in pixels as text; '' for the file itself.
        part: what ``part_asked`` returns of the request, for audio and video.
    """
    content, content_type = _content(upload.file, width)
    is_inline = upload.file.is_picture or upload.file.content_type in _INLINE
    kind = content_type if is_inline else _UNKNOWN
    is_media = upload.file.content_type in (*SOUND_TYPES, *FILM_TYPES)
    response = part_of(content, upload.file.size, part) if is_media else None
    if response is None:
        response = FileResponse(content, as_attachment=not is_inline, filename=upload.name, content_type=kind)
    if is_media:
        response.headers["Accept-Ranges"] = "bytes"
        response.headers["Content-Type"] = kind
    response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["Cache-Control"] = "private, max-age=31536000, immutable"
    return response


def _content(file: File, width: str) -> tuple[Any, str]:
    preview = None
    if width.isdecimal() and len(width) < 6:
        preview = file.previews.filter(width__gte=int(width)).order_by("width").first()
    if preview is not None:
        return default_storage.open(preview.path), preview.content_type
    return default_storage.open(file.path), file.content_type


@require_POST
@login_required
def uploads(request: Request) -> HttpResponseBase:
    """Store a file dropped or pasted into an editor; returns its address as JSON."""
    content = request.FILES.get("file")
    if content is None or content.file is None:
        return JsonResponse({"error": _("No file received. Try again.")}, status=400)
    community = None
    if key_of(request.POST.get("community")):
        community = get_object_or_404(Community.objects.visible_to(request.user), pk=key_of(request.POST["community"]))
    try:
        upload_row = upload(content.file, name=content.name or "file", by=request.user, community=community)
    except Refused as refused:
        return JsonResponse({"error": str(refused)}, status=422)
    return JsonResponse(
        {"url": upload_row.get_absolute_url(), "name": upload_row.name, "picture": upload_row.file.is_picture}
    )
