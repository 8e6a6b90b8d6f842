"""Pages leave compressed."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.middleware.gzip import GZipMiddleware

_TEXTS = ("text/", "application/json", "application/manifest+json", "image/svg+xml")


class CompressionMiddleware(GZipMiddleware):
    """Django's compression, for texts that are made for one request.

    Files go as they are: most are compressed already, and a part of a file has no meaning as a whole. What a page says
    cannot be guessed from its length (BREACH): Django adds a random number of bytes, and form keys differ each time.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Compress a text if the browser takes that."""
        is_text = response.headers.get("Content-Type", "").startswith(_TEXTS)
        if response.streaming or not is_text:
            return response
        compressed: HttpResponseBase = super().process_response(request, response)
        return compressed
