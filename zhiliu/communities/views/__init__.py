"""Pages of communities. ``community_or_404`` and ``frame`` serve the pages other apps build on a community."""

from .common import community_or_404, frame, listed_or_404

__all__ = ["community_or_404", "frame", "listed_or_404"]
