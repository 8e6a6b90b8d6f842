"""What notifications add to the page frame."""

from __future__ import annotations

from django.http import HttpRequest

from zhiliu.kit.web.addresses import address
from zhiliu.kit.web.page_frame import PageFrame, shell_parts

from .push.views import IN_SESSION


@shell_parts.register(key="notifications.push", weight=30)
def push_url(request: HttpRequest, shell: PageFrame) -> None:
    """Set where a browser makes its subscription known, unless this session knows it."""
    # The command box asks for a frame outside a request of a browser.
    session = getattr(request, "session", {})
    if shell.person is not None and not session.get(IN_SESSION):
        shell.push_url = address("notifications:push_add")
