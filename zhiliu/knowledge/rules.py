"""Permissions of articles."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from rules import Predicate

from zhiliu.communities import rules as community_rules
from zhiliu.communities.reach import reach
from zhiliu.communities.role_permissions import Feature, Permission
from zhiliu.directory.models import Person
from zhiliu.directory.rules import is_employee
from zhiliu.kit.contracts.rules import Rule, name_rule, rule

from .models import Article, Library


@rule(_("You can’t see this article."))
def can_see(person: Person, article: Article) -> bool:
    """May read the article; twin of ``visible_to``."""
    if person.is_admin or _is_named(person, article):
        return True
    community = article.library.community
    keeps = community is not None and reach(person).may(Permission.MODERATE, community.pk)
    if keeps or article.state == Article.State.DRAFT:
        return keeps
    member = community is not None and community.pk in reach(person).all_roles
    if article.audience == Article.Audience.MEMBERS:
        return member
    if article.audience == Article.Audience.NAMED:
        return False
    return member or (not person.is_guest and (community is None or reach(person).sees(community)))


def _is_named(person: Person, article: Article) -> bool:
    if article.owner_id == person.pk:
        return True
    return person in article.authors.all() or person in article.named_readers.all()


@rule(_("Only its authors, its owner and the library’s managers can edit this."))
def writes(person: Person, article: Article) -> bool:
    """Is owner or author."""
    return article.owner_id == person.pk or person in article.authors.all()


def _of_library(inner: Rule, otherwise: Rule) -> Rule:
    """Return a rule about the library's community, and another one for the organisation's library."""

    def target(thing: Any) -> Any:
        library = thing if isinstance(thing, Library) else thing.library
        return library.community

    def test(person: Person, thing: Any) -> bool:
        community = target(thing)
        return inner(person, community) if community is not None else otherwise(person)

    def why(person: Person, thing: Any) -> Any:
        community = target(thing)
        return inner.why_not(person, community) if community is not None else otherwise.why_not(person)

    words = f"in the library's community: {inner.words}; in the organisation's library: {otherwise.words}"
    return Rule(Predicate(test, name="of_library"), why, words)


@rule(_("Administrators manage the organisation’s library."))
def keeps_organisation_library(person: Person, thing: Any) -> bool:
    """Manages the organisation's library."""
    return person.is_admin


@rule("")
def always(person: Person, thing: Any) -> bool:
    """Always holds, where the organisation's library asks nothing more."""
    return True


name_rule("knowledge.see", can_see)
in_open_library = _of_library(community_rules.is_open_for_work, always)
can_keep = name_rule("knowledge.keep", _of_library(community_rules.can_moderate, keeps_organisation_library))
can_pin = name_rule("knowledge.pin", in_open_library & can_keep)
can_write = name_rule("knowledge.write", _of_library(community_rules.can_publish, is_employee))
can_edit = name_rule("knowledge.edit", in_open_library & (can_keep | writes))
can_publish = name_rule("knowledge.publish", can_edit & can_write)
can_verify = name_rule("knowledge.verify", _of_library(community_rules.can_verify, keeps_organisation_library))


@rule(_("The library is switched off in this community."))
def has_library(person: Person, thing: Any) -> bool:
    """The community has switched its library on."""
    community = thing.community
    return community is None or community.has(Feature.LIBRARY)


# An import changes a library for everybody, so it requires managing it.
can_import = name_rule("knowledge.import", in_open_library & has_library & can_write & can_keep)
