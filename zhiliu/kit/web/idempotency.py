"""Idempotent forms: a form that is sent twice acts once."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.http import HttpResponseBase
from django.shortcuts import redirect

from ..models import SubmittedForm
from .http import Request, back, reload_page

View = Callable[..., HttpResponseBase]


def once(view: View) -> View:
    """Decorator for views that act on POST: a form that is sent twice acts once.

    The form carries ``_once`` (tag ``{% once %}``). The token's row and the act share a transaction, so of two
    simultaneous clicks the second waits at the unique key and then gets the first one's answer.
    """

    @functools.wraps(view)
    def guarded(request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        token = request.POST.get("_once", "")[:64]
        if request.method != "POST" or not token:
            return view(request, *args, **kwargs)
        return _act_once(view, token, request, args, kwargs)

    return guarded


def _act_once(view: View, token: str, request: Request, args: Any, kwargs: Any) -> HttpResponseBase:
    with transaction.atomic():
        row, is_new = SubmittedForm.objects.get_or_create(token=token)
        if not is_new:
            return _repeat(request, row)
        response = view(request, *args, **kwargs)
        location = response.headers.get("Location", "") or response.headers.get("HX-Redirect", "")
        if response.status_code >= 400 or (response.status_code == 200 and not location):
            # Nothing was done (the form is shown again with errors): the token stays usable.
            row.delete()
        else:
            SubmittedForm.objects.filter(pk=token).update(location=location[:500])
    return response


def _repeat(request: Request, row: SubmittedForm) -> HttpResponseBase:
    if request.htmx:
        return reload_page()
    return redirect(row.location or back(request))
