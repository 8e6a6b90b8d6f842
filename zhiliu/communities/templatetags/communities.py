"""How communities look on any page: their mark, the tag and the colour of their kind, covers."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import pgettext

from zhiliu.kit.templatetags.ui_drawing import cover_paths

register = template.Library()

# What models call a kind of community -> the short name used in class names and tokens.
KIND_CLASSES = {
    "professional": "pro",
    "interest": "interest",
    "help": "help",
    "best": "best",
    "learning": "learn",
    "knowledge": "know",
}


def kind_class(kind: Any) -> str:
    """The class that gives the colour of a kind of community."""
    return KIND_CLASSES.get(str(kind), str(kind or ""))


@register.simple_tag
def mark(community: Any, size: int = 20) -> SafeString:
    """A community as a rounded square in the colour of its kind; 20, 28, 40 or 56 pixels."""
    text = getattr(community, "mark", "") or community.name[:1]
    return format_html('<span class="mark s{} {}" aria-hidden="true">{}</span>', size, kind_class(community.kind), text)


def kind_name(kind: Any) -> str:
    """The name of a kind of community in the reader's language."""
    names = {
        "pro": pgettext("kind of community", "Professional"),
        "interest": pgettext("kind of community", "Interest"),
        "help": pgettext("kind of community", "Mutual help"),
        "best": pgettext("kind of community", "Best practice"),
        "learn": pgettext("kind of community", "Learning"),
        "know": pgettext("kind of community", "Knowledge"),
    }
    return names.get(kind_class(kind), "")


@register.simple_tag
def kindtag(community: Any) -> SafeString:
    """The kind of a community (or a kind itself) as a tinted tag."""
    kind = getattr(community, "kind", community)
    return format_html('<span class="tag {}">{}</span>', kind_class(kind), kind_name(kind))


SHAPES = {"wide": (680, 140, 15), "card": (300, 64, 13), "page": (640, 900, 14)}


@register.simple_tag
def cover(seed: Any, kind: Any = "", shape: str = "wide") -> SafeString:
    """Many lines becoming one, from a seed, in the colour of a kind.

    Args:
        seed: the object's key; the same seed gives the same picture for ever.
        kind: kind of community; empty takes the accent.
        shape: ``wide``, ``card`` or ``page``.
    """
    width, height, lines = SHAPES[shape]
    return format_html(
        '<svg class="cover shape-{} {}" viewBox="0 0 {} {}" preserveAspectRatio="xMidYMid slice" aria-hidden="true">'
        "{}</svg>",
        shape,
        kind_class(kind),
        width,
        height,
        cover_paths(str(seed), width, height, lines),
    )


@register.simple_tag
def community_tag(community: Any) -> SafeString:
    """The name of a community as a tag in the colour of its kind."""
    return format_html('<span class="tag {}">{}</span>', kind_class(community.kind), community.name)
