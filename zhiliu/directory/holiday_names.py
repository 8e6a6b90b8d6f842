"""Names of public holidays in the reader's language; stored in Chinese, as the State Council publishes them."""

from __future__ import annotations

import re

from django.utils.translation import get_language, gettext_lazy, pgettext
from django.utils.translation import gettext as _

NAMES = {
    "元旦": gettext_lazy("New Year’s Day"),
    "农历除夕": gettext_lazy("Lunar New Year’s Eve"),
    "春节": gettext_lazy("Spring Festival"),
    "春节延长假期": gettext_lazy("Extended Spring Festival"),
    "清明节": gettext_lazy("Qingming Festival"),
    "劳动节": gettext_lazy("Labour Day"),
    "端午节": gettext_lazy("Dragon Boat Festival"),
    "中秋节": gettext_lazy("Mid-Autumn Festival"),
    "国庆节": gettext_lazy("National Day"),
    "休息日": gettext_lazy("Day off"),
    "调休上班": gettext_lazy("Adjusted working day"),
}
_OBSERVED = "（补假）"
_SWAPPED = re.compile(r"休息日（由 (\d{4}-\d\d-\d\d) 调休）")
_BETWEEN = re.compile(r"、|; ")


def holiday_name(name: str) -> str:
    """Return a stored name in the reader's language; names people entered themselves stay."""
    if (get_language() or "").startswith("zh"):
        return name
    return pgettext("between names of holidays", ", ").join(_translated(part) for part in _BETWEEN.split(name))


def _translated(name: str) -> str:
    if swapped := _SWAPPED.fullmatch(name):
        return _("Day off (worked on %(day)s instead)") % {"day": swapped[1]}
    if name.endswith(_OBSERVED):
        return _("%(name)s (observed)") % {"name": _translated(name.removesuffix(_OBSERVED))}
    return str(NAMES.get(name, name))
