"""The audit's own labels."""

from django.utils.translation import pgettext_lazy

from zhiliu.kit.contracts.audit import field_words

field_words |= {"entries": pgettext_lazy("audit", "Entries")}
