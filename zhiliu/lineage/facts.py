"""Facts of the lineage."""

from __future__ import annotations

from dataclasses import dataclass

from zhiliu.kit.contracts.facts import Fact


@dataclass(frozen=True, kw_only=True)
class Linked(Fact, name="lineage.linked"):
    """An object was linked to its source."""

    source_kind: str
    source_id: int
    target_kind: str
    target_id: int
