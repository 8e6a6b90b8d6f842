"""Models of knowledge."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from tree_queries.models import TreeNode
from tree_queries.query import TreeManager, TreeQuerySet

from zhiliu.communities.models import Community
from zhiliu.communities.reach import EVERY_EMPLOYEE, reach, readers
from zhiliu.communities.role_permissions import Permission
from zhiliu.directory.models import Person
from zhiliu.kit.web.addresses import address
from zhiliu.search.models import Tag

_HAN = re.compile(r"[\u3400-\u9fff]")
_LATIN_WORD = re.compile(r"[A-Za-z0-9][\w'-]*")


class LibraryQuerySet(models.QuerySet["Library"]):
    """Queries about libraries."""

    def visible_to(self, person: Person) -> LibraryQuerySet:
        """Return those of communities the person sees, and the organisation's one for employees."""
        inside = Q(community__isnull=False) & reach(person).community_q("community")
        return self.filter(inside if person.is_guest else inside | Q(community=None))


class Library(models.Model):  # type: ignore[django-manager-missing]  # that of trees is not known to the checker
    """A place for articles: one per community, and one for the whole organisation."""

    community = models.OneToOneField(Community, models.CASCADE, null=True, related_name="library")
    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=60)
    at = models.DateTimeField(default=timezone.now)

    objects: Any = LibraryQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name or str(_("The whole organisation"))

    def get_absolute_url(self) -> str:
        """Return the library's page."""
        return address("knowledge:library", self.slug)

    @staticmethod
    def slug_for(community: Community) -> str:
        """Return the slug of a community's library, whether it exists yet or not. Slugs never change."""
        # Two slugs are reserved: the organisation's library, and the page for a new article.
        return f"{community.slug}-1" if community.slug in ("company", "new") else community.slug


class FolderManager(TreeManager.from_queryset(TreeQuerySet)):  # type: ignore[misc]
    """Folders without tree fields by default."""

    _with_tree_fields = False


