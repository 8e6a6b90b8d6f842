"""Gives the wheel the runtime dependencies that requirements/runtime.in names."""

from pathlib import Path

from hatchling.metadata.plugin.interface import MetadataHookInterface


class CustomMetadataHook(MetadataHookInterface):
    """Reads one list, so that there is one list."""

    def update(self, metadata):
        """Fill in ``dependencies``."""
        lines = (Path(self.root) / "requirements" / "runtime.in").read_text().splitlines()
        metadata["dependencies"] = [line for line in lines if line and not line.startswith("#")]
