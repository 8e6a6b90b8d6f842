"""Calendar files and feeds of gatherings."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_safe

from zhiliu.directory.defaults import language_of
from zhiliu.kit.web.http import Request

from ..calendars import calendar_of, feed_of, person_of_key
from .lookups import gathering_or_404

_TYPE = "text/calendar; charset=utf-8"


@require_safe
@login_required
def invitation_file(request: Request, pk: int) -> HttpResponse:
    """Return a gathering as an iCalendar file."""
    gathering = gathering_or_404(request, pk)
    if gathering.starts_at is None:
        raise Http404
    response = HttpResponse(calendar_of([gathering]), content_type=_TYPE)
    response.headers["Content-Disposition"] = f'attachment; filename="gathering-{pk}.ics"'
    return response


@require_safe
def feed(request: Request, key: str) -> HttpResponse:
    """Return a person's gatherings as a feed. The key is the secret, as calendar programs cannot sign in."""
    person = person_of_key(key)
    if person is None:
        raise Http404
    with override(language_of(person)):
        body = calendar_of(feed_of(person), name=_("Gatherings"))
    response = HttpResponse(body, content_type=_TYPE)
    response.headers["Cache-Control"] = "private, max-age=300"
    return response
