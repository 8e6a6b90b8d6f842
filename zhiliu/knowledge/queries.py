"""Queries behind the pages of libraries and articles."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from zhiliu.communities.models import Community, Membership
from zhiliu.communities.reach import reach
from zhiliu.communities.role_permissions import Feature, Permission
from zhiliu.directory.models import Person
from zhiliu.kit.contracts.object_types import ObjectCard, cards_for
from zhiliu.kit.web.http import key_of
from zhiliu.kit.web.table_export import day_cell
from zhiliu.lineage.linking import walk
from zhiliu.lineage.timeline import Timeline, glyphs_for
from zhiliu.search.models import Tag, TagFollow

from .models import Acknowledgement, Article, ArticleQuerySet, Folder, Library, Publication, Revision, Use, written_by_q

SHOWS = ("published", "drafts", "archived", "due")


@dataclass
class ArticleRow:
    """An article in a list, with the progress of its line."""

    article: Article
    line: Timeline


@dataclass
class Branch:
    """A folder in the tree: its depth, and how many articles the viewer may see in it and below."""

    folder: Folder
    depth: int
    count: int
    name: str


def article_rows(articles: Iterable[Article]) -> list[ArticleRow]:
    """Return rows with their lines, in one more query."""
    articles = list(articles)
    lines = glyphs_for(("article", article.pk) for article in articles)
    return [ArticleRow(article, lines["article", article.pk]) for article in articles]


def article_list(viewer: Person) -> ArticleQuerySet:
    """Return the articles a viewer may read, with everything a row shows."""
    return Article.objects.visible_to(viewer).select_related("library__community", "owner", "folder")


def in_library(
    library: Library, viewer: Person, *, show: str = "published", template: str = "", tag: str = "", folder: int = 0
) -> QuerySet[Article]:
    """Return articles of a library.

    Args:
        show: one of :data:`SHOWS`. template, tag: filters; '' for all. folder: includes its subfolders.
    """
    rows = article_list(viewer).filter(library=library)
    today = timezone.localdate()
    states = {
        "drafts": Q(state=Article.State.DRAFT),
        "archived": Q(state=Article.State.ARCHIVED),
        "due": Q(state=Article.State.PUBLISHED, review_on__lt=today),
    }
    rows = rows.filter(states.get(show, Q(state=Article.State.PUBLISHED)))
    if template in Article.Template.values:
        rows = rows.filter(template=template)
    if tag:
        rows = rows.filter(tags__name=tag)
    if folder:
        rows = rows.filter(folder__in=_below(library, folder))
    return rows


def pinned_in(library: Library, viewer: Person) -> list[Article]:
    """Return the pinned articles of a library the viewer may read."""
    return list(article_list(viewer).pinned().filter(library=library))


def _below(library: Library, folder: int) -> list[int]:
    """Return the ids of a folder and everything below it."""
    parents = dict(Folder.objects.without_tree_fields().filter(library=library).values_list("pk", "parent_id"))
    keys = {folder} & set(parents)
    size = -1
    while size != len(keys):
        size = len(keys)
        keys |= {key for key, parent in parents.items() if parent in keys}
    return list(keys)


def folder_tree(library: Library, viewer: Person) -> list[Branch]:
    """Return the folders that hold something the viewer may read, as a flat list with depths."""
    folders = list(Folder.objects.without_tree_fields().filter(library=library).order_by("place", "name")[:500])
    rows = Article.objects.visible_to(viewer).published().filter(library=library, folder__isnull=False)
    counts = dict(rows.order_by().values_list("folder").annotate(n=Count("pk")))
    children: dict[int | None, list[Folder]] = {}
    for folder in folders:
        children.setdefault(folder.parent_id, []).append(folder)
    return [
        branch for root in children.get(None, []) for branch in _branches(root, children, counts, 0) if branch.count
    ]


def _branches(
    folder: Folder, children: dict[int | None, list[Folder]], counts: dict[int, int], depth: int
) -> list[Branch]:
    below = [
        branch for child in children.get(folder.pk, []) for branch in _branches(child, children, counts, depth + 1)
    ]
    inside = sum(branch.count for branch in below if branch.depth == depth + 1)
    return [Branch(folder, depth, counts.get(folder.pk, 0) + inside, folder.name), *below]


def folder_path(folder: Folder | None) -> list[Folder]:
    """Return a folder and its ancestors, from the top."""
    folders: list[Folder] = []
    while folder is not None and len(folders) < 20:
        folders.insert(0, folder)
        folder = folder.parent
    return folders


def tags_of(library: Library, viewer: Person, limit: int = 24) -> list[Tag]:
    """Return the tags of a library's articles, most used first."""
    seen = Article.objects.visible_to(viewer).published().filter(library=library)
    rows = Tag.objects.filter(articles__in=seen.values("pk")).annotate(
        n=Count("articles", filter=Q(articles__library=library))
    )
    return list(rows.order_by("-n", "name")[:limit])


