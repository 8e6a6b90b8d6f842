"""Facts of the audit itself."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import pgettext_lazy

from zhiliu.kit.contracts.facts import Fact


@dataclass(frozen=True, kw_only=True)
class AuditExported(Fact, name="audit.audit_exported"):
    """Entries of the audit were exported."""

    administrative = pgettext_lazy("audit", "Audit exported")
