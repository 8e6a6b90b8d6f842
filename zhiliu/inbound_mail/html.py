"""Converts the HTML part of a mail to Markdown without quoted text. Nothing in it is executed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import nh3

LONGEST = 400_000
DEEPEST = 150
# Containers of quoted text: Gmail, Apple Mail, Thunderbird, NetEase, Yahoo, Proton, Zoho.
QUOTES = (
    "blockquote[type=cite], .gmail_quote, .gmail_quote_container, .gmail_extra, .moz-cite-prefix, .yahoo_quoted, "
    ".protonmail_quote, .zmail_extra, .ntes-mailmaster-quote, .ntes-mailmaster-signature-quote, #isReplyContent, "
    "#mail-editor-reference-message-container"
)
# Everything after these is quoted: Outlook on the web, Outlook, QQ Mail, DingTalk's mail.
FROM_HERE = "#appendonsend, #divRplyFwdMsg, #OLK_SRC_BODY_SECTION, includetail, .alimail-quote"
SIGNATURES = ".gmail_signature, .moz-signature, #ms-outlook-mobile-signature, .ntes-mailmaster-signature"
UNSHOWN = "script, style, head, title, noscript, template, object, iframe, svg, math, form, input, textarea, select"
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all", re.IGNORECASE)
_TAGS = {
    *("p", "br", "hr", "div", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "pre", "code", "em"),
    *("i", "b", "strong", "s", "del", "a", "table", "thead", "tbody", "tr", "th", "td"),
}


@dataclass(frozen=True)
class MailPage:
    """The HTML part of a mail as it was sent."""

    html: str = ""

    @cached_property
    def pictures(self) -> set[str]:
        """Return names of pictures in the author's own part."""
        soup = _soup(self.html)
        _take_out_quotes(soup)
        _take_out(soup, SIGNATURES)
        sources = (str(image.get("src", "")) for image in soup.find_all("img"))
        return {text[4:] for text in sources if text.lower().startswith("cid:")}


def html_as_markdown(page: MailPage, *, is_reply: bool) -> str:
    """Return a page as Markdown; a reply without its quoted text."""
    soup = _soup(page.html)
    _take_out(soup, SIGNATURES)
    if is_reply:
        _take_out_quotes(soup)
    for item in soup.find_all(style=_HIDDEN):
        item.decompose()
    safe = nh3.clean(str(soup), tags=_TAGS, attributes={"a": {"href"}}, url_schemes={"http", "https", "mailto"})
    return _converted(safe)


def _soup(html: str) -> Any:
    from bs4 import BeautifulSoup

    return BeautifulSoup(_not_too_deep(html[:LONGEST]), "html.parser")


def _not_too_deep(html: str) -> str:
    """Reduce pages with extremely deep nesting to their text, because the parser is recursive."""
    depth = deepest = 0
    for mark in re.finditer(
        r"<(/?)(?:div|span|blockquote|table|tr|td|tbody|ul|ol|li|p|font|b|i|a|center)\b", html, re.I
    ):
        depth += -1 if mark[1] else 1
        deepest = max(deepest, depth)
    return html if deepest < DEEPEST else nh3.clean(html, tags={"br"}, attributes={})


def _take_out(soup: Any, selector: str) -> None:
    for item in soup.select(selector):
        item.decompose()


def _take_out_quotes(soup: Any) -> None:
    for item in soup.select(FROM_HERE):
        place = item
        while place is not None and place.parent is not None:
            for later in list(place.next_siblings):
                later.extract()
            place = place.parent
        item.extract()
    _take_out(soup, QUOTES)


def _converted(html: str) -> str:
    from markdownify import MarkdownConverter

    markdown = MarkdownConverter(heading_style="atx", bullets="-").convert(html)
    return re.sub(r"\n{3,}", "\n\n", str(markdown)).strip()
