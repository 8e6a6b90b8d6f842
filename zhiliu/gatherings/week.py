"""What the manager's week shows of gatherings: coming ones without a speaker or an audience."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from zhiliu.communities.models import Community
from zhiliu.communities.role_permissions import Feature
from zhiliu.communities.week import WeekRow, WeekRows, WeekSection, ids_having, week_sections
from zhiliu.directory.models import Person
from zhiliu.kit.web.addresses import address

from .models import AudienceInvitation, Format, Gathering, LightningTalk
from .queries import gathering_moment

FEW = 3
_State = Gathering.State


def unready_gatherings(communities: Sequence[Community], viewer: Person, most: int) -> WeekRows:
    """Return coming gatherings nobody speaks in, or to which nobody was invited and fewer than three signed up."""
    talks = LightningTalk.objects.standing().filter(gathering=OuterRef("pk"))
    invited = AudienceInvitation.objects.filter(gathering=OuterRef("pk"))
    rows = Gathering.objects.visible_to(viewer).filter(community__in=ids_having(communities, Feature.GATHERINGS))
    rows = rows.filter(state__in=[_State.PLANNING, _State.FIXED], starts_at__gt=timezone.now())
    rows = rows.exclude(format=Format.TEA_CHAT).annotate(has_talks=Exists(talks), has_invited=Exists(invited))
    lightning = Q(format=Format.LIGHTNING)
    no_speaker = ~lightning & Q(sharer=None) | lightning & Q(has_talks=False)
    no_audience = Q(state=_State.FIXED, has_invited=False, taken__lt=FEW)
    rows = rows.filter(no_speaker | no_audience)
    shown = rows.select_related("community").order_by("starts_at", "pk")
    return WeekRows([_row(gathering) for gathering in shown[:most]], rows.count())


def _row(gathering: Gathering) -> WeekRow:
    url = gathering.get_absolute_url()
    has_talks: bool = gathering.has_talks  # type: ignore[attr-defined]
    assert gathering.starts_at is not None
    meta = (gathering.community.name, gathering_moment(gathering.starts_at))
    if gathering.is_lightning and not has_talks:
        link = (_("Find speakers"), f"{url}#order")
        return WeekRow(gathering.title, url, (*meta, _("No talks yet")), link=link)
    if not gathering.is_lightning and gathering.sharer_id is None:
        link = (_("Find a speaker"), address("gatherings:nominate", gathering.pk))
        return WeekRow(gathering.title, url, (*meta, _("No speaker yet")), link=link)
    few = ngettext("%(n)s signed up, nobody invited", "%(n)s signed up, nobody invited", gathering.taken)
    link = (pgettext("to a gathering", "Invite people"), address("gatherings:audience", gathering.pk))
    return WeekRow(gathering.title, url, (*meta, few % {"n": gathering.taken}), link=link)


week_sections.register(
    WeekSection(
        gettext_lazy("Gatherings without a speaker or an audience"),
        pgettext_lazy("nothing waits", "every gathering has speaker and audience"),
        unready_gatherings,
    ),
    key="gatherings",
    weight=30,
)