class Folder(TreeNode):
    """A branch of a library's tree."""

    library = models.ForeignKey(Library, models.CASCADE, related_name="folders")
    name = models.CharField(max_length=80)
    place = models.PositiveIntegerField(default=0, help_text="Its place beside its like, when it came in with one.")

    objects: ClassVar[FolderManager] = FolderManager()

    class Meta:
        ordering = ["place", "name"]
        constraints = [
            # Two constraints, because databases treat NULL parents as distinct.
            models.UniqueConstraint("library", "name", condition=Q(parent=None), name="top_folder_once"),
            models.UniqueConstraint(
                "library", "parent", "name", condition=Q(parent__isnull=False), name="folder_in_folder_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name


def written_by_q(people: Collection[int], path: str = "") -> Q:
    """Return a condition on articles that people own or wrote; ``path`` leads to the article, '' for Article.

    Each half has an index of its own: with a join for the authors, the database would read all articles.
    """
    authored = Article.authors.through.objects.filter(person__in=people).values("article")
    prefix = f"{path}__" if path else ""
    return Q(**{f"{prefix}owner__in": people}) | Q(**{f"{prefix}pk__in": authored})


class ArticleQuerySet(models.QuerySet["Article"]):
    """Queries about articles."""

    def visible_to(self, person: Person) -> ArticleQuerySet:
        """Return articles ``person`` may read; the twin of ``rules.can_see``.

        Published and archived ones by their audience; drafts by owner, authors, named readers and managers.
        """
        if person.is_admin:
            return self
        named = Article.named_readers.through.objects.filter(person=person)
        mine = written_by_q([person.pk]) | Q(pk__in=named.values("article"))
        member = Q(library__community_id__in=list(reach(person).all_roles))
        everybody = Q(audience=Article.Audience.LIBRARY) & (
            member
            if person.is_guest
            else member | Q(library__community=None) | Q(library__community__visibility="open")
        )
        by_audience = everybody | Q(audience=Article.Audience.MEMBERS) & member
        published = ~Q(state=Article.State.DRAFT) & by_audience
        # By role alone, without the phase: managers of archived communities can still read.
        keeps = [key for key in reach(person).all_roles if reach(person).may(Permission.MODERATE, key)]
        return self.filter(mine | published | Q(library__community_id__in=keeps))

    def published(self) -> ArticleQuerySet:
        """Return published ones."""
        return self.filter(state=Article.State.PUBLISHED)

    def pinned(self) -> ArticleQuerySet:
        """Return published ones that are pinned, the latest pin first."""
        return self.published().filter(pinned_at__isnull=False).order_by("-pinned_at", "-pk")


class Article(models.Model):
    """Something learned, written down.

    ``title`` to ``plain`` are what readers see: the published revision, or the draft before the first publication.
    ``draft_*`` is the working copy. ``version`` counts its changes and detects conflicting edits.
    """

    class State(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("article", "Draft")
        PUBLISHED = "published", pgettext_lazy("article", "Published")
        ARCHIVED = "archived", pgettext_lazy("article", "Archived")

    class Template(models.TextChoices):
        PLAIN = "plain", pgettext_lazy("article template", "Article")
        CASE = "case", pgettext_lazy("article template", "Case")
        SOP = "sop", pgettext_lazy("article template", "SOP")
        SESSION_SUMMARY = "session_summary", pgettext_lazy("article template", "Session summary")
        FAQ = "faq", pgettext_lazy("article template", "FAQ")

    class Audience(models.TextChoices):
        LIBRARY = "library", pgettext_lazy("audience", "Everyone who can see the library")
        MEMBERS = "members", pgettext_lazy("audience", "Members of the community")
        NAMED = "named", pgettext_lazy("audience", "Specific people only")

    library = models.ForeignKey(Library, models.CASCADE, related_name="articles")
    folder = models.ForeignKey(Folder, models.SET_NULL, null=True, blank=True, related_name="articles")
    place = models.PositiveIntegerField(default=0, help_text="In the contents it came in with, from 1; 0 for others.")
    template = models.CharField(max_length=16, choices=Template.choices, default=Template.PLAIN)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    audience = models.CharField(max_length=8, choices=Audience.choices, default=Audience.LIBRARY)
    named_readers = models.ManyToManyField(Person, related_name="+", blank=True)
    title = models.CharField(max_length=120)
    claim = models.CharField(max_length=200, blank=True)
    html = models.TextField(blank=True)
    plain = models.TextField(blank=True)
    headings = models.JSONField(default=list)
    draft_title = models.CharField(max_length=120)
    draft_claim = models.CharField(max_length=200, blank=True)
    draft_markdown = models.TextField(max_length=400_000, blank=True)
    version = models.PositiveIntegerField(default=1)
    owner = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="owned_articles")
    authors = models.ManyToManyField(Person, related_name="written_articles", blank=True)
    tags = models.ManyToManyField(Tag, related_name="articles", blank=True)
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)
    published_at = models.DateTimeField(null=True)
    review_on = models.DateField(null=True, blank=True)
    review_told_on = models.DateField(null=True, help_text="The review date its owner was told of; each is told once.")
    verified_by = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="+")
    verified_at = models.DateTimeField(null=True)
    pinned_at = models.DateTimeField(null=True, help_text="Since when it stands at the top of its library.")
    use_count = models.PositiveIntegerField(default=0)
    read_count = models.PositiveIntegerField(default=0)

    objects: Any = ArticleQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["library", "state", "-changed_at"], name="article_by_time"),
            models.Index(fields=["review_on"], name="article_by_review"),
            models.Index(fields=["state", "-published_at", "-id"], name="article_by_publication"),
            models.Index(fields=["state", "-use_count", "-id"], name="article_by_use"),
            models.Index(fields=["library", "state", "audience", "folder"], name="article_by_folder"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Return the article's page."""
        return address("knowledge:article", self.pk)

    @property
    def community(self) -> Community | None:
        """The community of its library, or None."""
        return self.library.community

    @property
    def has_unpublished_changes(self) -> bool:
        """Whether the working copy differs from what readers see."""
        latest = self.revisions.first()
        return latest is not None and not latest.is_published

    @property
    def is_overdue(self) -> bool:
        """Whether its review date has passed."""
        return self.review_on is not None and self.review_on < timezone.localdate()

    @property
    def minutes(self) -> int:
        """Reading time in minutes: 400 Chinese characters or 200 words a minute."""
        words = len(_LATIN_WORD.findall(self.plain))
        han = len(_HAN.findall(self.plain))
        return max(1, round(han / 400 + words / 200))

    def readers(self) -> list[str]:
        """Return permission keys for the search index."""
        own = [f"p{person.pk}" for person in [*self.authors.all(), *self.named_readers.all()]]
        own += ["admins", *([f"p{self.owner_id}"] if self.owner_id else [])]
        community = self.library.community
        if self.state == self.State.DRAFT or self.audience == self.Audience.NAMED:
            return own
        if self.audience == self.Audience.MEMBERS:
            return [*own, f"c{community.pk}"] if community is not None else own
        return [*own, *(readers(community) if community is not None else [EVERY_EMPLOYEE])]


class ImportedPage(models.Model):
    """A document imported into a library, and its article. Importing the document again updates the article."""

    library = models.ForeignKey(Library, models.CASCADE, related_name="imported_pages", db_index=False)
    source = models.CharField(max_length=500, help_text="Its path in what was brought.")
    article = models.OneToOneField(Article, models.CASCADE, related_name="imported_page")
    digest = models.CharField(max_length=64, blank=True, help_text="Of the document; empty while there is only room.")
    written = models.CharField(max_length=64, help_text="Of the working copy as the import left it.")
    origin = models.CharField(max_length=200, blank=True, help_text="What it was brought with: a top folder or a file.")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint("library", "source", name="imported_page_once")]
        indexes = [models.Index(fields=["library", "origin"], name="imported_page_by_origin")]

    def __str__(self) -> str:
        return self.source


