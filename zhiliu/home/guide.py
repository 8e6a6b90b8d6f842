"""The setup guide of an installation, for its administrators: from the address to the first article.

Done steps are derived from the data, so a step is ticked whoever did it and by whichever page.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from zhiliu.communities.models import Community
from zhiliu.communities.queries import my_communities
from zhiliu.communities.role_permissions import Feature
from zhiliu.directory.models import Person
from zhiliu.directory.rules import is_admin
from zhiliu.gatherings.models import Gathering
from zhiliu.kit.contracts.mail import why_no_mail
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.web.addresses import address
from zhiliu.kit.web.site import is_loopback, known_address
from zhiliu.knowledge.models import Article
from zhiliu.needs.models import Need

from .models import SetupGuide


@dataclass(frozen=True)
class StepKind:
    """A step of the guide.

    Args:
        title, why: in words. verb: on the button. page: URL name of the page to do it on.
        is_done: checks the data. may_be_skipped: optional for a company.
        feature: the community feature it needs; '' for none.
    """

    key: str
    icon: str
    title: Any
    why: Any
    verb: Any
    page: str
    is_done: Callable[[], bool]
    may_be_skipped: bool = False
    feature: str = ""


@dataclass(frozen=True)
class GuideStep:
    """A step in its current state.

    Args:
        is_next: the first that is not done. url: the page to do it on; '' while that would be useless.
    """

    kind: StepKind
    is_done: bool
    is_skipped: bool
    is_next: bool
    url: str


@dataclass(frozen=True)
class Guide:
    """The guide in its current state.

    Args:
        minutes: how long the setup took, if this view ends the guide; None before.
    """

    steps: list[GuideStep]
    is_folded: bool
    minutes: int | None = None

    @property
    def done(self) -> int:
        """The number of done or skipped steps."""
        return sum(step.is_done or step.is_skipped for step in self.steps)


def _has_address() -> bool:
    return settings.DEMO or bool(known_address() and not is_loopback(known_address()))


KINDS = (
    StepKind(
        "address",
        "globe",
        _("Set the address"),
        _("Links, invitations and calendars start with it."),
        _("Configure"),
        "managing:organisation",
        _has_address,
    ),
    StepKind(
        "mail",
        "mail",
        _("Set up mail"),
        _("For sign-in links and notifications. Without it, you share links yourself."),
        _("Set up"),
        "mail:server",
        lambda: not why_no_mail(),
        may_be_skipped=True,
    ),
    StepKind(
        "people",
        "users",
        _("Bring your colleagues in"),
        _("Use the roster your HR system exports, then share their sign-in links."),
        _("Import colleagues"),
        "transfers:runs",
        lambda: Person.objects.active().employees().count() > 1,
    ),
    StepKind(
        "community",
        "users-round",
        _("Start the first community"),
        _("People who do the same work: after-sales, sales, newcomers."),
        _("Start community"),
        "communities:start",
        lambda: Community.objects.exists(),
    ),
    StepKind(
        "need",
        "hand",
        _("Share the first need"),
        _("What did someone get stuck on this week? One sentence."),
        _("Share a need"),
        "needs:voice",
        lambda: Need.objects.exists(),
        feature=Feature.NEEDS,
    ),
    StepKind(
        "session",
        "calendar-plus",
        _("Schedule the first session"),
        _("Someone who solved it tells the others: 15 minutes, then questions."),
        _("Schedule session"),
        "gatherings:new",
        lambda: Gathering.objects.exclude(starts_at=None).exists(),
        feature=Feature.GATHERINGS,
    ),
    StepKind(
        "article",
        "book-open",
        _("Publish the first article"),
        _("When a session ends you get a draft. Publishing it takes a minute."),
        _("Write"),
        "knowledge:new",
        lambda: Article.objects.published().exists(),
        feature=Feature.LIBRARY,
    ),
)


def guide_for(person: Person) -> Guide | None:
    """Return the guide for an administrator while it lasts. The first view with all steps done is its last.

    An installation that has everything when the guide is first requested never shows it.
    """
    if not person.is_admin:
        return None
    row = SetupGuide.objects.filter(pk=1).first()
    if row is not None and row.ended_at is not None:
        return None
    steps = _steps(person, row.skipped if row else [])
    is_over = all(step.is_done or step.is_skipped for step in steps)
    if row is None:
        SetupGuide.objects.get_or_create(pk=1, defaults={"ended_at": timezone.now() if is_over else None})
        return None if is_over else Guide(steps, is_folded=False)
    if not is_over:
        return Guide(steps, is_folded=row.is_folded)
    now = timezone.now()
    SetupGuide.objects.filter(pk=1, ended_at=None).update(ended_at=now)
    return Guide(steps, is_folded=False, minutes=max(1, round((now - row.began_at).total_seconds() / 60)))


def _steps(person: Person, skipped: list[str]) -> list[GuideStep]:
    guide_steps: list[GuideStep] = []
    is_open = False
    for kind in KINDS:
        is_done = kind.is_done()
        is_skipped = not is_done and kind.key in skipped
        is_next = not (is_done or is_skipped or is_open)
        is_open = is_open or is_next
        guide_steps.append(GuideStep(kind, is_done, is_skipped, is_next, _page_for(kind, person)))
    return guide_steps


def _page_for(kind: StepKind, person: Person) -> str:
    """Return the page of a step for this person; without a community that has the feature, the list to join one."""
    if not kind.feature or any(community.has(kind.feature) for community in my_communities(person)):
        return address(kind.page)
    return address("communities:list") if Community.objects.exists() else ""


def fold(folded: bool, *, by: Person) -> None:
    """Collapse the guide, or expand it again."""
    require(is_admin, by)
    SetupGuide.objects.filter(pk=1, ended_at=None).update(is_folded=folded)


def skip(key: str, *, by: Person) -> None:
    """Skip an optional step. Idempotent."""
    require(is_admin, by)
    optional = {kind.key for kind in KINDS if kind.may_be_skipped}
    with transaction.atomic():
        row = SetupGuide.objects.select_for_update().filter(pk=1, ended_at=None).first()
        if row is not None and key in optional - set(row.skipped):
            row.skipped = [*row.skipped, key]
            row.save(update_fields=["skipped"])


def end_guide(*, by: Person) -> None:
    """End the guide permanently."""
    require(is_admin, by)
    SetupGuide.objects.filter(pk=1, ended_at=None).update(ended_at=timezone.now())
