"""Pictures are made smaller outside the request."""

from __future__ import annotations

import io

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django_tasks import task

from .models import File, Preview

WIDTHS = (480, 1440)


@task()
def make_previews(file_id: int) -> None:
    """Make the smaller versions of a picture that is wider than they are."""
    from PIL import Image, ImageOps

    file = File.objects.get(pk=file_id)
    for width in WIDTHS:
        if not file.width or file.width <= width or Preview.objects.filter(file=file, width=width).exists():
            continue
        with default_storage.open(file.path) as content, Image.open(content) as picture:
            turned = ImageOps.exif_transpose(picture)
            turned.thumbnail((width, width * 4))
            out = io.BytesIO()
            turned.convert("RGBA" if "A" in turned.getbands() else "RGB").save(out, "WEBP", quality=82)
        preview = Preview(file=file, width=width)
        if not default_storage.exists(preview.path):
            default_storage.save(preview.path, ContentFile(out.getvalue()))
        Preview.objects.get_or_create(file=file, width=width)
