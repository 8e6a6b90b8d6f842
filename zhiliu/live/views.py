"""A page says that it is used."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseBase
from django.views.decorators.http import require_POST

from zhiliu.kit.http import Request

from .presence import used


@require_POST
@login_required
def presence(request: Request) -> HttpResponseBase:
    """The page is looked at and used; said at most every few minutes."""
    used(request.user)
    return HttpResponse(status=204)
