"""What the live engine puts into the frame: the island that says when a page is used."""

from __future__ import annotations

from django.http import HttpRequest

from zhiliu.kit.web.page_frame import PageFrame, shell_parts


@shell_parts.register(key="live.presence", weight=35)
def presence_in_frame(request: HttpRequest, shell: PageFrame) -> None:
    """On every page of somebody who is signed in."""
    if shell.person is not None:
        shell.islands.append("presence")
