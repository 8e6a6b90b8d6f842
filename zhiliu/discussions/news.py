"""What of questions is worth telling outside: asked, answered, resolved."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhiliu.kit.news import News, news

from .facts import AnswerAccepted, QuestionAnswered, QuestionAsked

news.put(
    News(QuestionAsked, pgettext_lazy("news", "Questions asked"), _("%(who)s asks: %(title)s")),
    key="discussions.asked",
    weight=10,
)
news.put(
    News(QuestionAnswered, pgettext_lazy("news", "Questions answered"), _("%(who)s answered: %(title)s")),
    key="discussions.answered",
    weight=11,
)
news.put(
    News(AnswerAccepted, pgettext_lazy("news", "Questions resolved"), _("Resolved: %(title)s")),
    key="discussions.resolved",
    weight=12,
)
