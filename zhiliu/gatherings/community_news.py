"""News about gatherings for channels outside: a gathering has its time."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhiliu.kit.contracts.community_news import News, news

from .facts import TimeFixed
from .inviting_elsewhere import is_posted_in

news.register(
    News(
        TimeFixed,
        pgettext_lazy("news", "Gatherings announced"),
        _("Gathering scheduled: %(title)s"),
        is_posted=is_posted_in,
    ),
    key="gatherings.fixed",
    weight=20,
)
