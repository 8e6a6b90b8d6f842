"""The frame around every page: navigation, communities, bell. Higher layers fill it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import pgettext

from ..contracts.registry import Provider, Registry
from .memo import Memo

# The second key of G by the key of an entry; an entry whose key is a letter uses that letter.
LETTERS = {
    "today": "t",
    "home": "t",
    "inbox": "i",
    "talk": "m",
    "communities": "c",
    "knowledge": "k",
    "library": "k",
    "boards": "b",
    "gatherings": "g",
    "people": "p",
}


_topics: Memo[HttpRequest, tuple[str, ...]] = Memo("live_topics")


def hear_on_page(request: HttpRequest, *topics: str) -> None:
    """Subscribe the page to further live topics, such as ``gathering-12``."""
    _topics.keep(request, topics)


def topics_of_page(request: HttpRequest) -> tuple[str, ...]:
    """Return the live topics a view added to its page."""
    return _topics.get(request, tuple)


@dataclass
class NavItem:
    """An entry of a navigation list."""

    key: str
    icon: str
    label: Any
    url: str
    current: bool = False
    count: int = 0
    calls: int = 0
    post: bool = False
    plus: bool = False
    # The id of a sheet that opens in place of the address, with scripts.
    sheet: str = ""

    @property
    def letter(self) -> str:
        """Return the second key of ``G`` that opens it, or ''."""
        return LETTERS.get(self.key, self.key if len(self.key) == 1 else "")


@dataclass
class PageFrame:
    """The content of the page frame; field names are those of ``kit/page.html``."""

    organisation: str = ""
    logo_url: str = ""
    person: Any = None
    nav: list[NavItem] = field(default_factory=list)
    foot_nav: list[NavItem] = field(default_factory=list)
    communities: list[Any] = field(default_factory=list)
    communities_url: str = ""
    unread: int = 0
    inbox_url: str = ""
    search_url: str = ""
    palette_url: str = ""
    profiles_url: str = ""
    start_menu: list[NavItem] = field(default_factory=list)
    me_menu: list[NavItem] = field(default_factory=list)
    phone_nav: list[NavItem] = field(default_factory=list)
    theme: str = "system"
    theme_url: str = ""
    language: str = ""
    language_url: str = ""
    home_url: str = "/"
    badge_url: str = ""
    stream_url: str = ""
    missed_url: str = ""
    # Set while this session knows no subscription for push.
    push_url: str = ""
    people: list[Any] = field(default_factory=list)
    people_url: str = ""
    # Names of islands that every page's frame needs.
    islands: list[str] = field(default_factory=list)

    @property
    def more_places(self) -> list[NavItem]:
        """Return the places of the navigation that the phone bar does not show."""
        places = [*self.nav]
        if self.communities_url:
            name = pgettext("navigation", "Communities")
            places.append(NavItem("communities", "network", name, self.communities_url))
        shown = {item.url for item in self.phone_nav}
        return [item for item in [*places, *self.foot_nav] if item.url not in shown]

    @cached_property
    def signature(self) -> tuple[Any, ...]:
        """Return all inputs of navigation, bars and menus: the key of their fragments. Read it when the frame is
        complete.
        """
        items = tuple((i.url, i.current, i.count, i.calls) for i in [*self.nav, *self.foot_nav, *self.phone_nav])
        places: tuple[Any, ...] = tuple(
            (c.url, c.name, c.mark, c.kind, c.current, c.new, c.count, c.calls) for c in self.communities
        )
        places += tuple(
            (i.url, i.name, i.current, i.new, i.count, i.calls) for c in self.communities for i in c.channels
        )
        places += tuple(
            (i.url, i.name, _photo(i.person), i.current, i.new, i.count, i.calls, i.here, i.until) for i in self.people
        )
        menus = tuple(i.url for i in [*self.start_menu, *self.me_menu])
        person = self.person
        who = (person.pk, person.name, person.kind, _photo(person), self.theme) if person is not None else ()
        return (self.language, who, self.organisation, self.logo_url, self.unread, items, places, menus)


def _photo(person: Any) -> int | None:
    """Return the key of a person's photo; people of the style guide have none."""
    return getattr(person, "photo_key", None)


# A part takes (request, page frame) and fills in its app's data.
shell_parts: Registry[Callable[[HttpRequest, PageFrame], None]] = Registry("parts of the shell")
organisation_name: Provider[Callable[[], str]] = Provider("name of the organisation")


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context processor: ``shell``, built only when a template uses it."""
    return {"shell": SimpleLazyObject(lambda: build_frame(request))}


def build_frame(request: HttpRequest) -> PageFrame:
    """Build the page frame of this request from all registered parts, in order."""
    page_frame = PageFrame(organisation=organisation_name.provider())
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        page_frame.person = user
    for part in shell_parts:
        part(request, page_frame)
    return page_frame
