"""The manager's week: one page with what waits in all communities a person manages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from zhiliu.communities.rules import can_see_week
from zhiliu.communities.week import ActResult, WeekRows, WeekSection, managed_communities, week_sections
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.errors import Refused
from zhiliu.kit.web.http import Request, key_of

ROWS = 8
ALL = 200


@dataclass(frozen=True)
class ShownSection:
    """A section with what waits in it."""

    key: str
    section: WeekSection
    found: WeekRows

    @property
    def has_act(self) -> bool:
        """Whether a row can be ticked."""
        return self.section.act is not None and any(row.key for row in self.found.rows)


@require_http_methods(["GET", "POST"])
@login_required
def managers_week(request: Request) -> HttpResponseBase:
    """Show what waits, or one section in full (``all`` in the address); do a section's act to the ticked rows."""
    require(can_see_week, request.user)
    communities = managed_communities(request.user)
    only = request.GET.get("all", "")
    if only and week_sections.get(only) is None:
        raise Http404(only)
    if request.method == "POST":
        _act(request, communities)
        return redirect(f"{reverse('week')}?all={only}" if only else "week")
    shown = [
        ShownSection(key, section, section.find(communities, request.user, ALL if only else ROWS))
        for key, section in zip(week_sections.names(), week_sections, strict=True)
        if only in ("", key)
    ]
    quiet = _(", ").join(str(row.section.quiet) for row in shown if not row.found.rows)
    context = {
        "sections": [row for row in shown if row.found.rows],
        "quiet": _("Nothing waits: %(sections)s.") % {"sections": quiet} if quiet else "",
        "only": only,
    }
    return render(request, "home/week.html", context)


def _act(request: Request, communities: list[Any]) -> None:
    """Do the act of the section that was sent, and say what was done and what was refused."""
    section = week_sections.get(request.POST.get("section", ""))
    if section is None or section.act is None:
        raise Http404
    keys = [key for text in request.POST.getlist("keys")[:ALL] if (key := key_of(text))]
    if not keys:
        messages.error(request, _("Tick at least one row first."))
        return
    try:
        result = section.act.run(communities, keys, request.user)
    except Refused as error:
        messages.error(request, str(error.reason))
        return
    _say(request, section, result)


def _say(request: Request, section: WeekSection, result: ActResult) -> None:
    assert section.act is not None
    if result.count:
        messages.success(request, section.act.says(result.count))
    for name, reason in result.refused:
        messages.error(request, _("%(name)s: %(reason)s") % {"name": name, "reason": reason})
    if not result.count and not result.refused:
        messages.info(request, _("That was done already."))
