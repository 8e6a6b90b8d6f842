"""Parts of files: players ask for them to jump, and Safari plays nothing without them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

_RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")
_CHUNK = 64 * 1024


def part_asked(request: HttpRequest) -> str:
    """Return the header ``Range``, or '' where it does not count.

    It is not for HEAD, which our middleware answers like GET. With ``If-Range`` it counts for an unchanged file; our
    answers name no version to compare.
    """
    if request.META["REQUEST_METHOD"] == "HEAD" or "If-Range" in request.headers:
        return ""
    return request.headers.get("Range", "")


def part_of(content: IO[bytes], size: int, asked: str) -> HttpResponseBase | None:
    """Return the response with one part of a file, or None where the whole file is the answer.

    Args:
        content: the file, which is closed with the response. size: in bytes. asked: the header ``Range``; several
            parts at once may be answered with the whole file (RFC 9110).
    """
    match = _RANGE.fullmatch(asked.replace(" ", ""))
    if match is None or not (match[1] or match[2]):
        return None
    start, end = _bounds(match[1], match[2], size)
    if start >= size or start > end:
        content.close()
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    response = StreamingHttpResponse(_chunks(content, start, end), status=206)
    response.headers["Content-Length"] = str(end - start + 1)
    response.headers["Content-Range"] = f"bytes {start}-{end}/{size}"
    return response


def _bounds(first: str, last: str, size: int) -> tuple[int, int]:
    """Return the first and last byte; ``-500`` means the last 500."""
    if not first:
        return max(size - int(last), 0), size - 1
    return int(first), min(int(last), size - 1) if last else size - 1


def _chunks(content: IO[bytes], start: int, end: int) -> Iterator[bytes]:
    with content:
        content.seek(start)
        left = end - start + 1
        while left and (chunk := content.read(min(_CHUNK, left))):
            left -= len(chunk)
            yield chunk
