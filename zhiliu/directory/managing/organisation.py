"""Administration of the organisation: its name, address and defaults."""

from __future__ import annotations

import hashlib
from io import BytesIO
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from zhiliu.kit.contracts.audit import change, picture
from zhiliu.kit.contracts.facts import announce
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.errors import Refused

from ..facts import OrganisationChanged
from ..models import Organisation, Person
from ..rules import is_admin

LOGO_SIDE = 512
LOGO_MAX_BYTES = 4 * 1024 * 1024
LOGO_FORMATS = ("PNG", "JPEG", "WEBP", "GIF")


def change_organisation(*, version: int, by: Person, is_vouched: bool = False, **fields: Any) -> None:
    """Change the organisation's settings.

    Args:
        version: of the row the form was made from. is_vouched: ``by`` opened a new address in a browser.
        fields: of :class:`Organisation`; the address from :func:`zhiliu.kit.web.site.clean_address`.

    Raises:
        Refused: it was changed meanwhile.
    """
    require(is_admin, by)
    if settings.ADDRESS_IS_DECLARED:
        fields.pop("address", None)
    with transaction.atomic():
        was = picture(Organisation, 1)
        if "address" in fields and not Organisation.objects.filter(pk=1, address=fields["address"]).exists():
            fields |= {"address_answers": True, "address_is_vouched": is_vouched}
        rows = Organisation.objects.filter(pk=1, version=version)
        if not rows.update(**fields, version=version + 1):
            raise Refused(_("Someone else changed this. Review the current version, then save again."))
        announce(OrganisationChanged(by_id=by.pk), change=change(was, picture(Organisation, 1)))
    Organisation.forget()


def vouch_for_address(*, by: Person) -> None:
    """Confirm that ``by`` opened the address in a browser: it counts as valid, even if this server cannot open it,
    until it changes.
    """
    require(is_admin, by)
    with transaction.atomic():
        if Organisation.objects.filter(pk=1, address_is_vouched=False).update(address_is_vouched=True):
            announce(OrganisationChanged(by_id=by.pk))
    Organisation.forget()


def set_logo(content: bytes | None, *, by: Person) -> None:
    """Set the organisation's logo, or remove it (None).

    Raises:
        Refused: it is no picture, or too large.
    """
    require(is_admin, by)
    picture_bytes = None if content is None else _drawn(content)
    digest = hashlib.sha256(picture_bytes).hexdigest()[:16] if picture_bytes else ""
    with transaction.atomic():
        if Organisation.objects.filter(pk=1).exclude(logo_digest=digest).update(logo=picture_bytes, logo_digest=digest):
            announce(OrganisationChanged(by_id=by.pk))
    Organisation.forget()


def _drawn(content: bytes) -> bytes:
    """Re-encode the picture as PNG: small, and without any other content of the file."""
    # A heavy import that only this page needs.
    from PIL import Image, UnidentifiedImageError

    if len(content) > LOGO_MAX_BYTES:
        raise Refused(_("This picture is too large: at most 4 MB."), field="logo")
    try:
        with Image.open(BytesIO(content), formats=LOGO_FORMATS) as opened:
            if opened.width * opened.height > 30_000_000:
                raise Refused(_("This picture is too large: at most 30 megapixels."), field="logo")
            small = opened.convert("RGBA")
            small.thumbnail((LOGO_SIDE, LOGO_SIDE))
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError):
        raise Refused(_("We can’t read this picture. Use PNG, JPEG or WebP."), field="logo") from None
    output = BytesIO()
    small.save(output, "PNG", optimize=True)
    return output.getvalue()
