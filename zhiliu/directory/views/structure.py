"""Administration of departments, positions, places and profile fields."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhiliu.kit.contracts.rules import require
from zhiliu.kit.web.csv_export import csv_answer
from zhiliu.kit.web.forms import Form
from zhiliu.kit.web.http import Request, key_of, wished
from zhiliu.kit.web.idempotency import once
from zhiliu.kit.web.site import base_url

from ..link_handover import link_lines, without_password_in
from ..mailing import mail_links
from ..managing.departments import add_department, change_department, remove_department
from ..managing.fields import add_field, change_field, move_up, retire_field
from ..managing.forms import DepartmentForm, FieldForm, LocationForm, PositionForm, RoomForm
from ..managing.places import remove_location, remove_room, save_location, save_room
from ..managing.positions import remove_position, save_position
from ..models import Department, Location, Position, ProfileField, Room
from ..queries import links_left, with_people
from ..rules import is_admin


def _edit(
    request: Request, form: Form, act: Callable[..., Any], *, title: Any, back: str, removal: str = "", **context: Any
) -> HttpResponseBase:
    """Handle a form: call ``act`` with its values and return to the list, or show the form with the refusal."""
    require(is_admin, request.user)
    if request.method == "POST" and form.is_valid() and form.succeeds(act, by=request.user, **form.cleaned_data):
        messages.success(request, _("Saved"))
        return redirect(back)
    page = {"form": form, "title": title, "back": back, "removal": removal, **context}
    return render(request, "directory/managing/edit.html", page)


@require_GET
@login_required
def departments(request: Request) -> HttpResponseBase:
    """Show the tree of departments, with heads and numbers of people."""
    require(is_admin, request.user)
    rows = Department.objects.with_tree_fields().select_related("head")
    return render(request, "directory/managing/departments.html", {"rows": with_people(rows, "department")})


@require_http_methods(["GET", "POST"])
@login_required
@once
def department_new(request: Request) -> HttpResponseBase:
    """Create a department, optionally below another (``?parent=``)."""
    parent = key_of(request.GET.get("parent"))
    initial = {"parent": parent} if parent else {}
    form = DepartmentForm(request.POST or None, initial=initial)
    return _edit(request, form, add_department, title=_("New department"), back="managing:departments")


@require_http_methods(["GET", "POST"])
@login_required
def department(request: Request, pk: int) -> HttpResponseBase:
    """Rename or move a department, or change its head."""
    department = get_object_or_404(Department.objects.without_tree_fields(), pk=pk)
    initial = {"name": department.name, "parent": department.parent_id, "head": department.head}
    form = DepartmentForm(request.POST or None, initial=initial)

    def act(**values: Any) -> None:
        change_department(department, **values)

    return _edit(
        request,
        form,
        act,
        title=department.name,
        back="managing:departments",
        removal="managing:department_removal",
        pk=pk,
        **links_left(without_password_in(department)),
    )


@require_POST
@login_required
@never_cache
def department_links(request: Request, pk: int) -> HttpResponseBase:
    """Download links for a first sign-in for everybody in a department without a password; only this file has them."""
    require(is_admin, request.user)
    department = get_object_or_404(Department.objects.without_tree_fields(), pk=pk)
    return csv_answer(
        link_lines(without_password_in(department), base=base_url(request), by=request.user), f"links-{department.pk}"
    )


@require_POST
@login_required
def department_mailing(request: Request, pk: int) -> HttpResponseBase:
    """Send the same links by mail, to those who have an address."""
    require(is_admin, request.user)
    department = get_object_or_404(Department.objects.without_tree_fields(), pk=pk)
    return redirect(mail_links(without_password_in(department), about=department.name, by=request.user))


@require_POST
@login_required
def department_removal(request: Request, pk: int) -> HttpResponseBase:
    """Remove an empty department."""
    remove_department(get_object_or_404(Department.objects.without_tree_fields(), pk=pk), by=request.user)
    return redirect("managing:departments")


@require_GET
@login_required
def positions(request: Request) -> HttpResponseBase:
    """List positions by level."""
    require(is_admin, request.user)
    rows = Position.objects.order_by("-level", "name")
    return render(request, "directory/managing/positions.html", {"rows": with_people(rows, "position")})


@require_http_methods(["GET", "POST"])
@login_required
@once
def position(request: Request, pk: int | None = None) -> HttpResponseBase:
    """Create or change a position."""
    position = get_object_or_404(Position, pk=pk) if pk is not None else None
    form = PositionForm(
        request.POST or None, initial={"name": position.name, "level": position.level} if position else None
    )

    def act(**values: Any) -> None:
        save_position(position, **values)

    return _edit(
        request,
        form,
        act,
        title=position.name if position else _("New position"),
        back="managing:positions",
        removal="managing:position_removal" if position else "",
        pk=pk,
    )


@require_POST
@login_required
def position_removal(request: Request, pk: int) -> HttpResponseBase:
    """Remove an unused position."""
    remove_position(get_object_or_404(Position, pk=pk), by=request.user)
    return redirect("managing:positions")


@require_GET
@login_required
def places(request: Request) -> HttpResponseBase:
    """List locations and their rooms."""
    require(is_admin, request.user)
    rows = Location.objects.order_by("name").prefetch_related("rooms")
    return render(request, "directory/managing/places.html", {"rows": with_people(rows, "location")})


@require_http_methods(["GET", "POST"])
@login_required
@once
def location(request: Request, pk: int | None = None) -> HttpResponseBase:
    """Create or rename a location."""
    location = get_object_or_404(Location, pk=pk) if pk is not None else None
    form = LocationForm(request.POST or None, initial={"name": location.name} if location else None)

    def act(**values: Any) -> None:
        save_location(location, **values)

    return _edit(
        request,
        form,
        act,
        title=location.name if location else _("New location"),
        back="managing:places",
        removal="managing:location_removal" if location else "",
        pk=pk,
    )


@require_POST
@login_required
def location_removal(request: Request, pk: int) -> HttpResponseBase:
    """Remove a location without people and rooms."""
    remove_location(get_object_or_404(Location, pk=pk), by=request.user)
    return redirect("managing:places")


@require_http_methods(["GET", "POST"])
@login_required
@once
def room_new(request: Request, pk: int) -> HttpResponseBase:
    """Add a room to a location."""
    location = get_object_or_404(Location, pk=pk)

    def act(**values: Any) -> None:
        save_room(None, location=location, **values)

    title = _("New room in %(location)s") % {"location": location}
    return _edit(request, RoomForm(request.POST or None), act, title=title, back="managing:places")


@require_http_methods(["GET", "POST"])
@login_required
def room(request: Request, pk: int) -> HttpResponseBase:
    """Change a room."""
    room = get_object_or_404(Room.objects.select_related("location"), pk=pk)
    form = RoomForm(request.POST or None, initial={"name": room.name, "seats": room.seats})

    def act(**values: Any) -> None:
        save_room(room, location=room.location, **values)

    title = f"{room.location} {room.name}"
    return _edit(request, form, act, title=title, back="managing:places", removal="managing:room_removal", pk=pk)


@require_POST
@login_required
def room_removal(request: Request, pk: int) -> HttpResponseBase:
    """Remove a room."""
    remove_room(get_object_or_404(Room, pk=pk), by=request.user)
    return redirect("managing:places")


@require_GET
@login_required
def fields(request: Request) -> HttpResponseBase:
    """List profile fields: those in use, and retired ones."""
    require(is_admin, request.user)
    rows = list(ProfileField.objects.all())
    context = {"rows": [row for row in rows if not row.retired_at], "retired": [row for row in rows if row.retired_at]}
    return render(request, "directory/managing/fields.html", context)


@require_http_methods(["GET", "POST"])
@login_required
@once
def field_new(request: Request) -> HttpResponseBase:
    """Create a field."""
    return _edit(request, FieldForm(request.POST or None), add_field, title=_("New field"), back="managing:fields")


@require_http_methods(["GET", "POST"])
@login_required
def field(request: Request, pk: int) -> HttpResponseBase:
    """Change a field."""
    profile_field = get_object_or_404(ProfileField, pk=pk)
    form = FieldForm(request.POST or None, existing=profile_field)

    def act(**values: Any) -> None:
        change_field(profile_field, **values)

    return _edit(request, form, act, title=str(profile_field), back="managing:fields", retiring=profile_field, pk=pk)


@require_POST
@login_required
def field_retirement(request: Request, pk: int) -> HttpResponseBase:
    """Retire a field (``on=1``) or bring it back (``on=0``)."""
    retire_field(get_object_or_404(ProfileField, pk=pk), wished(request), by=request.user)
    return redirect("managing:fields")


@require_POST
@login_required
def field_up(request: Request, pk: int) -> HttpResponseBase:
    """Move a field up by one."""
    move_up(get_object_or_404(ProfileField, pk=pk), by=request.user)
    return redirect("managing:fields")
