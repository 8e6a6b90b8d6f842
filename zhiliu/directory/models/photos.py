"""Photos of people."""

from __future__ import annotations

import secrets

from django.db import models
from django.utils import timezone


def _new_key() -> str:
    return secrets.token_urlsafe(18)


class Photo(models.Model):
    """A photo of a person, stored as a square in each of the sizes ``SIDES``.

    ``Person.photo`` is the one shown. A removed photo stays in the storage for a day, so that a moderator’s decision
    can be undone.
    """

    # In pixels: twice the size of the avatars of lists, and of the photo on its own page.
    SIDES = (96, 480)

    person = models.ForeignKey("Person", models.CASCADE, related_name="photos")
    key = models.CharField(
        max_length=40, unique=True, null=True, default=_new_key, help_text="Null when the files are deleted."
    )
    by = models.ForeignKey("Person", models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    removed_at = models.DateTimeField(null=True)
    removed_by = models.ForeignKey(
        "Person", models.SET_NULL, null=True, related_name="+", help_text="Nobody where another photo replaced it."
    )
    reason = models.CharField(max_length=200, blank=True, help_text="Why somebody else removed it.")

    class Meta:
        indexes = [models.Index(fields=["removed_at"], name="photo_to_delete", condition=~models.Q(removed_at=None))]

    def __str__(self) -> str:
        return f"{self.person_id} {self.at:%Y-%m-%d}"

    def path(self, side: int) -> str:
        """Return its path in the storage in one of the sizes."""
        return f"photos/{str(self.key)[:2]}/{self.key}.{side}.webp"
