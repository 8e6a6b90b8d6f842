"""Working time: visible to everybody, changed by administrators."""

from __future__ import annotations

import datetime as dt

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhiliu.kit.contracts.rules import require
from zhiliu.kit.web.http import Request

from ..holidays import year_shown
from ..managing.forms import DayForm, HoursForm
from ..models import SpecialDay, WorkHours
from ..rules import is_admin
from ..working_time import confirm_year, enter_year, remove_day, set_day, set_hours


@require_GET
@login_required
def working_time(request: Request, year: int | None = None) -> HttpResponseBase:
    """Show hours, and a year with its holidays and shifted days."""
    year = year or timezone.localdate().year
    if not 2000 <= year <= 2100:
        raise Http404(str(year))
    context = {
        "hours": WorkHours.objects.first() or WorkHours(),
        "shown": year_shown(year),
        "weekdays": WEEKDAYS_ABBR.values(),
    }
    return render(request, "directory/time/year.html", context)


@require_http_methods(["GET", "POST"])
@login_required
def hours(request: Request) -> HttpResponseBase:
    """Set the working hours."""
    require(is_admin, request.user)
    now = WorkHours.objects.first() or WorkHours()
    initial = {name: getattr(now, name) for name in ("starts", "lunch_starts", "lunch_ends", "ends")}
    form = HoursForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid() and form.succeeds(set_hours, by=request.user, **form.cleaned_data):
        messages.success(request, _("Saved"))
        return redirect("working_time")
    return render(request, "directory/time/hours.html", {"form": form})


@require_http_methods(["GET", "POST"])
@login_required
def day(request: Request, date: str) -> HttpResponseBase:
    """Make a day a holiday or a working day."""
    require(is_admin, request.user)
    day = _date(date)
    special = SpecialDay.objects.filter(date=day).first()
    works = special.works if special else day.weekday() > 4
    initial = {"date": day, "works": "yes" if works else "no", "name": special.name if special else ""}
    form = DayForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        cleaned = form.cleaned_data
        set_day(cleaned["date"], name=cleaned["name"], works=cleaned["works"] == "yes", by=request.user)
        messages.success(request, _("Saved"))
        return redirect("working_year", cleaned["date"].year)
    return render(request, "directory/time/day.html", {"form": form, "date": day, "special": special})


@require_POST
@login_required
def day_removal(request: Request, date: str) -> HttpResponseBase:
    """Remove a special day."""
    day = _date(date)
    remove_day(day, by=request.user)
    return redirect("working_year", day.year)


def _date(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise Http404(text) from None


@require_POST
@login_required
def confirmation(request: Request, year: int) -> HttpResponse:
    """Confirm that this year was compared with the published days."""
    confirm_year(year, by=request.user)
    messages.success(request, _("%(year)s marked as checked") % {"year": year})
    return redirect("working_year", year)


@require_POST
@login_required
def entry(request: Request, year: int) -> HttpResponse:
    """Insert the holidays of a year."""
    entered = enter_year(year, by=request.user)
    messages.success(request, _("%(n)s days added") % {"n": entered})
    return redirect("working_year", year)
