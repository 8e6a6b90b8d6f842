"""Photos of people: the page of a photo, and the picture itself."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhiliu.kit.contracts.rules import require
from zhiliu.kit.web.http import Request

from ..forms import PhotoForm, PhotoImportForm, PhotoRemovalForm
from ..models import Organisation, Person, Photo
from ..photo_import import import_photos
from ..photos import remove_photo, set_photo
from ..reach import visible_people
from ..rules import can_remove_photo, can_set_photo, is_admin, shows_photos


@require_GET
@login_required
def photo_file(request: Request, pk: int, side: int) -> HttpResponseBase:
    """Serve a person's current photo to those who may see the person."""
    people = visible_people(request.user).filter(photo=pk).select_related("photo")
    person = people.first() if side in Photo.SIDES else None
    if person is None or person.photo is None or Organisation.current().photos == Organisation.Photos.OFF:
        raise Http404(pk)
    try:
        content = default_storage.open(person.photo.path(side))
    except FileNotFoundError:
        raise Http404(pk) from None
    response = FileResponse(content, content_type="image/webp")
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    # The address names the photo, and a photo never changes.
    response.headers["Cache-Control"] = "private, max-age=31536000, immutable"
    return response


@require_http_methods(["GET", "POST"])
@login_required
def photo(request: Request, handle: str) -> HttpResponseBase:
    """Show a person's photo; those who may choose another one."""
    person = _person(request, handle)
    form = PhotoForm(request.POST or None, request.FILES or None)
    if request.method == "POST":
        require(can_set_photo, request.user, person)
        if form.is_valid() and form.succeeds(set_photo, person, form.cleaned_data["photo"], by=request.user):
            messages.success(request, _("Saved"))
            return redirect("directory:photo", handle)
    return _page(request, person, form, PhotoRemovalForm())


@require_POST
@login_required
def photo_removal(request: Request, handle: str) -> HttpResponseBase:
    """Remove a person's photo; of somebody else, with a reason."""
    person = _person(request, handle)
    require(can_remove_photo, request.user, person)
    form = PhotoRemovalForm(request.POST)
    form.fields["reason"].required = person.pk != request.user.pk
    if form.is_valid() and form.succeeds(remove_photo, person, reason=form.cleaned_data["reason"], by=request.user):
        messages.success(request, _("The photo is removed."))
        return redirect("directory:photo", handle)
    return _page(request, person, PhotoForm(), form)


@require_http_methods(["GET", "POST"])
@login_required
def photo_import(request: Request) -> HttpResponseBase:
    """Import photos of many people from a ZIP file, and say what became of each."""
    require(is_admin, request.user)
    form = PhotoImportForm(request.POST or None, request.FILES or None)
    outcome = None
    if request.method == "POST" and form.is_valid():
        outcome = form.attempt(import_photos, form.cleaned_data["packed"].file, by=request.user)
    context = {"form": form, "outcome": outcome, "why_not": shows_photos.why_not(request.user)}
    return render(request, "directory/managing/photo_import.html", context)


def _person(request: Request, handle: str) -> Person:
    return get_object_or_404(visible_people(request.user).exclude(kind=Person.Kind.BOT), handle=handle)


def _page(request: Request, person: Person, form: PhotoForm, removal: PhotoRemovalForm) -> HttpResponseBase:
    may_set = bool(can_set_photo(request.user, person))
    context = {
        "person": person,
        "photo_url": person.photo_address(Photo.SIDES[-1]),
        "form": form if may_set else None,
        "why_not": "" if may_set or person.pk != request.user.pk else can_set_photo.why_not(request.user, person),
        "removal": removal if person.photo_id and can_remove_photo(request.user, person) else None,
        "is_own": person.pk == request.user.pk,
    }
    return render(request, "directory/photo.html", context)
