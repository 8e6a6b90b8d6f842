"""What the audit of imports names."""

from django.utils.translation import gettext_lazy as _

from zhiliu.kit.contracts.audit import field_words

field_words |= {"lines": _("Lines")}
