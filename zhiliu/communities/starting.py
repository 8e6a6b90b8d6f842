"""Start communities and change their settings."""

from __future__ import annotations

import re
import secrets
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhiliu.directory.models import Department, Person
from zhiliu.directory.rules import is_employee
from zhiliu.kit.contracts.audit import Change, Picture, change, picture, picture_of
from zhiliu.kit.contracts.facts import announce
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.errors import Refused
from zhiliu.kit.text.chinese_text import readings

from .admission.inviting import invited_people
from .admission.waiting import promote
from .facts import CommunityChanged, CommunityStarted, RulebookSet
from .joining import accept_rulebook, add_members
from .models import Community, Rulebook
from .role_permissions import KINDS, Role
from .rules import can_set_up


def start_community(
    *,
    name: str,
    kind: str,
    by: Person,
    purpose: str = "",
    parent: Community | None = None,
    department: Department | None = None,
    **fields: Any,
) -> Community:
    """Start a community from the template of ``kind``; ``by`` becomes its manager.

    The template's first announcement is offered as a draft (:func:`.announcing.starter_draft`): nobody has said it yet.

    Args:
        department: its colleagues become members at once.

    Raises:
        Refused: the name is taken.
    """
    require(is_employee, by)
    if parent is not None:
        require(can_set_up, by, parent)
    template = KINDS[kind]
    settings = {"features": [str(f) for f in template.features], "admission": template.admission, **fields}
    with transaction.atomic():
        if Community.objects.filter(name=name).exists():
            raise Refused(_("A community with this name already exists."), field="name")
        community = Community.objects.create(
            name=name,
            slug=fields.pop("slug", None) or free_slug(name),
            mark=settings.pop("mark", None) or name[:1],
            kind=kind,
            purpose=purpose,
            parent=parent,
            sessions_a_month=settings.pop("sessions_a_month", template.sessions_a_month),
            by=by,
            offers_starter=True,
            **{key: value for key, value in settings.items() if key != "slug"},
        )
        fact = CommunityStarted(community_id=community.pk, by_id=by.pk)
        announce(fact, change=change(Picture(), picture_of(community)))
        rulebook = set_rulebook(community, "\n".join(f"- {line}" for line in template.rules), by=by, starting=True)
        # The author of the first rules accepts them implicitly.
        accept_rulebook(rulebook, by=by)
        add_members(community, {by: Role.MANAGER}, by=by)
        if department is not None:
            add_members(community, dict.fromkeys(invited_people(department), Role.MEMBER), by=by)
    return community


def change_settings(community: Community, *, by: Person, **fields: Any) -> None:
    """Change settings of a community.

    Raises:
        Refused: the new name is taken.
    """
    require(can_set_up, by, community)
    name = fields.get("name", community.name)
    with transaction.atomic():
        if Community.objects.filter(name=name).exclude(pk=community.pk).exists():
            raise Refused(_("A community with this name already exists."), field="name")
        was = picture(Community, community.pk)
        Community.objects.filter(pk=community.pk).update(version=community.version + 1, **fields)
        fact = CommunityChanged(community_id=community.pk, by_id=by.pk)
        announce(fact, change=change(was, picture(Community, community.pk)))
        # The member limit may have been raised.
        promote(community)
    community.refresh_from_db()


def set_rulebook(community: Community, text: str, *, by: Person, starting: bool = False) -> Rulebook:
    """Set a new version of the rules; members are asked to accept it. Idempotent for the same text."""
    from zhiliu.kit.text.markdown import render

    if not starting:
        require(can_set_up, by, community)
    with transaction.atomic():
        # The row lock settles the race of two editors for the next version number.
        Community.objects.select_for_update().get(pk=community.pk)
        current = community.rulebooks.first()
        if current is not None and current.text == text:
            return current
        rulebook = Rulebook.objects.create(
            community=community,
            version=current.version + 1 if current else 1,
            text=text,
            html=render(text).html,
            by=by,
            at=timezone.now(),
        )
        before = {"text": current.text} if current else {}
        announce(
            RulebookSet(rulebook_id=rulebook.pk, community_id=community.pk, by_id=by.pk),
            change=Change(community.name, "communities.rulebook", before, {"text": text}),
        )
    return rulebook


def free_slug(name: str) -> str:
    """Return an unused slug made from the likeliest reading of the name."""
    base = re.sub(r"[^a-z0-9]+", "-", (readings(name) or [""])[0]).strip("-")[:40] or "community"
    return base if not Community.objects.filter(slug=base).exists() else f"{base}-{secrets.token_hex(2)}"
