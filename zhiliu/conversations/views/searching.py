"""The page for searching in conversations."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from zhiliu.directory.reach import visible_people
from zhiliu.kit.web.http import Request, key_of
from zhiliu.search.highlighting import Highlighter

from ..queries import name_talks, rows_of_memberships
from ..searching import SIZE, search_messages, wanted_from


@require_GET
@login_required
def search(request: Request) -> HttpResponseBase:
    """Search messages by words, author, channel, time and attachments."""
    values = {name: str(request.GET.get(name, "")) for name in ("q", "from", "in", "before", "after", "has", "sort")}
    wanted = wanted_from(values, request.user)
    offset = min(key_of(request.GET.get("start")), 900)
    found = search_messages(wanted, request.user, offset=offset)
    highlighter = Highlighter(found.asked)
    channels = rows_of_memberships(request.user)
    name_talks([row for row in channels if row.community_id is None], request.user)
    query = request.GET.copy()
    query["start"] = str(offset + SIZE)
    context = {
        "values": values,
        "is_narrowed": any(value for name, value in values.items() if name != "q"),
        "wanted": wanted,
        "is_weak": found.is_weak,
        "rows": [{"message": message, "snippet": highlighter.snippet(hit.body)} for message, hit in found.rows],
        "next_url": f"?{query.urlencode()}" if found.more else "",
        "channels": channels,
        "author": visible_people(request.user).filter(pk=key_of(values["from"])).first(),
        "has": [("file", _("A file")), ("link", _("A link")), ("question", _("A question"))],
    }
    return render(request, "conversations/search.html", context)
