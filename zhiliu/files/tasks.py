"""Previews of pictures are made outside the request."""

from __future__ import annotations

import logging

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django_tasks import task

from zhiliu.kit.system.confined import Overrun, confined
from zhiliu.kit.system.pictures import BadPicture, smaller

from .models import File, Preview

logger = logging.getLogger(__name__)
WIDTHS = (480, 1440)


@task()
def make_previews(file_id: int) -> None:
    """Create the previews that are narrower than the picture."""
    file = File.objects.get(pk=file_id)
    for width in WIDTHS:
        if not file.width or file.width <= width or Preview.objects.filter(file=file, width=width).exists():
            continue
        with default_storage.open(file.path) as content:
            original = content.read()
        try:
            small = confined(smaller, original, width)
        except (Overrun, BadPicture) as error:
            # Without a preview the picture itself is shown.
            if str(error) != "moving":
                # It passed the checks at upload.
                logger.warning("no preview of file %s: it takes too much, or is damaged", file.pk)
            return
        preview = Preview(file=file, width=width)
        if not default_storage.exists(preview.path):
            default_storage.save(preview.path, ContentFile(small))
        Preview.objects.get_or_create(file=file, width=width)
