"""The frame around every page, put together from what the floors below know."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from zhiliu.communities.queries import my_communities
from zhiliu.kit.shell import NavItem, Shell, shell_parts
from zhiliu.notifications.telling import unread_count


@shell_parts.adds(key="home.frame", weight=0)
def frame(request: HttpRequest, shell: Shell) -> None:
    """Addresses and choices everybody has."""
    shell.theme_url, shell.language_url = reverse("theme"), reverse("language")
    shell.language = get_language() or ""
    shell.home_url = reverse("home")
    if shell.person is None:
        return
    shell.theme = shell.person.theme
    shell.search_url = reverse("search:search")
    shell.inbox_url, shell.badge_url = reverse("notifications:inbox"), reverse("notifications:badge")
    # A view that wants more than the person's own events names the topics: request.live_topics = ["gathering-12"].
    topics = [("topic", topic) for topic in getattr(request, "live_topics", [])]
    shell.stream_url = f"/live/?{urlencode(topics)}" if topics else "/live/"


@shell_parts.adds(key="home.navigation", weight=10)
def navigation(request: HttpRequest, shell: Shell) -> None:
    """Rail, menus and phone bar of a signed-in person."""
    if shell.person is None:
        return
    shell.unread, calls = unread_count(shell.person)
    shell.nav = [
        NavItem("today", "sun", _("Today"), reverse("home")),
        NavItem("inbox", "inbox", _("Inbox"), shell.inbox_url, count=shell.unread, calls=calls),
        NavItem("knowledge", "book", pgettext("navigation", "Knowledge"), _path("knowledge:home")),
        NavItem("gatherings", "calendar", pgettext("navigation", "Gatherings"), _path("gatherings:list")),
        NavItem("people", "users", pgettext("navigation", "Colleagues"), reverse("directory:people")),
    ]
    shell.nav = [item for item in shell.nav if item.url]
    if shell.person.is_admin:
        shell.foot_nav = [NavItem("administration", "settings", _("Administration"), reverse("console:overview"))]
    shell.start_menu = _start_menu(shell)
    shell.me_menu = [
        NavItem("me", "user", _("My profile"), shell.person.get_absolute_url()),
        NavItem("mail", "mail", _("What comes by mail"), reverse("notifications:preferences")),
        NavItem("out", "log-out", _("Sign out"), reverse("signout"), post=True),
    ]
    shell.phone_nav = [
        NavItem("today", "sun", _("Today"), reverse("home")),
        NavItem("communities", "users", pgettext("navigation", "Communities"), reverse("communities:list")),
        NavItem("plus", "plus", pgettext("begin something", "Start"), reverse("start"), plus=True),
        NavItem("knowledge", "book", pgettext("navigation", "Knowledge"), _path("knowledge:home") or reverse("search:search")),
        NavItem("me", "user", _("Mine"), shell.person.get_absolute_url()),
    ]
    for item in [*shell.nav, *shell.foot_nav, *shell.phone_nav]:
        item.current = request.path == item.url or (item.url not in ("/", "") and request.path.startswith(item.url))


def _start_menu(shell: Shell) -> list[NavItem]:
    items = [NavItem("need", "hand", _("Voice a need"), reverse("needs:voice"))]
    if not shell.person.is_guest:
        items += [
            NavItem("talk", "calendar", _("Arrange a gathering"), _path("gatherings:new")),
            NavItem("tea", "coffee", _("Invite to a tea chat"), _path("gatherings:tea")),
            NavItem("article", "book", _("Write an article"), _path("knowledge:new")),
            NavItem("community", "users", _("Start a community"), reverse("communities:start")),
        ]
    return [item for item in items if item.url]


def _path(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


@shell_parts.adds(key="home.communities", weight=20)
def my_own_communities(request: HttpRequest, shell: Shell) -> None:
    """Communities of the rail, the current one marked."""
    if shell.person is None:
        return
    shell.communities_url = reverse("communities:list")
    shell.communities = [
        _Row(one.name, one.mark, one.kind, one.get_absolute_url(), request.path.startswith(one.get_absolute_url()))
        for one in my_communities(shell.person)
    ]


class _Row:
    """A community as the rail draws it."""

    def __init__(self, name: str, mark: str, kind: str, url: str, current: bool) -> None:
        self.name, self.mark, self.kind, self.url, self.current = name, mark, kind, url, current
        self.new, self.count, self.calls = False, 0, 0
        self.channels: list[Any] = []
