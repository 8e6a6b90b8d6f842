"""Whether an address leads to this installation: it is opened, and whoever answers has to say our mark."""

from __future__ import annotations

import hashlib
import hmac

import urllib3
from django.conf import settings
from django.utils.translation import gettext as _

from zhiliu.kit.web.site import MARK_PATH, is_loopback, known_address

from .models import Organisation

SECONDS = 4.0


def mark_address() -> str:
    """What this installation says of itself: the same on all of its machines, and no secret."""
    return hmac.new(settings.SECRET_KEY.encode(), b"zhiliu.mark", hashlib.sha256).hexdigest()[:24]


def address_fault(address: str) -> str:
    """Why an address does not lead here as seen from this machine, in the reader's language; '' when it does.

    Args:
        address: as :func:`zhiliu.kit.web.site.clean_address` gives it.
    """
    timeout = urllib3.Timeout(connect=SECONDS, read=SECONDS)
    try:
        answer = urllib3.request("GET", address + MARK_PATH, timeout=timeout, retries=False, redirect=False)
    except urllib3.exceptions.HTTPError as error:
        said = str(error).rpartition(": ")[2][:120]
        return _("Can’t reach %(address)s from here: %(said)s") % {"address": address, "said": said}
    if answer.status != 200 or answer.data[:64].decode("ascii", "replace").strip() != mark_address():
        return _("Something else answers at %(address)s, not this Zhiliu.") % {"address": address}
    return ""


def note_address() -> None:
    """Open the known address and keep whether it led here, for the warning above links."""
    address = known_address()
    answers = settings.DEMO or not address or is_loopback(address) or not address_fault(address)
    if Organisation.objects.filter(pk=1).exclude(address_answers=answers).update(address_answers=answers):
        Organisation.forget()


def address_is_doubtful() -> bool:
    """Whether the known address led elsewhere when it was last opened, and nobody vouches for it."""
    organisation = Organisation.current()
    return not organisation.address_answers and not organisation.address_is_vouched


def known_address_fault() -> str:
    """Why links lead nowhere, for whoever looks after the installation; '' when they lead here or somebody vouches."""
    address = known_address()
    if not address:
        return _("The web address of Zhiliu isn’t set. Set it on the organisation page.")
    if is_loopback(address):
        return _("Links start with %(address)s, which points to each reader’s own computer.") % {"address": address}
    return "" if Organisation.current().address_is_vouched else address_fault(address)
