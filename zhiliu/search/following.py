"""Following tags; private to each person."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.db.models import QuerySet

from zhiliu.directory.models import Person
from zhiliu.kit.contracts.facts import announce

from .facts import TagFollowed, TagUnfollowed
from .models import Tag, TagFollow


def follow_tag(tag: Tag, *, by: Person) -> TagFollow:
    """Follow a tag. Idempotent."""
    with transaction.atomic():
        # Race: two simultaneous clicks meet at the unique key; only the one that inserts the row announces it.
        row, is_new = TagFollow.objects.get_or_create(tag=tag, by=by)
        if is_new:
            announce(TagFollowed(tag_id=tag.pk))
    return row


def unfollow_tag(tag: Tag, *, by: Person) -> None:
    """Stop following a tag. Idempotent."""
    with transaction.atomic():
        deleted, _each = TagFollow.objects.filter(tag=tag, by=by).delete()
        if deleted:
            announce(TagUnfollowed(tag_id=tag.pk))


def follows_tag(person: Person, tag: Tag) -> bool:
    """Return True if a person follows a tag."""
    return TagFollow.objects.filter(tag=tag, by=person).exists()


def tag_followers(tags: Iterable[int]) -> QuerySet[TagFollow, int]:
    """Return the distinct ids of people who follow one of ``tags`` (ids)."""
    rows = TagFollow.objects.filter(tag__in=list(tags), by__is_active=True)
    return rows.order_by().values_list("by_id", flat=True).distinct()
