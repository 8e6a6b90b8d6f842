"""What browsers ask and tell about notifications on devices."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from zhiliu.directory.models import Person
from zhiliu.directory.sessions import device_of
from zhiliu.kit.contracts.audit import current_client_info
from zhiliu.kit.errors import Refused
from zhiliu.kit.web.http import Request

from ..models import PushDevice
from .devices import add_device, open_devices, remove_device
from .keys import public_key
from .sending import note_shown
from .testing import send_test

# In the data of a session: it has a device.
IN_SESSION = "push_device"


def push_context(person: Person) -> dict[str, Any]:
    """Return what the page of preferences shows of devices."""
    devices = list(open_devices([person]).order_by("-added_at"))
    return {
        "key": public_key(),
        "known": json.dumps([device.endpoint_digest for device in devices]),
        "devices": [{"row": device, "name": device_of(device.agent)} for device in devices],
    }


def _answer(act: Callable[[], Any]) -> HttpResponseBase:
    """Return nothing, or the reason of a refusal for the island to show."""
    try:
        act()
    except Refused as error:
        return JsonResponse({"said": str(error.reason)}, status=422)
    return HttpResponse(status=204)


@require_POST
@login_required
def add(request: Request) -> HttpResponseBase:
    """Show notifications in this browser from now on."""

    def act() -> None:
        add_device(
            endpoint=request.POST.get("endpoint", ""),
            public_key=request.POST.get("p256dh", ""),
            auth=request.POST.get("auth", ""),
            session_key=request.session.session_key or "",
            agent=current_client_info().agent,
            by=request.user,
        )
        request.session[IN_SESSION] = True

    return _answer(act)


@require_POST
@login_required
def remove(request: Request) -> HttpResponseBase:
    """Stop in the browser with this subscription."""
    remove_device(request.POST.get("endpoint", ""), by=request.user)
    request.session.pop(IN_SESSION, None)
    return HttpResponse(status=204)


@require_POST
@login_required
def forget(request: Request, pk: int) -> HttpResponseBase:
    """Stop on one of the person's devices, from the list of all."""
    device = get_object_or_404(PushDevice, pk=pk, person=request.user)
    remove_device(device.endpoint, by=request.user)
    messages.success(request, _("That device no longer shows notifications."))
    return redirect("notifications:preferences")


@require_POST
@login_required
def test(request: Request) -> HttpResponseBase:
    """Send a test to this browser."""
    return _answer(lambda: send_test(request.POST.get("endpoint", ""), by=request.user))


@csrf_exempt
@require_POST
def shown(request: Request, key: str) -> HttpResponseBase:
    """Take the receipt of a device; its key is the permission."""
    note_shown(key)
    return HttpResponse(status=204)
