"""The view for following people; a higher layer shows the lists."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from zhiliu.kit.web.http import Request, back

from .. import following
from ..reach import visible_people


@require_POST
@login_required
def follow(request: Request, handle: str) -> HttpResponseBase:
    """Follow a person (``on=1``) or stop (``on=0``); the toast offers the opposite."""
    person = get_object_or_404(visible_people(request.user), handle=handle)
    on = (request.POST.get("on") or request.GET.get("on")) != "0"
    undo = f"{reverse('directory:follow', args=[handle])}?on={int(not on)}"
    if on:
        following.follow(person, by=request.user)
        message = _("You now follow %(name)s. Only the two of you know.")
    else:
        following.unfollow(person, by=request.user)
        message = _("You no longer follow %(name)s.")
    messages.success(request, message % {"name": person.name}, extra_tags=undo)
    return redirect(back(request, person.get_absolute_url()))
