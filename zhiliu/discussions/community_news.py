"""News about questions for channels outside: asked, answered, resolved."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhiliu.kit.contracts.community_news import News, news

from .facts import AnswerAccepted, QuestionAnswered, QuestionAsked
from .models import Question


def question_is_open(question_id: int) -> bool:
    """Return whether a question stands. Everybody who sees the community then sees it."""
    return Question.objects.standing().filter(pk=question_id).exists()


news.register(
    News(QuestionAsked, pgettext_lazy("news", "Questions asked"), _("%(who)s asked: %(title)s"), question_is_open),
    key="discussions.asked",
    weight=10,
)
news.register(
    News(
        QuestionAnswered,
        pgettext_lazy("news", "Questions answered"),
        _("%(who)s answered: %(title)s"),
        question_is_open,
    ),
    key="discussions.answered",
    weight=11,
)
news.register(
    News(AnswerAccepted, pgettext_lazy("news", "Questions resolved"), _("Resolved: %(title)s"), question_is_open),
    key="discussions.resolved",
    weight=12,
)