class Revision(models.Model):
    """A state of an article's text: by whom, when and why."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=120)
    claim = models.CharField(max_length=200, blank=True)
    markdown = models.TextField(max_length=400_000, blank=True)
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    note = models.CharField(max_length=200, blank=True)
    restored_from = models.ForeignKey("self", models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint("article", "number", name="revision_once")]

    def __str__(self) -> str:
        return f"{self.article_id} r{self.number}"

    @property
    def is_published(self) -> bool:
        """Whether it was published."""
        return hasattr(self, "publication")


class Publication(models.Model):
    """The publication of a revision."""

    revision = models.OneToOneField(Revision, models.CASCADE, related_name="publication")
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)


class Review(models.Model):
    """A check that an article still holds."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="reviews")
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    next_on = models.DateField(null=True)
    verifies = models.BooleanField(default=False)


class Use(models.Model):
    """ "I used this": where, and the outcome."""

    class Outcome(models.TextChoices):
        WORKED = "worked", pgettext_lazy("use", "It worked")
        FAILED = "failed", pgettext_lazy("use", "It didn’t help")
        UNKNOWN = "unknown", pgettext_lazy("use", "No result yet")

    article = models.ForeignKey(Article, models.CASCADE, related_name="uses")
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="uses")
    where = models.CharField(_("where"), max_length=60)
    outcome = models.CharField(max_length=8, choices=Outcome.choices, default=Outcome.UNKNOWN)
    story = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["article", "-at"], name="use_by_time")]
        constraints = [models.UniqueConstraint("article", "by", "where", name="use_once")]

    def __str__(self) -> str:
        return self.where

    def get_absolute_url(self) -> str:
        """Return the use's anchor on the article's page."""
        return f"{address('knowledge:article', self.article_id)}#use-{self.pk}"


class Reading(models.Model):
    """A reading of an article, counted once a day."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="readings")
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    day = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint("article", "person", "day", name="reading_once")]


class Acknowledgement(models.Model):
    """A member's confirmation that they have read the published revision of an SOP."""

    publication = models.ForeignKey(Publication, models.CASCADE, related_name="acknowledgements")
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint("publication", "person", name="acknowledged_once")]
