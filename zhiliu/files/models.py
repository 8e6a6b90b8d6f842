"""Stored files, and the uploads that name them."""

from __future__ import annotations

import secrets
from typing import Any

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from zhiliu.communities.models import Community
from zhiliu.communities.reach import reach
from zhiliu.directory.models import Person
from zhiliu.kit.web.addresses import address

PICTURE_TYPES = ("image/png", "image/jpeg", "image/gif", "image/webp")
# Audio that browsers play.
SOUND_TYPES = (
    "audio/aac",
    "audio/flac",
    "audio/mp4",
    "audio/mpeg",
    "audio/ogg",
    "audio/wav",
    "audio/wave",
    "audio/x-wav",
    "audio/x-flac",
    "audio/webm",
)
FILM_TYPES = ("video/mp4", "video/quicktime", "video/webm")


class File(models.Model):
    """A content, stored once however often it is uploaded."""

    sha256 = models.CharField(max_length=64, unique=True)
    size = models.PositiveBigIntegerField(help_text="In bytes.")
    content_type = models.CharField(max_length=120)
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.sha256[:12]

    @property
    def path(self) -> str:
        """Return its path in the storage."""
        return f"{self.sha256[:2]}/{self.sha256}"

    @property
    def is_picture(self) -> bool:
        """Return True for pictures that browsers show and that cannot run scripts."""
        return self.content_type in PICTURE_TYPES

    @property
    def is_sound(self) -> bool:
        """Return True for audio that browsers play."""
        return self.content_type in SOUND_TYPES

    @property
    def is_unplayable(self) -> bool:
        """Return True for audio or video that no browser plays, such as recordings of old phones and WeChat."""
        is_media = self.content_type.startswith(("audio/", "video/"))
        return is_media and self.content_type not in (*SOUND_TYPES, *FILM_TYPES)


class Preview(models.Model):
    """A smaller version of a picture."""

    file = models.ForeignKey(File, models.CASCADE, related_name="previews")
    width = models.PositiveIntegerField(help_text="In pixels.")
    content_type = models.CharField(max_length=40, default="image/webp")

    class Meta:
        constraints = [models.UniqueConstraint("file", "width", name="preview_once")]

    @property
    def path(self) -> str:
        """Return its path in the storage."""
        return f"{self.file.path}.{self.width}"


def new_key() -> str:
    """Return an unguessable key for an address."""
    return secrets.token_urlsafe(18)


class UploadQuerySet(models.QuerySet["Upload"]):
    """Queries about uploads."""

    def visible_to(self, person: Person) -> UploadQuerySet:
        """Return the person's own uploads, those of communities they can see, and for employees those without a
        community.

        Private ones are served by the page they belong to, under its own rule.
        """
        nowhere = Q(community=None) if not person.is_guest else Q(pk__in=[])
        return self.filter(is_private=False).filter(
            Q(by=person) | nowhere | Q(community__isnull=False) & reach(person).community_q("community")
        )


class Upload(models.Model):
    """An upload of a content under a name."""

    key = models.CharField(max_length=40, unique=True, default=new_key)
    file = models.ForeignKey(File, models.PROTECT, related_name="uploads")
    name = models.CharField(max_length=200)
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="uploads")
    community = models.ForeignKey(Community, models.SET_NULL, null=True, related_name="uploads")
    seconds = models.PositiveSmallIntegerField(
        null=True, help_text="Length of a recording, as the sender's device measured it."
    )
    is_private = models.BooleanField(default=False, help_text="Only pages that ask their own rule show it.")
    at = models.DateTimeField(default=timezone.now)

    objects: Any = UploadQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return the address where it is served."""
        return reverse("files:file", args=[self.key])

    @property
    def clock(self) -> str:
        """The length of a recording in minutes and seconds, as far as it is known."""
        return "" if self.seconds is None else f"{self.seconds // 60}:{self.seconds % 60:02}"


class SharedFileQuerySet(models.QuerySet["SharedFile"]):
    """Queries about shared files."""

    def visible_to(self, person: Person) -> SharedFileQuerySet:
        """Return files of communities that ``person`` sees inside; the twin of ``rules.can_see``."""
        return self.filter(reach(person).community_q("community"))

    def there(self) -> SharedFileQuerySet:
        """Return files that were not removed."""
        return self.filter(removed_at=None)


class SharedFile(models.Model):
    """A file a community keeps for its members; the same name in the same folder again is its next version."""

    community = models.ForeignKey(Community, models.CASCADE, related_name="shared_files")
    folder = models.CharField(max_length=40, blank=True)
    name = models.CharField(max_length=200)
    note = models.CharField(max_length=200, blank=True)
    upload = models.ForeignKey(Upload, models.PROTECT, related_name="+", help_text="The newest version.")
    number = models.PositiveIntegerField(default=1, help_text="Of the newest version.")
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    removed_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1, help_text="Of its words, for forms.")

    objects: Any = SharedFileQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["community", "folder", "name"], condition=Q(removed_at=None), name="shared_file_once"
            )
        ]
        indexes = [models.Index(fields=["community", "-at"], name="shared_file_by_time")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return the address of its page, with all versions."""
        return address("files:shared", self.community.slug, self.pk)

    @property
    def row_key(self) -> tuple[Any, ...]:
        """Return everything the row in the list shows except relative times: the cache key of its fragment."""
        return self.pk, self.name, self.note, self.folder, self.number, self.upload_id, self.by and self.by.name


class FileVersion(models.Model):
    """One version of a shared file."""

    shared = models.ForeignKey(SharedFile, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    upload = models.ForeignKey(Upload, models.PROTECT, related_name="+")
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint("shared", "number", name="file_version_once")]
