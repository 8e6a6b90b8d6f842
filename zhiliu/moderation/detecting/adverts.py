"""Adverts: contact details, prices and typical advertising words.

Colleagues exchange phone numbers, prices and links all day. One sign says nothing; several make an advert only with a
sign that is rare at work (a messenger account to add, words that offer something for money).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from . import STRONG, WEAK, Detector, DetectorFinding, Submission, detectors

_LINK = re.compile(r"(?:https?://|www\.)[^\s<>()\u3000-\u303f\uff00-\uffef\u4e00-\u9fff]+")
# Digits of a mobile number, with blanks and dashes meant to disguise it.
_PHONE = re.compile(r"(?<!\d)(?:\+?86[- ]?)?1[3-9]\d(?:[- .]?\d){8}(?!\d)")
_ACCOUNT = re.compile(
    r"(?:微信号?|薇信|威信|vx|v信|wechat|weixin|qq(?:群|号)?|扣扣|企鹅号|加[vq微])\s*(?:号|群|是|[:：])*\s*[:：]?\s*"
    r"[a-z0-9][-_a-z0-9]{4,19}"
)
_PRICE = re.compile(r"[¥￥$]\s?\d|\d\s?(?:元|块钱?|rmb)(?!件|素|组|器)|\d\s?折(?!线|叠)")
_OFFER = re.compile(
    r"加[我个]?(?:微信|薇信|vx|v信|好友|qq|群)|扫码(?:进群|加|领)|私聊(?:我|下单)?|代购|代理|微商|兼职|日结|返利|返现|刷单|"
    r"优惠券|内部价|批发价|清仓|包邮|秒杀|限时|下单|拼团|推广码|邀请码|免费领|躺赚|稳赚|高回报|贷款|信用卡套现|代开发票|办证"
)
MANY_OFFERS = 3
# Signs that are rare in texts about work.
_TELLING = {"account", "offer"}


def _own_hosts() -> set[str]:
    return {host.lstrip(".").lower() for host in settings.ALLOWED_HOSTS}


def outside_links(folded: str) -> list[str]:
    """Return the hosts of external links."""
    hosts = []
    for link in _LINK.findall(folded):
        try:
            host = urlsplit(link if "//" in link else f"//{link}").hostname or ""
        except ValueError:
            continue
        if host and host not in _own_hosts():
            hosts.append(host)
    return list(dict.fromkeys(hosts))


def _repeats(folded: str) -> bool:
    """Return True if the text repeats its lines."""
    lines = [line.strip() for line in folded.splitlines() if len(line.strip()) >= 6]
    return len(lines) >= 3 and len(set(lines)) * 2 <= len(lines)


_SIGNS: dict[str, Callable[[str], bool]] = {
    "link": lambda folded: bool(outside_links(folded)),
    "phone": lambda folded: bool(_PHONE.search(folded)),
    "account": lambda folded: bool(_ACCOUNT.search(folded)),
    "price": lambda folded: bool(_PRICE.search(folded)),
    "offer": lambda folded: bool(_OFFER.search(folded)),
    "offers": lambda folded: len(set(_OFFER.findall(folded))) >= MANY_OFFERS,
    "repeats": _repeats,
}
_WORDS = {
    "link": pgettext_lazy("sign of an advert", "an outside link"),
    "phone": pgettext_lazy("sign of an advert", "a phone number"),
    "account": pgettext_lazy("sign of an advert", "a WeChat or QQ account"),
    "price": pgettext_lazy("sign of an advert", "a price"),
    "offer": pgettext_lazy("sign of an advert", "sales phrases"),
    "offers": pgettext_lazy("sign of an advert", "repeated signs"),
    "repeats": pgettext_lazy("sign of an advert", "the same line again and again"),
}


@lru_cache(maxsize=256)
def signs_of(folded: str) -> tuple[str, ...]:
    """Return the signs of an advert in a folded text, in a fixed order."""
    return tuple(name for name, has in _SIGNS.items() if has(folded))


def look(submission: Submission) -> DetectorFinding | None:
    """Two signs including a telling one are a reason, three a strong one."""
    signs = signs_of(submission.folded)
    telling = _TELLING.intersection(signs)
    if len(signs) < 2 or not telling:
        return None
    details: dict[str, Any] = {"signs": list(signs), "newcomer": submission.is_newcomer}
    # A newcomer has no record yet: their adverts are held first.
    strong = len(signs) >= 3 or submission.is_newcomer
    return DetectorFinding("adverts", STRONG if strong else WEAK, details)


def tell(details: dict[str, Any]) -> str:
    """Name the signs."""
    signs = _(", ").join(str(_WORDS[sign]) for sign in details.get("signs", ()) if sign in _WORDS)
    if details.get("newcomer"):
        return _("Looks like an ad from a newcomer: %(signs)s") % {"signs": signs}
    return _("Looks like an ad: %(signs)s") % {"signs": signs}


detectors.register(
    Detector(
        "adverts",
        pgettext_lazy("detector", "Ads"),
        gettext_lazy("Outside links, accounts to add, prices and sales phrases in combination."),
        look,
        tell,
    ),
    key="adverts",
    weight=10,
)
