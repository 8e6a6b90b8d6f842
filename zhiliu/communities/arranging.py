"""Arrange a community's home page: its blocks, their order, and texts of its own."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from zhiliu.directory.models import Person
from zhiliu.kit.contracts.facts import announce
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.errors import Refused
from zhiliu.kit.text.markdown import render

from .facts import HomeArranged
from .models import Community, HomeBlock
from .queries import home_sections
from .rules import can_edit_home

MOST_TEXTS = 12


def settle_blocks(community: Community) -> list[HomeBlock]:
    """Return the blocks of a home page in order; sections that apps have added since come last."""
    known = {block.key for block in community.home_blocks.all()}
    top = community.home_blocks.count()
    new = [key for key in home_sections.names() if key not in known]
    # ignore_conflicts: another request may open the page at the same moment.
    HomeBlock.objects.bulk_create(
        (HomeBlock(community=community, key=key, place=top + place) for place, key in enumerate(new)),
        ignore_conflicts=True,
    )
    offered = ["", *home_sections.names()]
    return list(community.home_blocks.filter(key__in=offered))


def place_block(block: HomeBlock, place: int, *, by: Person) -> None:
    """Move a block to ``place`` (0 is the top). Idempotent."""
    community = block.community
    require(can_edit_home, by, community)
    with transaction.atomic():
        # The row lock decides which of two concurrent arrangements comes last.
        Community.objects.select_for_update().get(pk=community.pk)
        before = settle_blocks(community)
        blocks = [home_block for home_block in before if home_block.pk != block.pk]
        blocks.insert(max(0, place), block)
        if blocks == before:
            return
        for number, home_block in enumerate(blocks):
            home_block.place = number
        HomeBlock.objects.bulk_update(blocks, ["place"])
        announce(HomeArranged(community_id=community.pk, by_id=by.pk))


def show_block(block: HomeBlock, *, visible: bool, by: Person) -> None:
    """Show a block on the home page, or hide it. Idempotent."""
    require(can_edit_home, by, block.community)
    with transaction.atomic():
        if HomeBlock.objects.filter(pk=block.pk, is_hidden=visible).update(is_hidden=not visible):
            announce(HomeArranged(community_id=block.community_id, by_id=by.pk))


def add_text(community: Community, *, title: str, text: str, by: Person) -> HomeBlock:
    """Add a Markdown text at the end of the home page.

    Raises:
        Refused: there are too many already.
    """
    require(can_edit_home, by, community)
    with transaction.atomic():
        Community.objects.select_for_update().get(pk=community.pk)
        blocks = settle_blocks(community)
        if sum(not block.key for block in blocks) >= MOST_TEXTS:
            raise Refused(_("A home page can have at most %(count)s texts.") % {"count": MOST_TEXTS})
        block = HomeBlock.objects.create(
            community=community, title=title, text=text, html=render(text).html, place=len(blocks)
        )
        announce(HomeArranged(community_id=community.pk, by_id=by.pk))
    return block


def change_text(block: HomeBlock, *, title: str, text: str, version: int, by: Person) -> None:
    """Change a text of the home page.

    Raises:
        Refused: someone else changed it in the meantime.
    """
    require(can_edit_home, by, block.community)
    with transaction.atomic():
        rows = HomeBlock.objects.filter(pk=block.pk, key="", version=version)
        if not rows.update(title=title, text=text, html=render(text).html, version=F("version") + 1):
            raise Refused(_("Someone else changed this. Your text is still here: compare and send again."))
        announce(HomeArranged(community_id=block.community_id, by_id=by.pk))


def remove_text(block: HomeBlock, *, by: Person) -> None:
    """Remove a text from the home page. Idempotent. Sections of apps are hidden instead."""
    require(can_edit_home, by, block.community)
    with transaction.atomic():
        deleted, _rows = HomeBlock.objects.filter(pk=block.pk, key="").delete()
        if deleted:
            announce(HomeArranged(community_id=block.community_id, by_id=by.pk))
