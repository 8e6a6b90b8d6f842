"""Fetch pictures of pasted texts from other hosts: pages must not embed pictures of other hosts."""

from __future__ import annotations

import io
import time
from urllib.parse import unquote, urljoin, urlsplit

import urllib3
from django.utils.translation import gettext_lazy as _

from zhiliu.communities.models import Community
from zhiliu.directory.models import Person
from zhiliu.files.models import PICTURE_TYPES, Upload
from zhiliu.files.storing import upload
from zhiliu.kit.errors import Refused
from zhiliu.kit.system.content_types import type_of
from zhiliu.kit.system.pictures import TURNED
from zhiliu.kit.web.targets import AnswerTooLargeError, Target, pool_for, read_answer, target_of

MOST_BYTES = 10 * 1024 * 1024
SECONDS = 10.0
MOST_REDIRECTS = 3
# Some hosts send another picture to clients without a browser's name.
HEADERS = {"User-Agent": "Mozilla/5.0 (compatible; Zhiliu)", "Accept": "image/*"}


def fetch_picture(url: str, *, by: Person, community: Community | None = None) -> Upload:
    """Fetch a picture and store it as an upload of ``by``.

    Raises:
        Refused: not a public address, timed out, too large, or no raster picture.
    """
    end = time.monotonic() + SECONDS
    try:
        content = _followed(url, end)
    except AnswerTooLargeError as error:
        raise Refused(_("The picture is larger than 10 MB.")) from error
    except (urllib3.exceptions.HTTPError, OSError) as error:
        raise Refused(_("The picture couldn’t be loaded.")) from error
    name = unquote(urlsplit(url).path.rsplit("/", 1)[-1])[:80] or "picture"
    if type_of(content[:8192], "") not in (*PICTURE_TYPES, *TURNED):
        raise Refused(_("There is no picture at this address."))
    return upload(io.BytesIO(content), name=name, by=by, community=community)


def _followed(url: str, end: float) -> bytes:
    """Return the bytes at an address, following redirects. Every step is validated."""
    for _step in range(MOST_REDIRECTS + 1):
        content, further = _asked(target_of(url), end)
        if not further:
            return content
        url = urljoin(url, further)
    raise Refused(_("The picture couldn’t be loaded."))


def _asked(target: Target, end: float) -> tuple[bytes, str]:
    with pool_for(target, max(0.1, end - time.monotonic())) as pool:
        headers = {**HEADERS, "Host": target.host_header}
        answer = pool.urlopen("GET", target.path, headers=headers, redirect=False, preload_content=False)
        try:
            if answer.status in (301, 302, 303, 307, 308):
                return b"", answer.headers.get("Location", "")
            if answer.status != 200:
                raise Refused(_("The picture couldn’t be loaded."))
            return read_answer(answer, most_bytes=MOST_BYTES, end=end), ""
        finally:
            answer.close()
