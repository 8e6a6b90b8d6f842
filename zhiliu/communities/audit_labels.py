"""Names of community settings in the audit."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhiliu.kit.contracts.audit import field_words

field_words |= {
    "slug": pgettext_lazy("audit", "Address"),
    "mark": _("Mark"),
    "purpose": _("Purpose"),
    "visibility": _("Who can read"),
    "admission": _("How to join"),
    "phase": _("State"),
    "merged_into": pgettext_lazy("audit", "Merged into"),
    "features": _("Switched on"),
    "offers_starter": pgettext_lazy("audit", "First announcement as a draft"),
    "sessions_a_month": _("Gatherings a month"),
    "started_at": pgettext_lazy("audit", "Started"),
    "by": pgettext_lazy("audit", "By"),
    "role": _("Role"),
    "rule": pgettext_lazy("audit", "Rule"),
    "member_limit": _("Maximum members"),
    "text": _("Text"),
    "people": pgettext_lazy("audit", "People"),
    "count": pgettext_lazy("audit", "How many"),
    "decision": pgettext_lazy("audit", "Decision"),
}