def tags_within_reach(viewer: Person) -> QuerySet[Tag]:
    """Return tags with a published article the viewer may read, and tags the viewer follows."""
    seen = Article.objects.visible_to(viewer).published().filter(tags=OuterRef("pk"))
    followed = TagFollow.objects.filter(tag=OuterRef("pk"), by=viewer)
    return Tag.objects.filter(Exists(seen) | Exists(followed))


def tagged(tag: Tag, viewer: Person) -> QuerySet[Article]:
    """Return published articles under a tag that the viewer may read."""
    return article_list(viewer).published().filter(tags=tag)


def library_counts(library: Library, viewer: Person) -> dict[str, int]:
    """Return how many published, draft, archived and due articles the viewer may see."""
    rows = Article.objects.visible_to(viewer).filter(library=library)
    today = timezone.localdate()
    counted: dict[str, int] = rows.aggregate(
        published=Count("pk", filter=Q(state=Article.State.PUBLISHED)),
        drafts=Count("pk", filter=Q(state=Article.State.DRAFT)),
        archived=Count("pk", filter=Q(state=Article.State.ARCHIVED)),
        due=Count("pk", filter=Q(state=Article.State.PUBLISHED, review_on__lt=today)),
    )
    return counted


@dataclass
class LibraryRow:
    """A library as the knowledge page lists it."""

    name: str
    url: str
    community: Community | None
    count: int


def library_rows(viewer: Person) -> list[LibraryRow]:
    """Return the libraries a viewer can open: the organisation's, their own communities', then the others."""
    from django.urls import reverse

    counts = dict(
        Article.objects.visible_to(viewer)
        .published()
        .order_by()
        .values_list("library__community")
        .annotate(n=Count("pk"))
    )
    slugs = dict(Library.objects.filter(community__isnull=False).values_list("community", "slug"))
    communities = Community.objects.without_tree_fields().visible_to(viewer).exclude(phase=Community.Phase.ARCHIVED)
    rows = [
        LibraryRow(
            community.name,
            reverse("knowledge:library", args=[slugs.get(community.pk, community.slug)]),
            community,
            counts.get(community.pk, 0),
        )
        for community in communities.order_by("name")[:200]
        if community.has(Feature.LIBRARY)
    ]
    mine = reach(viewer).roles
    rows.sort(key=lambda row: (row.community is None or row.community.pk not in mine, -row.count))
    if viewer.is_guest:
        return rows
    whole = LibraryRow(
        _("The whole organisation"), reverse("knowledge:library", args=["company"]), None, counts.get(None, 0)
    )
    return [whole, *rows]


def newest(viewer: Person, limit: int = 6) -> list[Article]:
    """Return the latest published articles."""
    return list(article_list(viewer).published().order_by("-published_at", "-pk")[:limit])


def most_used(viewer: Person, limit: int = 6) -> list[Article]:
    """Return the articles used most."""
    return list(article_list(viewer).published().filter(use_count__gt=0).order_by("-use_count", "-pk")[:limit])


def due_for_review(viewer: Person, limit: int = 6) -> list[Article]:
    """Return published articles past their review date that the viewer owns or may verify."""
    rows = article_list(viewer).published().filter(review_on__lt=timezone.localdate())
    if not viewer.is_admin:
        rows = rows.filter(Q(owner=viewer) | Q(library__community_id__in=_kept(viewer)))
    return list(rows.order_by("review_on", "pk")[:limit])


