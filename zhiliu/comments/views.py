"""Views for comments."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from zhiliu.kit.contracts.object_types import card_or_404
from zhiliu.kit.errors import Refused
from zhiliu.kit.web.forms import Form, LongTextField
from zhiliu.kit.web.http import Request
from zhiliu.kit.web.idempotency import once
from zhiliu.moderation.models import HeldPost
from zhiliu.moderation.queries import sentence_of

from .commenting import MOST_CHARACTERS, comment, edit_comment, withdraw_comment
from .models import Comment


class CommentForm(Form):
    """The text of a comment."""

    body = LongTextField(label=_("Comment"), max_length=MOST_CHARACTERS, rows=2)


@require_POST
@login_required
@once
def comments(request: Request, kind: str, thing_id: int) -> HttpResponseBase:
    """Comment on an object; redirect to the comment on its page."""
    card = card_or_404(kind, thing_id, request.user)
    result = comment(kind, thing_id, body=_body(request), by=request.user)
    if isinstance(result, HeldPost):
        messages.info(request, sentence_of(result))
        return redirect(f"{card.url}#comments")
    return redirect(f"{card.url}#comment-{result.pk}")


@require_POST
@login_required
def one(request: Request, pk: int) -> HttpResponseBase:
    """Edit a comment (``body``), or delete it (``withdraw=1``)."""
    row = get_object_or_404(Comment, pk=pk)
    card = card_or_404(row.kind, row.thing_id, request.user)
    if request.POST.get("withdraw") == "1":
        withdraw_comment(row, by=request.user)
    else:
        edit_comment(row, body=_body(request), by=request.user)
    return redirect(f"{card.url}#comment-{row.pk}")


def _body(request: Request) -> str:
    form = CommentForm(request.POST)
    if not form.is_valid():
        raise Refused(" ".join(str(error) for errors in form.errors.values() for error in errors))
    return str(form.cleaned_data["body"])
