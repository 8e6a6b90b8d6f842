"""News about articles for channels outside: published for everybody in the community."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhiliu.kit.contracts.community_news import News, news

from .facts import ArticlePublished
from .models import Article


def article_is_open(article_id: int) -> bool:
    """Return whether an article is published for everybody in the community."""
    rows = Article.objects.filter(pk=article_id, state=Article.State.PUBLISHED)
    return rows.exclude(audience=Article.Audience.NAMED).exists()


news.register(
    News(
        ArticlePublished,
        pgettext_lazy("news", "Articles published"),
        _("%(who)s published: %(title)s"),
        article_is_open,
    ),
    key="knowledge.published",
    weight=30,
)
