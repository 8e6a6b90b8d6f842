"""Pages of communities. Other apps build their community pages on ``community_or_404`` and ``frame``."""

from .common import community_or_404, frame, listed_or_404

__all__ = ["community_or_404", "frame", "listed_or_404"]
