"""Build articles with their history, uses and readings."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from django.db.models import Count

from zhiliu.directory.models import Person
from zhiliu.gatherings.models import Deposit, Gathering
from zhiliu.knowledge.drafting import library_of, organisation_library, show_to_readers
from zhiliu.knowledge.facts import ArticlePublished, ArticleUsed, DraftStarted
from zhiliu.knowledge.models import Article, Folder, Library, Publication, Reading, Revision, Use
from zhiliu.lineage.linking import link, note_new
from zhiliu.lineage.models import Link
from zhiliu.search.models import Tag

from .sources import Text, articles, read
from .stage import Stage

_LINK = re.compile(r"\]\(article:([a-z0-9-]+)\)")


def build(stage: Stage) -> None:
    """Create every article, then resolve the links between them, then add their uses."""
    texts = articles()
    for community in stage.communities.values():
        if community.has("library"):
            library_of(community)
    for text in texts:
        stage.articles[text.key] = _article(stage, text)
    note_new([("article", article.pk) for article in stage.articles.values()], 3)
    for text in texts:
        _resolve_links(stage, text)
        _history(stage, text)
        _line(stage, text)
    _uses(stage, read("uses"))
    _count_uses()
    _readings(stage)


def _library(stage: Stage, key: str) -> Library:
    return organisation_library() if key == "company" else library_of(stage.communities[key])


def _folder(library: Library, path: str | None) -> Folder | None:
    folder: Folder | None = None
    for name in [part for part in (path or "").split("/") if part]:
        folder, _new = Folder.objects.get_or_create(library=library, parent=folder, name=name)
    return folder


def _article(stage: Stage, text: Text) -> Article:
    front, library = text.front, _library(stage, text.front["library"])
    published = front["status"] == "published"
    at = stage.clock.at(front["day"], "17:20")
    verifier = stage.people.get(front.get("verified_by") or "")
    article = Article.objects.create(
        library=library,
        folder=_folder(library, front.get("folder")),
        template=front["template"],
        state=Article.State.PUBLISHED if published else Article.State.DRAFT,
        title=front["title"],
        claim=front["claim"],
        draft_title=front["title"],
        draft_claim=front["claim"],
        draft_markdown=text.body,
        owner=stage.people[front["owner"]],
        by=stage.people[front["owner"]],
        at=at,
        changed_at=at,
        published_at=at if published else None,
        review_on=stage.clock.today + dt.timedelta(days=front["review_day"])
        if front.get("review_day") is not None
        else None,
        verified_by=verifier,
        verified_at=at + dt.timedelta(days=2) if verifier else None,
        pinned_at=at + dt.timedelta(days=3) if front.get("pinned") else None,
    )
    article.authors.set({stage.people[key] for key in [front["owner"], *front["authors"]]})
    article.tags.set([Tag.objects.get_or_create(name=name)[0] for name in front.get("tags") or []])
    return article


def _resolve_links(stage: Stage, text: Text) -> None:
    article = stage.articles[text.key]
    article.draft_markdown = linked(stage, text.body)
    show_to_readers(article)
    article.save()


def linked(stage: Stage, text: str) -> str:
    """Return a text whose ``article:key`` links point to the articles."""
    return _LINK.sub(lambda found: f"]({stage.articles[found[1]].get_absolute_url()})", text)


def _history(stage: Stage, text: Text) -> None:
    article, front = stage.articles[text.key], text.front
    steps = [(article.at, article.owner, "")]
    steps += [
        (stage.clock.at(item["day"], "16:10"), stage.people[item["by"]], item["note"])
        for item in front.get("revised") or []
    ]
    for number, (at, by, note) in enumerate(steps, start=1):
        revision = Revision.objects.create(
            article=article,
            number=number,
            title=article.draft_title,
            claim=article.draft_claim,
            markdown=_earlier(article.draft_markdown, len(steps) - number),
            by=by,
            at=at,
            note=note,
        )
        if article.state == Article.State.PUBLISHED:
            Publication.objects.create(revision=revision, by=by, at=at)
            stage.tell(_published(article, revision, number == 1, by), at)
    if article.state == Article.State.DRAFT:
        community_id = article.library.community_id
        stage.tell(DraftStarted(article_id=article.pk, community_id=community_id, by_id=article.owner_id), article.at)
    Article.objects.filter(pk=article.pk).update(changed_at=steps[-1][0], version=len(steps))


def _published(article: Article, revision: Revision, first: bool, by: Person) -> ArticlePublished:
    return ArticlePublished(
        article_id=article.pk,
        revision_id=revision.pk,
        first=first,
        community_id=article.library.community_id,
        by_id=by.pk,
    )


def _earlier(markdown: str, steps_back: int) -> str:
    """Return the text some revisions ago, without its last paragraphs."""
    parts = markdown.split("\n\n")
    return "\n\n".join(parts[: max(2, len(parts) - steps_back)])


def _line(stage: Stage, text: Text) -> None:
    """Link the article to the gathering it came from, or else to the topic."""
    article, front = stage.articles[text.key], text.front
    gathering, topic = stage.gatherings.get(front.get("gathering") or ""), stage.topics.get(front.get("topic") or "")
    if gathering:
        _deposit(gathering, article)
    source = ("gathering", gathering.pk) if gathering else ("topic", topic.pk) if topic else None
    if source:
        with stage.moment(article.at):
            link(source, ("article", article.pk), by_id=article.owner_id)


def _deposit(gathering: Gathering, article: Article) -> None:
    Deposit.objects.get_or_create(
        gathering=gathering,
        defaults={
            "owner": article.owner,
            "due_on": article.at.date() + dt.timedelta(days=1),
            "article": article,
            "by": gathering.host,
            "at": gathering.held_at or article.at,
        },
    )


def _uses(stage: Stage, entries: list[dict[str, Any]]) -> None:
    uses = Use.objects.bulk_create(
        Use(
            article=stage.articles[entry["article"]],
            by=stage.people[entry["by"]],
            where=entry["where"],
            outcome=entry["outcome"],
            story=entry.get("story") or "",
            at=stage.clock.at(entry["day"], "18:05"),
        )
        for entry in entries
    )
    note_new([("use", use.pk) for use in uses], 4)
    for use in uses:
        with stage.moment(use.at):
            link(("article", use.article_id), ("use", use.pk), by_id=use.by_id, kind=Link.Kind.APPLIES)
        community_id = use.article.library.community_id
        fact = ArticleUsed(article_id=use.article_id, use_id=use.pk, community_id=community_id, by_id=use.by_id)
        stage.tell(fact, use.at)


def _count_uses() -> None:
    for article in Article.objects.annotate(used=Count("uses")).exclude(used=0).only("pk"):
        Article.objects.filter(pk=article.pk).update(use_count=article.used)


def _readings(stage: Stage) -> None:
    rows = []
    everybody = [*stage.people.values(), *stage.others]
    for article in Article.objects.published().select_related("library"):
        community = article.library.community
        near = stage.members[community.slug] if community else everybody
        age = max(1, (stage.clock.now - article.at).days)
        count = 6 + article.use_count * 5 + stage.chance.randint(0, 12)
        for person in stage.some(near, count, {article.owner_id or 0}):
            day = stage.clock.today - dt.timedelta(days=stage.chance.randint(0, age))
            rows.append(Reading(article=article, person=person, day=day))
    Reading.objects.bulk_create(rows, ignore_conflicts=True)
    for article in Article.objects.published():
        Article.objects.filter(pk=article.pk).update(read_count=article.readings.count())
