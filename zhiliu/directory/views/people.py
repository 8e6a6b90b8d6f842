"""Pages about people."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import check_for_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhiliu.kit.contracts.presence import presence_of
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.text.chinese_text import toned
from zhiliu.kit.web.addresses import address
from zhiliu.kit.web.http import Request, back
from zhiliu.kit.web.page_frame import hear_on_page
from zhiliu.kit.web.paging import page_of

from ..fields import FilterForm, field_suggestions, filters_for, values_shown
from ..following import bond
from ..forms import ProfileForm
from ..models import Department, Person, PersonSkill
from ..profile import fields_to_fill, introduce
from ..queries import (
    best_skills,
    departments_key,
    people_list,
    profile_acts,
    profile_figures,
    profile_sections,
    skills_of,
)
from ..reach import visible_among, visible_people
from ..rules import can_edit_profile, can_endorse, can_follow, can_set_photo
from ..skills import endorse, withdraw_endorsement


@require_GET
@login_required
def people(request: Request) -> HttpResponseBase:
    """List colleagues: search by name, pinyin, initials, department, skill."""
    text = request.GET.get("q", "").strip()[:60]
    department = (
        Department.objects.filter(pk=request.GET["department"]).first() if _number(request, "department") else None
    )
    filters = filters_for(request.user, request.GET)
    rows = people_list(request.user, text=text, department=department, filters=filters)
    context = {
        "filters": [filter_ for filter_ in filters if filter_.value],
        "filter_form": FilterForm(filters) if filters else None,
        "page": page_of(rows, request, by="name"),
        "text": text,
        "department": department,
        "departments": [] if request.user.is_guest else Department.objects.with_tree_fields(),
        "departments_key": () if request.user.is_guest else departments_key(),
    }
    return render(request, "directory/people.html", context)


def _number(request: Request, name: str) -> bool:
    return request.GET.get(name, "").isdecimal() and len(request.GET[name]) < 19


@require_GET
@login_required
def search(request: Request) -> HttpResponseBase:
    """Answer a combobox: people whose name, pinyin or initials begin with the input."""
    text = request.GET.get("q", "").strip()[:60]
    people = visible_people(request.user).exclude(kind=Person.Kind.BOT).select_related("department")
    people = (people.named(text) if text else people).order_by("name")[:8]  # type: ignore[attr-defined]
    answer = [
        {
            "value": str(person.pk),
            "label": person.name,
            "hint": str(person.department or ""),
            "detail": person.pinyin or toned(person.name),
        }
        for person in people
    ]
    return JsonResponse(answer, safe=False)


@require_GET
@login_required
def department_search(request: Request) -> HttpResponseBase:
    """Answer a combobox: departments whose name contains the input, with the department above."""
    text = request.GET.get("q", "").strip()[:60]
    rows = Department.objects.none() if request.user.is_guest else Department.objects.filter(name__icontains=text)
    found = rows.select_related("parent").order_by("name", "pk")[:8]
    answer = [{"value": str(row.pk), "label": row.name, "hint": str(row.parent or ""), "detail": ""} for row in found]
    return JsonResponse(answer, safe=False)


@require_GET
@login_required
def shared_values(request: Request, key: str) -> HttpResponseBase:
    """Answer a combobox: values of a text field that several colleagues share."""
    fields = [item.field for item in filters_for(request.user, {}) if item.field.key == key]
    if not fields:
        raise Http404(key)
    text = request.GET.get("q", "").strip()
    suggestions = [value for value in field_suggestions(fields[0]) if text in value][:8]
    return JsonResponse([{"value": value, "label": value} for value in suggestions], safe=False)


@require_GET
@login_required
def person(request: Request, handle: str) -> HttpResponseBase:
    """Show a profile: what a person knows, has shared, and was thanked for."""
    rows = visible_people(request.user).select_related("department", "position", "location", "manager")
    person = get_object_or_404(rows, handle=handle)
    sections = [section(person, request.user) for section in profile_sections]
    acts = [act(person, request.user) for act in profile_acts]
    context = {
        "person": person,
        "pinyin": person.pinyin or toned(person.name),
        "skills": skills_of(person, request.user),
        "sections": [section for section in sections if section],
        "figures": [figure(person, request.user) for figure in profile_figures],
        "acts": [act for act in acts if act],
        "values": values_shown(person, request.user),
        "may_edit": can_edit_profile(request.user, person),
        "may_endorse": can_endorse(request.user) and person.pk != request.user.pk,
        "may_follow": can_follow(request.user, person),
        "bond": bond(request.user, person),
        "presence": presence_of([person]).get(person.pk),
        "photo_url": _photo_page(person, request.user),
    }
    hear_on_page(request, f"here-{person.pk}")
    return render(request, "directory/person.html", context)


def _photo_page(person: Person, viewer: Person) -> str:
    """Return the address of the person's photo, or where to add one; '' if there is nothing to see or do."""
    may_look = person.photo_key is not None or can_set_photo(viewer, person)
    return address("directory:photo", person.handle) if may_look else ""


@require_GET
@login_required
def card(request: Request, handle: str) -> HttpResponseBase:
    """Show a short profile beside a name on any page. Same visibility as the profile."""
    rows = visible_people(request.user).select_related("department", "position")
    person = get_object_or_404(rows, handle=handle)
    acts = [act(person, request.user) for act in profile_acts]
    context = {
        "person": person,
        "pinyin": person.pinyin or toned(person.name),
        "skills": best_skills(person),
        "acts": [act for act in acts if act],
        "may_follow": can_follow(request.user, person),
        "bond": bond(request.user, person),
        "presence": presence_of([person]).get(person.pk),
    }
    return render(request, "directory/card.html", context)


@require_http_methods(["GET", "POST"])
@login_required
def profile(request: Request, handle: str) -> HttpResponseBase:
    """Edit a profile."""
    person = get_object_or_404(visible_people(request.user), handle=handle)
    require(can_edit_profile, request.user, person)
    form = ProfileForm(request.POST or None, person=person, defined=fields_to_fill(person, request.user))
    if request.method == "POST" and form.is_valid():
        introduce(person, **form.told(), by=request.user)
        messages.success(request, _("Saved"))
        return redirect(person)
    context = {"form": form, "person": person, "may_set_photo": can_set_photo(request.user, person)}
    return render(request, "directory/profile.html", context)


@require_POST
@login_required
def endorsement(request: Request, pk: int) -> HttpResponseBase:
    """Endorse a skill (``on=1``) or withdraw the endorsement (``on=0``)."""
    rows = PersonSkill.objects.filter(pk=pk)
    claim = get_object_or_404(rows.filter(person__in=visible_among(request.user, rows.values("person")).values("pk")))
    require(can_endorse, request.user)
    if request.POST.get("on") == "0":
        withdraw_endorsement(claim, by=request.user)
    else:
        endorse(claim, by=request.user)
    return redirect(claim.person)


@require_POST
@login_required
def theme(request: Request) -> HttpResponseBase:
    """Choose a light, dark or device theme."""
    if request.POST.get("theme") in Person.Theme.values:
        Person.objects.filter(pk=request.user.pk).update(theme=request.POST["theme"])
    return redirect(back(request))


@require_POST
def language(request: Request) -> HttpResponseBase:
    """Choose the language; without sign-in it is kept in a cookie."""
    code = request.POST.get("language", "")
    response = redirect(back(request))
    if check_for_language(code) and code in dict(settings.LANGUAGES):
        if request.user.is_authenticated:
            Person.objects.filter(pk=request.user.pk).update(language=code)
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, code, max_age=31536000, samesite="Lax")
    return response
