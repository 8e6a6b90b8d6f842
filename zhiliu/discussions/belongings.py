"""Questions move with their community."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from zhiliu.communities.belongings import Rows, belongs

from .models import Question


class Questions(Rows):
    """Questions with their answers."""

    key, name, models = "questions", _("Questions"), (Question,)


belongs(Questions, weight=12)
