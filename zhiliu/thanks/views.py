"""Views for thanks."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from zhiliu.directory.reach import visible_people
from zhiliu.kit.web.forms import Form, TextField
from zhiliu.kit.web.http import Request
from zhiliu.kit.web.idempotency import once

from .thanking import thank


class ThanksForm(Form):
    """The reason for thanks."""

    reason = TextField(
        label=gettext_lazy("What helped you?"),
        max_length=300,
        help_text=gettext_lazy("One sentence: what could you do because of it?"),
    )


@require_http_methods(["GET", "POST"])
@login_required
@once
def new(request: Request, handle: str) -> HttpResponseBase:
    """Thank a person."""
    person = get_object_or_404(visible_people(request.user), handle=handle)
    form = ThanksForm(request.POST or None)
    if (
        request.method == "POST"
        and form.is_valid()
        and form.succeeds(thank, person, reason=form.cleaned_data["reason"], by=request.user)
    ):
        messages.success(request, _("%(name)s will read it.") % {"name": person.name})
        return redirect(person)
    return render(request, "thanks/new.html", {"form": form, "person": person})
