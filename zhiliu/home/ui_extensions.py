"""The page frame, composed from the layers below."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Any, cast

from django.conf import settings
from django.http import HttpRequest
from django.utils.http import urlencode
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from zhiliu.communities.reach import reach
from zhiliu.communities.rules import can_see_week
from zhiliu.directory.models import Organisation
from zhiliu.kit.web.addresses import address
from zhiliu.kit.web.http import Request
from zhiliu.kit.web.page_frame import NavItem, PageFrame, shell_parts, topics_of_page
from zhiliu.notifications.delivery import unread_of


@shell_parts.register(key="home.frame", weight=0)
def frame(request: HttpRequest, shell: PageFrame) -> None:
    """Set URLs and choices everybody has."""
    shell.theme_url, shell.language_url = address("theme"), address("language")
    shell.language = get_language() or ""
    shell.home_url = address("home")
    digest = Organisation.current().logo_digest
    shell.logo_url = address("logo", digest) if digest else ""
    if shell.person is None:
        return
    shell.theme = shell.person.theme
    shell.search_url, shell.palette_url = address("search:search"), address("search:palette")
    shell.profiles_url = address("directory:people")
    shell.inbox_url, shell.badge_url = address("notifications:inbox"), address("notifications:badge")
    topics = [("topic", topic) for topic in topics_of_page(request)]
    shell.stream_url = f"/live/?{urlencode([('language', shell.language), *topics])}"
    shell.missed_url = address("live:missed") if settings.NCHAN_URL else ""


@shell_parts.register(key="home.navigation", weight=10)
def navigation(request: HttpRequest, shell: PageFrame) -> None:
    """Set navigation, menus and phone bar of a signed-in person."""
    person = shell.person
    if person is None:
        return
    shell.unread, calls = unread_of(cast(Request, request))
    shell.nav = _marked(main_places(shell.language, person.is_guest), request.path)
    shell.phone_nav = _marked(phone_places(shell.language), request.path)
    shell.foot_nav = _marked(foot_places(shell.language), request.path) if person.is_admin else []
    for item in [*shell.nav, *shell.phone_nav]:
        if item.key == "inbox":
            item.count, item.calls = shell.unread, calls
    shell.start_menu = list(start_acts(shell.language, person.is_guest))
    shell.me_menu = [
        NavItem("me", "user", _("My profile"), person.get_absolute_url()),
        NavItem("following", "user-plus", pgettext("page", "Following"), address("following")),
        NavItem("mail", "mail", _("Notifications"), address("notifications:preferences")),
        NavItem("asked", "hand-heart", pgettext("page", "How often I can be asked"), address("discussions:limit")),
        NavItem("password", "key-round", _("Password"), address("password")),
        NavItem("out", "log-out", _("Sign out"), address("signout"), post=True),
    ]
    if can_see_week(person):
        shell.me_menu.insert(1, NavItem("week", "list-checks", _("Manager’s week"), address("week")))


def _marked(items: tuple[NavItem, ...], path: str) -> list[NavItem]:
    """Return copies of the items with the current one marked."""
    return [
        replace(nav_item, current=path == nav_item.url or (len(nav_item.url) > 1 and path.startswith(nav_item.url)))
        for nav_item in items
    ]


# The four lists below are the same for everybody of a language, so URLs and translations are cached.


@lru_cache
def main_places(language: str, is_guest: bool) -> tuple[NavItem, ...]:
    """Return the main navigation; guests do not see the organisation's goals."""
    places = (
        NavItem("today", "sun", _("Today"), address("home")),
        NavItem("inbox", "inbox", _("Inbox"), address("notifications:inbox")),
        NavItem("talk", "message-circle", pgettext("navigation", "Chat"), address("conversations:home")),
        NavItem("knowledge", "book", pgettext("navigation", "Knowledge"), address("knowledge:home")),
        NavItem("gatherings", "calendar", pgettext("navigation", "Gatherings"), address("gatherings:list")),
        NavItem("people", "users", pgettext("navigation", "Colleagues"), address("directory:people")),
    )
    goals = NavItem("goals", "target", pgettext("navigation", "Goals"), address("governance:goals"))
    return places if is_guest else (*places, goals)


@lru_cache
def foot_places(language: str) -> tuple[NavItem, ...]:
    """Return the last entries of the navigation, for administrators."""
    return (NavItem("administration", "settings", _("Administration"), address("console:overview")),)


@lru_cache
def phone_places(language: str) -> tuple[NavItem, ...]:
    """Return the bottom bar of phones; the third entry is the plus."""
    return (
        NavItem("today", "sun", _("Today"), address("home")),
        NavItem("talk", "message-circle", pgettext("navigation", "Chat"), address("conversations:home")),
        NavItem("plus", "plus", pgettext("begin something", "New"), address("start"), plus=True, sheet="start-sheet"),
        NavItem("knowledge", "book", pgettext("navigation", "Knowledge"), address("knowledge:home")),
        NavItem("me", "user", _("Me"), address("me"), sheet="me-sheet"),
    )


@lru_cache
def start_acts(language: str, is_guest: bool) -> tuple[NavItem, ...]:
    """Return the entries of the start menu."""
    need = NavItem("need", "hand", _("Share a need"), address("needs:voice"))
    question = NavItem("question", "circle-question-mark", _("Ask a question"), address("discussions:ask"))
    if is_guest:
        return (question, need)
    return (
        question,
        need,
        NavItem("talk", "calendar", _("Organise a gathering"), address("gatherings:new")),
        NavItem("tea", "coffee", _("Invite to a tea chat"), address("gatherings:tea")),
        NavItem("article", "book", _("Write an article"), address("knowledge:new")),
        NavItem("community", "users", _("Start a community"), address("communities:start")),
    )


@shell_parts.register(key="home.communities", weight=20)
def my_own_communities(request: HttpRequest, shell: PageFrame) -> None:
    """Set the communities of the navigation, with the current one marked."""
    if shell.person is None:
        return
    shell.communities_url = address("communities:list")
    shell.communities = [
        _Row(key, place.name, place.mark, place.kind, place.url, request.path.startswith(place.url))
        for key, place in zip(reach(shell.person).roles, reach(shell.person).places[:100], strict=False)
    ]


class _Row:
    """A community in the navigation."""

    def __init__(self, pk: int, name: str, mark: str, kind: str, url: str, current: bool) -> None:
        self.pk = pk
        self.name, self.mark, self.kind, self.url, self.current = name, mark, kind, url, current
        self.new, self.count, self.calls = False, 0, 0
        self.channels: list[Any] = []
