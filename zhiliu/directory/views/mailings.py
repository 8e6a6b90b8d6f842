"""Mailed links for a first sign-in: progress, and who was not reached."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from zhiliu.kit.contracts.rules import require
from zhiliu.kit.web.csv_export import csv_answer
from zhiliu.kit.web.http import Request, reload_page
from zhiliu.kit.web.paging import page_of
from zhiliu.kit.web.site import base_url

from ..link_handover import link_lines
from ..mailing import State, mail_again, mailing_counts, people_unreached, unreached
from ..models import LinkMailing
from ..rules import is_admin


@require_GET
@login_required
def mailings(request: Request) -> HttpResponseBase:
    """List all mailings, newest first."""
    require(is_admin, request.user)
    page = page_of(LinkMailing.objects.select_related("by"), request, by="-at")
    counts = mailing_counts(page.rows)
    rows = [(row, counts[row.pk]) for row in page.rows]
    return render(request, "directory/managing/mailings.html", {"page": page, "rows": rows})


def _mailing(request: Request, pk: int) -> LinkMailing:
    require(is_admin, request.user)
    return get_object_or_404(LinkMailing.objects.select_related("by"), pk=pk)


def _numbers(link_mailing: LinkMailing) -> dict[str, Any]:
    counts = mailing_counts([link_mailing])[link_mailing.pk]
    done = counts[State.SENT] + counts[State.FAILED] + counts[State.NOT_NEEDED]
    # A row in state "sending" for too long is unclear: no process works on it any more.
    unclear = unreached(link_mailing).filter(state=State.SENDING).count()
    works = counts[State.WAITING] + counts[State.SENDING] - unclear
    return {
        "mailing": link_mailing,
        "counts": counts,
        "done": done,
        "total": done + works,
        "works": works,
        "unclear": unclear,
    }


@require_GET
@login_required
def mailing(request: Request, pk: int) -> HttpResponseBase:
    """Show one mailing: figures, and the people who were not reached."""
    link_mailing = _mailing(request, pk)
    page = page_of(unreached(link_mailing).select_related("person__department"), request, by="id")
    again = unreached(link_mailing).exclude(state=State.NO_ADDRESS).exists()
    return render(request, "directory/managing/mailing.html", {**_numbers(link_mailing), "page": page, "again": again})


@require_GET
@login_required
def progress(request: Request, pk: int) -> HttpResponseBase:
    """Show the progress, polled every two seconds; at the end the whole page reloads."""
    numbers = _numbers(_mailing(request, pk))
    if not numbers["works"]:
        return reload_page()
    return render(request, "directory/managing/mailing_progress.html", numbers)


@require_POST
@login_required
def again(request: Request, pk: int) -> HttpResponseBase:
    """Retry the people who were not reached."""
    link_mailing = _mailing(request, pk)
    count = mail_again(link_mailing, by=request.user)
    if count:
        message = ngettext("%(n)s email is being sent again", "%(n)s emails are being sent again", count)
        messages.success(request, message % {"n": count})
    else:
        messages.info(request, _("No one left who can be reached by email."))
    return redirect(link_mailing)


@require_POST
@login_required
@never_cache
def links(request: Request, pk: int) -> HttpResponseBase:
    """Download links for the people who were not reached, as a file to pass on."""
    link_mailing = _mailing(request, pk)
    return csv_answer(
        link_lines(people_unreached(link_mailing), base=base_url(request), by=request.user), f"links-{link_mailing.pk}"
    )
