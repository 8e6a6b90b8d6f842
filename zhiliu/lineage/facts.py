"""What happens to lines."""

from __future__ import annotations

from dataclasses import dataclass

from zhiliu.kit.contracts.facts import Fact


@dataclass(frozen=True, kw_only=True)
class Linked(Fact, name="lineage.linked"):
    """A thing was noted as having come out of another."""

    source_kind: str
    source_id: int
    target_kind: str
    target_id: int