def _kept(viewer: Person) -> list[int]:
    return [key for key in reach(viewer).all_roles if reach(viewer).may(Permission.VERIFY_ARTICLE, key)]


def my_drafts(viewer: Person, limit: int = 6) -> list[Article]:
    """Return drafts the viewer owns or writes."""
    rows = article_list(viewer).filter(written_by_q([viewer.pk]), state=Article.State.DRAFT)
    return list(rows.order_by("-changed_at", "-pk")[:limit])


def writable_libraries(person: Person) -> list[tuple[str, str]]:
    """Return (slug, name) of the libraries a person may write in."""
    if person.is_guest:
        return []
    rows = Community.objects.without_tree_fields().exclude(phase=Community.Phase.ARCHIVED).order_by("name")
    keys = [key for key in reach(person).all_roles if reach(person).may(Permission.PUBLISH, key)]
    mine = [row for row in rows.filter(pk__in=keys) if row.has(Feature.LIBRARY)]
    slugs = dict(Library.objects.filter(community__in=mine).values_list("community", "slug"))
    return [
        *((slugs.get(community.pk, community.slug), community.name) for community in mine),
        ("company", _("The whole organisation")),
    ]


def libraries_to_import_into(person: Person) -> list[Library]:
    """Return libraries a person may import documents into, each created on first use."""
    from .drafting import library_of, organisation_library
    from .rules import can_import

    if person.is_guest:
        return []
    rows = Community.objects.without_tree_fields().exclude(phase=Community.Phase.ARCHIVED).order_by("name")
    # Administrators may import everywhere, even without a role.
    rows = rows if person.is_admin else rows.filter(pk__in=list(reach(person).all_roles))
    mine = [row for row in rows if row.has(Feature.LIBRARY) and reach(person).may(Permission.MODERATE, row.pk)]
    existing = {
        library.community_id: library
        for library in Library.objects.filter(community__in=mine).select_related("community")
    }
    others = Library.objects.filter(community=None).exclude(slug="company").order_by("name")
    whole = [organisation_library(), *others] if person.is_admin else []
    libraries = [*whole, *(existing.get(community.pk) or library_of(community) for community in mine)]
    return [library for library in libraries if can_import(person, library)]


# ---- one article -----------------------------------------------------------------------------------------------------


@dataclass
class Uses:
    """The newest uses of an article, and the number of each outcome."""

    rows: list[Use]
    total: int
    worked: int
    failed: int
    unknown: int

    @property
    def sentence(self) -> str:
        """The number of each outcome in words, without zeros."""
        parts = [
            (self.worked, ngettext("%(n)s worked", "%(n)s worked", self.worked)),
            (self.failed, ngettext("%(n)s didn’t help", "%(n)s didn’t help", self.failed)),
            (self.unknown, ngettext("%(n)s result pending", "%(n)s results pending", self.unknown)),
        ]
        return pgettext("between parts", ", ").join(words % {"n": count} for count, words in parts if count)


def uses_of(article: Article, limit: int = 50) -> Uses:
    """Return uses, failures included, newest first."""
    counts: dict[str, int] = dict(article.uses.order_by().values_list("outcome").annotate(n=Count("pk")))
    worked, failed = counts.get(Use.Outcome.WORKED, 0), counts.get(Use.Outcome.FAILED, 0)
    total = sum(counts.values())
    rows = list(article.uses.select_related("by__department").order_by("-at", "-pk")[:limit])
    return Uses(rows, total, worked, failed, total - worked - failed)


def use_lines(uses: QuerySet[Use]) -> Iterator[Sequence[Any]]:
    """Yield the lines of a list of uses, newest first, headings before them."""
    who = (pgettext("use", "Used by"), _("Employee number"), _("Department"))
    yield (
        _("Article"),
        *who,
        pgettext("use", "Where"),
        pgettext("use", "Result"),
        pgettext("use", "What changed"),
        _("Used on"),
    )
    for use in uses.select_related("article", "by__department").order_by("-at", "-pk").iterator(chunk_size=500):
        person = use.by
        named = (person.name, person.employee_number or "", str(person.department or "")) if person else ("", "", "")
        used = day_cell(use.at)
        yield use.article.title, *named, use.where, use.get_outcome_display(), use.story, used


