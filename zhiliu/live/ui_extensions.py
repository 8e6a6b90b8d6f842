"""The live engine's part of the page frame: the island that reports the use of a page."""

from __future__ import annotations

from django.http import HttpRequest

from zhiliu.kit.web.page_frame import PageFrame, shell_parts


@shell_parts.register(key="live.presence", weight=35)
def presence_in_frame(request: HttpRequest, shell: PageFrame) -> None:
    """Add it to every page of a signed-in person."""
    if shell.person is not None:
        shell.islands.append("presence")
