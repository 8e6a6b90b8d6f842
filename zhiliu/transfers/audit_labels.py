"""Names of import fields in the audit."""

from django.utils.translation import gettext_lazy as _

from zhiliu.kit.contracts.audit import field_words

field_words |= {"lines": _("Lines")}
