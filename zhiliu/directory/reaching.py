"""Checks whether an address leads to this installation: requests it and compares the installation's mark."""

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
    """Return the mark of this installation: the same on all of its machines, and not secret."""
    return hmac.new(settings.SECRET_KEY.encode(), b"zhiliu.mark", hashlib.sha256).hexdigest()[:24]


def address_fault(address: str) -> str:
    """Return why an address does not lead here as seen from this server, in the reader's language; '' if it does.

    Args:
        address: from :func:`zhiliu.kit.web.site.clean_address`.
    """
    timeout = urllib3.Timeout(connect=SECONDS, read=SECONDS)
    try:
        answer = urllib3.request("GET", address + MARK_PATH, timeout=timeout, retries=False, redirect=False)
    except urllib3.exceptions.HTTPError as error:
        reason = str(error).rpartition(": ")[2][:120]
        return _("Can’t reach %(address)s from here: %(said)s") % {"address": address, "said": reason}
    if answer.status != 200 or answer.data[:64].decode("ascii", "replace").strip() != mark_address():
        return _("Something else answers at %(address)s, not this Zhiliu.") % {"address": address}
    return ""


def note_address() -> None:
    """Request the known address and store whether it led here, for the warning above links."""
    address = known_address()
    answers = settings.DEMO or not address or is_loopback(address) or not address_fault(address)
    if Organisation.objects.filter(pk=1).exclude(address_answers=answers).update(address_answers=answers):
        Organisation.forget()


def address_is_doubtful() -> bool:
    """Return True if the known address led elsewhere when last checked, and nobody vouches for it."""
    organisation = Organisation.current()
    return not organisation.address_answers and not organisation.address_is_vouched


def known_address_fault() -> str:
    """Return why links do not work, for administrators; '' if they lead here or an administrator vouches for them."""
    address = known_address()
    if not address:
        return _("The web address of Zhiliu isn’t set. Set it on the organisation page.")
    if is_loopback(address):
        return _("Links start with %(address)s, which points to each reader’s own computer.") % {"address": address}
    return "" if Organisation.current().address_is_vouched else address_fault(address)
