"""What moderation puts on shelves: who is kept out of a community."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from zhiliu.communities.joining import kept_out
from zhiliu.communities.models import Community
from zhiliu.directory.models import Person

from .models import Sanction


@kept_out.adds(key="moderation")
def why_kept_out(community: Community, person: Person) -> Any:
    """Whoever was taken out does not come back before the term is over."""
    rows = Sanction.objects.in_force().filter(community_id=community.pk, person_id=person.pk)
    found = rows.filter(kind=Sanction.Kind.REMOVE).order_by("-until").first()
    if found is None or found.until is None:
        return None
    until = date_format(timezone.localtime(found.until), "Y-m-d H:i")
    return _("%(name)s was taken out of this community and can come back from %(until)s on.") % {
        "name": person.name,
        "until": until,
    }
