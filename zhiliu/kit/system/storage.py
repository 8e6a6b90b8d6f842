"""Writes files to the storage, and says so when the disk is full."""

from __future__ import annotations

import errno
import logging
from typing import IO

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.utils.translation import gettext_lazy as _

from ..errors import Refused

logger = logging.getLogger(__name__)


def store_file(content: IO[bytes], path: str) -> None:
    """Write a new file.

    Raises:
        Refused: the disk is full.
    """
    content.seek(0)
    try:
        default_storage.save(path, File(content))
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        # Delete the partial file, so that it is not taken for the whole content next time.
        default_storage.delete(path)
        logger.critical("the disk is full: %s could not be kept", path)
        raise Refused(_("The disk is full and the file wasn’t saved. An administrator has to free up space.")) from None
