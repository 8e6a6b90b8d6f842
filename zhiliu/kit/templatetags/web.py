"""Tags for ``kit.web`` and ``kit.text``: addresses, idempotent forms, cached fragments, breaks in titles."""

from __future__ import annotations

import datetime as dt
import secrets
import time
from functools import lru_cache
from typing import Any

from django import template
from django.template.base import FilterExpression, NodeList, Parser, Token, token_kwargs
from django.template.context import Context
from django.template.defaulttags import URLNode
from django.template.defaulttags import url as django_url
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from zhiliu.kit.contracts.object_types import beside
from zhiliu.kit.text.chinese_text import breakable
from zhiliu.kit.web.addresses import address
from zhiliu.kit.web.fragments import fragments, placeholder
from zhiliu.kit.web.site import address_problem
from zhiliu.kit.web.site import base_url as base_of

register = template.Library()


@register.simple_tag
def once() -> SafeString:
    """Render the hidden field that makes a form idempotent (``kit.web.idempotency.once``)."""
    return format_html('<input type="hidden" name="_once" value="{}">', secrets.token_urlsafe(18))


@register.inclusion_tag("kit/address_warning.html", takes_context=True)
def address_warning(context: Context) -> dict[str, Any]:
    """Render a warning above links whose host is wrong for readers; nothing if the address is right."""
    request = context["request"]
    may_set = getattr(request.user, "is_admin", False)
    return {"problem": address_problem(request), "url": address("managing:organisation") if may_set else ""}


@register.simple_tag(takes_context=True)
def base_url(context: Context) -> str:
    """Return the beginning of absolute addresses (``kit.web.site.base_url``)."""
    return base_of(context["request"])


class AddressNode(URLNode):
    """Django's ``{% url %}`` with cached lookups: a page shows many, and reversing is slow."""

    def render(self, context: Context) -> str:
        """Return the escaped address; with ``as``, store it under a name."""
        if self.asvar or self.kwargs:
            return str(super().render(context))
        name, args = self.view_name.resolve(context), [arg.resolve(context) for arg in self.args]
        return str(conditional_escape(address(name, *args)) if context.autoescape else address(name, *args))


@register.tag("url")
def url(parser: Parser, token: Token) -> AddressNode:
    """Like Django's tag of this name."""
    node = django_url(parser, token)
    return AddressNode(node.view_name, node.args, node.kwargs, node.asvar)


@register.filter
def clock_key(moment: dt.datetime | None) -> str:
    """Return the part of a fragment's key for words like "26 min", "yesterday": it changes when they do."""
    if moment is None:
        return ""
    lately = abs(timezone.now() - moment) < dt.timedelta(hours=25)
    return _clock(int(time.time() // 60), timezone.get_current_timezone_name())[lately]


@lru_cache(maxsize=64)
def _clock(minute: int, zone: str) -> tuple[str, str]:
    """Return the day and the minute in a time zone. ``minute`` only invalidates the cache."""
    now = timezone.localtime()
    return now.strftime("%y%m%d") + zone, now.strftime("%y%m%d%H%M") + zone


@register.filter
def breaks(text: str) -> SafeString:
    """Render a title that breaks between words."""
    return breakable(str(text))


class FragmentNode(template.Node):
    """See :func:`fragment`."""

    def __init__(
        self, body: NodeList, name: str, keys: list[FilterExpression], holes: dict[str, FilterExpression]
    ) -> None:
        self.nodelist, self.name, self.keys, self.holes = body, name, keys, holes

    def render(self, context: Context) -> SafeString:
        """Return the cached text, or render it; then fill in the placeholders."""
        key = (self.name, get_language(), *[filter_expression.resolve(context) for filter_expression in self.keys])
        text = fragments.get(key)
        if text is None:
            with context.push(**{name: placeholder(name) for name in self.holes}):
                text = self.nodelist.render(context)
            fragments.put(key, text)
        for name, value in self.holes.items():
            text = text.replace(placeholder(name), conditional_escape(value.resolve(context)))
        return SafeString(text)


@register.tag("fragment")
def fragment(parser: Parser, token: Token) -> FragmentNode:
    """Render the body once and cache it: ``{% fragment name key… hole=value… %}…{% endfragment %}``.

    The keys must cover everything the body shows; the language is always one of them. A hole is a placeholder for a
    value that differs between requests (the form token, the page's own address): inside the body it may only be
    printed, never compared.
    """
    _tag, name, *rest = token.split_contents()
    first_hole = next((place for place, bit in enumerate(rest) if "=" in bit), len(rest))
    keys = [parser.compile_filter(bit) for bit in rest[:first_hole]]
    holes: dict[str, Any] = token_kwargs(rest[first_hole:], parser)
    body = parser.parse(("endfragment",))
    parser.delete_first_token()
    return FragmentNode(body, name, keys, holes)


@register.simple_tag(takes_context=True, name="beside")
def beside_thing(context: Context, kind: str, key: int) -> SafeString:
    """Render the panels that higher layers add to an object's page (``kit.contracts.object_types.beside``)."""
    request = context["request"]
    entries = [section(kind, key, request.user) for section in beside]
    panels = [render_to_string(entry["template"], {"section": entry}, request) for entry in entries if entry]
    return SafeString("".join(panels))
