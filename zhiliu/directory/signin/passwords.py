"""Passwords that are guessed first are refused: those that were found in breaches, and what is made of them."""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from ..models import Organisation, Person

# Fewer guesses than these, and somebody who tries at sign-in has it before long (zxcvbn, Wheeler 2016).
FEWEST_GUESSES = 1_000_000
# Longer ones are not looked at to the end: the time grows with the square.
LOOKED_AT = 72


class GuessableValidator:
    """Asks zxcvbn how many guesses a password takes: its 30,000 from breaches, names, keyboards, dates, repeats."""

    def validate(self, password: str, user: Person | None = None) -> None:
        """Look at a new password.

        Raises:
            ValidationError: ``password_too_easy``.
        """
        # Heavy: only whoever chooses a password needs it.
        from zxcvbn import zxcvbn

        words = [Organisation.current_name(), "zhiliu", "知流"]
        if user is not None:
            words += [user.name, user.handle, *re.split(r"[@._-]", user.email or ""), user.email or ""]
        if int(zxcvbn(password[:LOOKED_AT], user_inputs=words)["guesses"]) < FEWEST_GUESSES:
            raise ValidationError(_("This one is guessed quickly. Choose another."), code="password_too_easy")

    def get_help_text(self) -> str:
        """For forms of Django's own."""
        return _("Not one that is guessed quickly.")
