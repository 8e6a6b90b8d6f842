"""Labels of moderation in the audit."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhiliu.kit.contracts.audit import field_words

field_words |= {
    "person": pgettext_lazy("audit", "Person"),
    "reason": pgettext_lazy("audit", "Reason"),
    "starts_at": pgettext_lazy("audit", "Since"),
    "until": pgettext_lazy("audit", "Until"),
    "about_kind": pgettext_lazy("audit", "Type"),
    "about_id": pgettext_lazy("audit", "Subject"),
    "lifted_at": pgettext_lazy("audit", "Ended"),
    "lifted_by": pgettext_lazy("audit", "Ended by"),
    "role_before": pgettext_lazy("audit", "Role before"),
    "outcome": pgettext_lazy("audit", "Outcome"),
    "answer": pgettext_lazy("audit", "Answer"),
    "words": pgettext_lazy("audit", "Words"),
    "modes": pgettext_lazy("audit", "Detector settings"),
    "newcomer_limit": _("Messages an hour in the first 7 days"),
    "member_limit": _("Messages an hour after that"),
    "fits": _("Suggested for"),
}
