"""Refuses easily guessed passwords: those found in breaches, and their variations."""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from zhiliu.kit.text.chinese_text import has_han, initials, readings

from ..models import Organisation, Person

# With fewer guesses, an attacker at sign-in succeeds before long (zxcvbn, Wheeler 2016).
FEWEST_GUESSES = 1_000_000
# Only the start of longer ones is checked: the time grows quadratically.
LOOKED_AT = 72
# Frequent in breaches of Chinese sites; zxcvbn, based on English ones, lacks them or ranks them as rare.
_FAVOURITES = """
woaini aini wo ai 1314 520 521 5201314 1314520 1314521 5211314 woaiwojia woaini1314 woaizhongguo wocaonima caonima
nihao tamade baobei baobao laopo laogong laoma mama baba jiating qinaide qq qaz aa asd zxc qwe abc mima wodemima
zhongguo china beijing shanghai guangzhou shenzhen xiaoming xiaoxiao tiantian kaixin xingfu meimei gege jiayou
wobuzhidao wojiushiwo woshishui woxihuanni haoren dashen pingan facai gongxi xinnian gongsi admin huawei tencent
wang li zhang liu chen yang huang zhao wu zhou 123 1234 123456 123456789 666 888 888888 666666 147258369
"""
FAVOURITES = _FAVOURITES.split()
_READINGS = 3
_LONGEST_ORGANISATION = 12
# Attackers also guess a separator between two words.
_BETWEEN = re.compile(r"[@._\-!#$*&+=~]")


class GuessableValidator:
    """Estimates with zxcvbn how many guesses a password takes: 30,000 from breaches, names, keyboards, dates, repeats.

    Names count as typed and in pinyin; favourites of Chinese sites are added.
    """

    def validate(self, password: str, user: Person | None = None) -> None:
        """Validate a new password.

        Raises:
            ValidationError: ``password_too_easy``.
        """
        # A heavy import that only setting a password needs.
        from zxcvbn import zxcvbn

        words = [*_own_words(user), *FAVOURITES]
        forms = {password[:LOOKED_AT], _BETWEEN.sub("", password)[:LOOKED_AT]} - {""}
        if min(int(zxcvbn(form, user_inputs=words)["guesses"]) for form in forms) < FEWEST_GUESSES:
            raise ValidationError(_("This one is easy to guess. Choose another."), code="password_too_easy")

    def get_help_text(self) -> str:
        """Return the help text for Django's own forms."""
        return _("Not an easy one to guess.")


def _own_words(user: Person | None) -> list[str]:
    """Return what colleagues would guess first: names of the person and the organisation, likeliest first."""
    organisation = Organisation.current_name()
    words = ["zhiliu", "知流", organisation, *initials(organisation), *_read_out(organisation)]
    if user is not None:
        words = [*_typed(user.name), user.handle, *re.split(r"[@._-]", user.email or ""), user.email or "", *words]
    return [word for word in dict.fromkeys(words) if word]


def _read_out(organisation: str) -> Iterator[str]:
    """Yield readings of the name and of possible short names: for 深圳云帆制造有限公司 people type yunfan."""
    starts = range(min(len(organisation), _LONGEST_ORGANISATION)) if has_han(organisation) else ()
    for word in (organisation, *(organisation[start : start + n] for n in (2, 3, 4) for start in starts)):
        yield from readings(word)[:1]


def _typed(name: str) -> Iterator[str]:
    """Yield a name as people type it: 张伟 is zw, zhangwei, weizhang, zhangw, weiz."""
    parts = list("".join(name.split())) if has_han(name) else name.split()
    # Some surnames have two characters.
    halves = [("".join(parts[:end]), "".join(parts[end:])) for end in (1, 2) if parts[end:]]
    pairs = [(name, ""), *halves, *((given_name, surname) for surname, given_name in halves)]
    for style in (initials, readings):
        for before, behind in pairs:
            yield from _joined(style(before), style(behind))
    for before, behind in pairs:
        yield from _joined(readings(before), initials(behind))
        yield from _joined(initials(before), readings(behind))
        yield from readings(before)


def _joined(before: list[str], behind: list[str]) -> Iterator[str]:
    """Combine the likeliest readings of both halves."""
    return (first + second for first in before[:_READINGS] for second in behind[:_READINGS] or [""])
