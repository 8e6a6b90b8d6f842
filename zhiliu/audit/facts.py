"""What happens to the audit."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import pgettext_lazy

from zhiliu.kit.contracts.facts import Fact


@dataclass(frozen=True, kw_only=True)
class AuditExported(Fact, name="audit.audit_exported"):
    """Somebody took entries of the audit as a file."""

    administrative = pgettext_lazy("audit", "Audit exported")
