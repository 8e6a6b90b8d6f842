"""Add a resolved question to the FAQ in one step."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from zhiliu.directory.models import Person
from zhiliu.kit.contracts.facts import announce
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.errors import Refused
from zhiliu.knowledge.drafting import library_of, start_draft
from zhiliu.knowledge.models import Article
from zhiliu.knowledge.publishing import publish
from zhiliu.knowledge.rules import can_publish
from zhiliu.knowledge.writing_templates import GUIDES
from zhiliu.lineage.linking import link
from zhiliu.lineage.models import Link

from .facts import QuestionPutIntoFaq
from .models import FaqEntry, Question, Resolution
from .rules import can_put_into_faq


def put_into_faq(question: Question, *, by: Person) -> Article:
    """Turn a question and its accepted answer into an article, with both authors' names and a link back.

    It is published if ``by`` may publish in the library; otherwise it stays a draft. Idempotent.

    Raises:
        Forbidden: may not write in the community's library, or there is none. Refused: no answer was accepted.
    """
    require(can_put_into_faq, by, question)
    with transaction.atomic():
        # Row lock: two people doing it at once make one article.
        locked = Question.objects.select_for_update().get(pk=question.pk)
        faq_entry = FaqEntry.objects.filter(question=locked).select_related("article").first()
        if faq_entry is not None:
            return faq_entry.article
        resolution = Resolution.objects.filter(question=locked).select_related("answer__by", "question__by").first()
        if resolution is None:
            raise Refused(gettext_lazy("Accept an answer first."))
        article = _article_of(resolution, by)
        FaqEntry.objects.create(question=locked, article=article, by=by)
        link(("question", locked.pk), ("article", article.pk), by_id=by.pk, kind=Link.Kind.ANSWERS)
        announce(
            QuestionPutIntoFaq(
                question_id=locked.pk, article_id=article.pk, community_id=locked.community_id, by_id=by.pk
            )
        )
    return article


def _article_of(resolution: Resolution, by: Person) -> Article:
    question, answer = resolution.question, resolution.answer
    article = start_draft(
        library=library_of(question.community),
        title=question.title,
        markdown=faq_text(resolution),
        template=Article.Template.FAQ,
        authors=[answer.by] if answer.by else [],
        by=by,
    )
    if can_publish(by, article):
        publish(article, by=by)
        article.refresh_from_db()
    return article


def faq_text(resolution: Resolution) -> str:
    """Return the Markdown: the template's parts filled in, then asker and author with a link to the question."""
    question, answer = resolution.question, resolution.answer
    question_heading, answer_heading = (part.heading for part in GUIDES[Article.Template.FAQ].parts)
    paragraphs = [question.title if not question.body.strip() else question.body.strip()]
    reply = [answer.body.strip(), *([resolution.why] if resolution.why else [])]
    words = {
        "asker": question.by.name if question.by else pgettext("in an article", "a colleague"),
        "author": answer.by.name if answer.by else pgettext("in an article", "a colleague"),
        "url": question.get_absolute_url(),
    }
    source = _("Asked by %(asker)s, answered by %(author)s: [the question](%(url)s)") % words
    return "\n\n".join([f"## {question_heading}", *paragraphs, f"## {answer_heading}", *reply, "---", source]) + "\n"
