"""A test notification, so that people see on the spot whether a device shows them."""

from __future__ import annotations

import urllib3
from django.urls import reverse
from django.utils.translation import gettext as _

from zhiliu.directory.models import Person
from zhiliu.directory.throttling import may_try
from zhiliu.kit.errors import Refused

from ..models import PushDevice
from .devices import digest_of
from .sending import send_payload

TESTS_AN_HOUR = 10


def send_test(endpoint: str, *, by: Person) -> None:
    """Send a test to the browser with this subscription.

    Raises:
        Refused: it is not turned on there, too many tests, or the push service did not take it.
    """
    device = PushDevice.objects.filter(person=by, endpoint_digest=digest_of(endpoint)).first()
    if device is None:
        raise Refused(_("Notifications are off on this device."))
    if not may_try("push test", by.pk, limit=TESTS_AN_HOUR, minutes=60):
        raise Refused(_("That’s a lot of tests. Try again in an hour."))
    payload = {
        "title": _("Notifications work on this device"),
        "body": _("This is how they look."),
        "url": reverse("notifications:preferences"),
        "tag": "test",
        "id": "",
    }
    try:
        status = send_payload(device, payload, topic="test", is_call=True)
    except (urllib3.exceptions.HTTPError, OSError) as error:
        raise Refused(_("The push service of this browser can’t be reached from here. Email still works.")) from error
    if status >= 300:
        raise Refused(_("The push service of this browser answered “%(status)s”.") % {"status": f"HTTP {status}"})
