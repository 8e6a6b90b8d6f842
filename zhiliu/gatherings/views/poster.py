"""The share poster of a gathering."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET

from zhiliu.kit.contracts.rules import require
from zhiliu.kit.web.http import Request
from zhiliu.kit.web.site import base_url

from ..drawing import poster_of
from ..models import Gathering
from ..rules import can_make_poster
from .lookups import gathering_or_404


def drawn(request: Request, gathering: Gathering) -> str:
    """Return the poster as SVG."""
    return poster_of(gathering, base_url(request) + gathering.get_absolute_url())


@require_GET
@login_required
def poster(request: Request, pk: int) -> HttpResponseBase:
    """Show the poster, to save or share."""
    gathering = gathering_or_404(request, pk)
    require(can_make_poster, request.user, gathering)
    context = {"gathering": gathering, "community": gathering.community, "picture": drawn(request, gathering)}
    return render(request, "gatherings/poster.html", context)


@require_GET
@login_required
def poster_file(request: Request, pk: int) -> HttpResponseBase:
    """Return the poster as an SVG file, for browsers that cannot make a PNG."""
    gathering = gathering_or_404(request, pk)
    require(can_make_poster, request.user, gathering)
    answer = HttpResponse(drawn(request, gathering), content_type="image/svg+xml")
    answer["Content-Disposition"] = f'attachment; filename="gathering-{pk}.svg"'
    return answer
