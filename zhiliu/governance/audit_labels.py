"""Audit labels of governance."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhiliu.kit.contracts.audit import field_words

field_words |= {
    "title": _("Title"),
    "why": pgettext_lazy("audit", "Why"),
    "measure": pgettext_lazy("audit", "How to measure it"),
    "owner": pgettext_lazy("audit", "Owner"),
    "ends_on": pgettext_lazy("audit", "Due"),
    "closed_at": pgettext_lazy("audit", "Closed"),
    "at": pgettext_lazy("audit", "Time"),
    "community": _("Community"),
    "year": pgettext_lazy("audit", "Year"),
    "amount": pgettext_lazy("audit", "Amount"),
    "line": pgettext_lazy("audit", "Budget line"),
    "on": pgettext_lazy("audit", "Day"),
    "what": pgettext_lazy("audit", "What for"),
    "bought": pgettext_lazy("audit", "Spent on"),
    "gathering_id": pgettext_lazy("audit", "Gathering"),
    "receipt": pgettext_lazy("audit", "Receipt"),
    "taken_back_at": pgettext_lazy("audit", "Withdrawn"),
    "rhythm": pgettext_lazy("audit", "Rhythm"),
}
