"""What of questions is worth telling outside: asked, answered, resolved."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhiliu.kit.news import News, news

from .facts import AnswerAccepted, QuestionAnswered, QuestionAsked
from .models import Question


def is_open(question_id: int) -> bool:
    """Whether a question stands; who sees the community sees it then."""
    return Question.objects.standing().filter(pk=question_id).exists()


news.put(
    News(QuestionAsked, pgettext_lazy("news", "Questions asked"), _("%(who)s asked: %(title)s"), is_open),
    key="discussions.asked",
    weight=10,
)
news.put(
    News(QuestionAnswered, pgettext_lazy("news", "Questions answered"), _("%(who)s answered: %(title)s"), is_open),
    key="discussions.answered",
    weight=11,
)
news.put(
    News(AnswerAccepted, pgettext_lazy("news", "Questions resolved"), _("Resolved: %(title)s"), is_open),
    key="discussions.resolved",
    weight=12,
)