def latest_publication(article: Article) -> Publication | None:
    """Return the publication readers see now."""
    rows = Publication.objects.filter(revision__article=article).select_related("revision", "by")
    return rows.order_by("-revision__number").first()


@dataclass
class Acknowledgements:
    """Which members have read the published SOP."""

    count: int
    of: int
    mine: bool
    missing: list[Person]


def acknowledgements(article: Article, publication: Publication, viewer: Person) -> Acknowledgements:
    """Return how many members have acknowledged, and who has not."""
    acknowledged = Acknowledgement.objects.filter(publication=publication)
    mine = acknowledged.filter(person=viewer).exists()
    community = article.library.community
    if community is None:
        return Acknowledgements(acknowledged.count(), 0, mine, [])
    done = acknowledged.filter(person=OuterRef("person"))
    members = Membership.objects.filter(community=community, person__is_active=True)
    missing = members.filter(~Exists(done)).select_related("person").order_by("person__name")
    count = members.filter(Exists(done)).count()
    return Acknowledgements(count, members.count(), mine, [row.person for row in missing[:30]])


def history_of(article: Article, *, everything: bool) -> QuerySet[Revision]:
    """Return revisions. Readers see only published ones; ``everything`` includes drafts."""
    rows = article.revisions.select_related("by", "publication", "restored_from")
    return rows if everything else rows.filter(publication__isnull=False)


def came_from(article: Article, viewer: Person) -> ObjectCard | None:
    """Return the origin of an article the viewer may see: a gathering, or else a topic or need."""
    above = walk([("article", article.pk)], upwards=True)
    cards = cards_for(above, viewer)
    order = {"gathering": 0, "topic": 1, "need": 2}
    ranked = sorted((order.get(kind, 3), place) for place, (kind, key) in enumerate(above) if (kind, key) in cards)
    return cards[above[ranked[0][1]]] if ranked else None


def who_may_see(article: Article) -> str:
    """Return a sentence that says who can read this, and why."""
    if article.state == Article.State.DRAFT:
        return _("Draft: visible to its authors, its owner and the library’s managers.")
    return who_will_see(article)


def who_will_see(article: Article) -> str:
    """Return the same sentence for the published article."""
    community = article.library.community
    if article.audience == Article.Audience.NAMED:
        return _("Only the people named in the settings, plus its authors and owner.")
    if community is None:
        if article.audience == Article.Audience.MEMBERS:
            return _("Only its authors and its owner.")
        return _("All colleagues, because it is in the organisation’s library.")
    name = {"name": community.name}
    if article.audience == Article.Audience.MEMBERS:
        return _("Members of “%(name)s” only; the settings say so.") % name
    if community.visibility == Community.Visibility.OPEN:
        return _("All colleagues, because “%(name)s” is open; guests only as members.") % name
    return _("Members of “%(name)s” only, because the community is private.") % name


def read_next(article: Article, viewer: Person, limit: int = 3) -> list[Article]:
    """Return other articles with the same tags or folder, most used first."""
    tags = list(article.tags.values_list("pk", flat=True))
    near = Q(tags__in=tags) if tags else Q(pk=None)
    if article.folder_id:
        near |= Q(folder_id=article.folder_id)
    keys = Article.objects.filter(near).exclude(pk=article.pk).values("pk")
    return list(article_list(viewer).published().filter(pk__in=keys).order_by("-use_count", "-pk")[:limit])


def written_by(person: Person, viewer: Person) -> ArticleQuerySet:
    """Return published articles of a person that the viewer may read."""
    return article_list(viewer).published().filter(written_by_q([person.pk]))


def used_by_colleagues(person: Person, viewer: Person) -> int:
    """Return how often colleagues used what a person wrote."""
    articles = written_by(person, viewer).values("pk")
    return Use.objects.filter(article__in=articles).exclude(by=person).count()


def people_named(keys: Sequence[Any], viewer: Person) -> list[Person]:
    """Return people by id, as far as the viewer may see them."""
    from zhiliu.directory.reach import visible_people

    return list(visible_people(viewer).filter(pk__in=[key_of(key) for key in keys]))
