"""The home page, and the pages behind the sheets of phones."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from zhiliu.kit.web.built_files import built_url
from zhiliu.kit.web.http import Request

from . import guide, queries
from .following import news_for


@require_GET
@login_required
def home(request: Request) -> HttpResponseBase:
    """Show todos, coming gatherings, and what moves."""
    person = request.user
    waits = queries.what_waits(person)
    coming = queries.coming(person)
    setup_guide = guide.guide_for(person)
    context = {
        "guide": setup_guide,
        "today": timezone.localdate(),
        "waits": waits[:8],
        "more": max(0, len(waits) - 8),
        "coming": coming,
        "headline": _headline(len(waits), len(coming["today"]), is_beginning=setup_guide is not None),
        "steps": queries.newcomer_steps(person) if person.is_beginner() and setup_guide is None else [],
        "flowing": queries.flowing(person),
        "news": news_for(person),
        "experience": queries.my_experience(person),
    }
    return render(request, "home/home.html", context)


@require_POST
@login_required
def setup_guide(request: Request) -> HttpResponseBase:
    """Collapse or expand the setup guide, skip a step, or end it."""
    act = request.POST.get("act")
    if act in ("later", "resume"):
        guide.fold(act == "later", by=request.user)
    elif act == "skip":
        guide.skip(request.POST.get("step", ""), by=request.user)
    elif act == "end":
        guide.end_guide(by=request.user)
    return redirect("home")


def _headline(waits: int, gatherings: int, *, is_beginning: bool) -> str:
    if is_beginning and not waits and not gatherings:
        return _("Welcome")
    things = ngettext("%(count)s thing needs you", "%(count)s things need you", waits) % {"count": waits}
    meets = ngettext("%(count)s gathering today", "%(count)s gatherings today", gatherings) % {"count": gatherings}
    if waits and gatherings:
        return _("%(things)s, %(gatherings)s") % {"things": things, "gatherings": meets}
    if waits or gatherings:
        return things if waits else meets
    return _("All done")


@require_GET
@login_required
def start(request: Request) -> HttpResponseBase:
    """Show everything that can be started; the plus on phones leads here."""
    return render(request, "home/start.html")


@require_GET
@login_required
def me(request: Request) -> HttpResponseBase:
    """Show every place and setting; without scripts, the last entry of the phone bar leads here."""
    return render(request, "home/me.html", {"here": request.path})


@require_GET
def favicon(request: Request) -> HttpResponseBase:
    """Redirect to the icon: browsers request this address for pages without one, such as pictures and downloads."""
    return redirect(built_url("favicon.svg"))
