"""The components of pages as template tags. ``docs/subsystems/kit-ui.md`` shows how each is used.

No tag queries the database, and every visible word is translated.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django import forms, template
from django.forms.boundfield import BoundField
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext, ngettext, pgettext

from zhiliu.kit.text.chinese_text import breakable, has_han
from zhiliu.kit.web.built_files import built_url

from .ui_fields import field_context
from .ui_time import day_words, exact_words, here, moment_words, month, weekday

register = template.Library()

EMPTY = SafeString("")
# ---- pictures and people ---------------------------------------------------------------------------------------------


@lru_cache(maxsize=2048)
def _icon(name: str, size: int, label: str, href: str) -> SafeString:
    attributes = format_html(' role="img" aria-label="{}"', label) if label else SafeString(' aria-hidden="true"')
    sized = f" s{size}" if size != 16 else ""
    return format_html(
        '<svg class="icon{}"{} focusable="false"><use href="{}#{}"></use></svg>', sized, attributes, href, name
    )


@register.filter
def joined_names(people: Iterable[Any]) -> str:
    """Return the names of people as a list in a sentence."""
    return pgettext("between names", ", ").join(person.name for person in people)


@register.simple_tag
def icon(name: str, size: int = 16, label: str = "") -> SafeString:
    """Render an icon of the sprite.

    Args:
        name: a name in ``kit/icons/icons.json``.
        size: 14, 16, 20 or 22.
        label: for screen readers; without it the icon is decoration.
    """
    return _icon(name, int(size), str(label), _sprite())


@lru_cache(maxsize=1)
def _sprite() -> str:
    """Return the address of the sprite. Cached: it is constant in a process, and a page shows thirty icons."""
    return built_url("icons.svg")


def _initials(name: str, short: bool) -> str:
    """Return the last two characters of a Chinese name, the initials of another; one character when short."""
    name = name.strip()
    if not name or has_han(name):
        return name[-1:] if short else name[-2:]
    letters = "".join(word[0] for word in re.split(r"[\s.·-]+", name) if word)[:2].upper()
    return letters[:1] if short else letters


def _tint(person: Any) -> int:
    return person.pk % 6 if isinstance(person.pk, int) else 0


@register.simple_tag
def avatar(person: Any, size: int = 28, link: Any = False, here: bool | None = None, photo: bool = True) -> SafeString:
    """Render a person as a round picture: their photo, or the end of their name.

    Args:
        person: has ``pk``, ``name`` and ``kind``, and may have ``photo_address()``.
        size: in pixels, 20 to 64.
        link: True for ``person.get_absolute_url()``, or an address.
        here: True or False draws the presence dot, filled or hollow.
        photo: False on pages for people who are not signed in: they see no photos.
    """
    size = int(size)
    inside = _face(person, size, short=size <= 22, photo=photo)
    if person.kind == "guest" and size > 22:
        inside += format_html('<span class="guest">{}</span>', pgettext("mark on a guest's picture", "G"))
    classes = f"avatar s{size} tint{_tint(person)}"
    name = person.name if person.kind != "guest" else pgettext("person", "%(name)s, guest") % {"name": person.name}
    label, follows = name, EMPTY
    if here is not None:
        inside += format_html('<span class="presence {}"></span>', "on" if here else "away")
        # The island updates dot and label when the person's presence changes.
        follows = format_html(' data-presence="{}" data-name="{}"', person.pk, name)
        label = pgettext("between a name and a state", ", ").join([name, here_word(here)])
    if not link:
        return format_html('<span class="{}" role="img" aria-label="{}"{}>{}</span>', classes, label, follows, inside)
    url = person.get_absolute_url() if link is True else link
    return format_html('<a class="{}" href="{}" aria-label="{}"{}>{}</a>', classes, url, label, follows, inside)


def here_word(here: bool) -> str:
    """Return the word for online or away."""
    return pgettext("presence", "here") if here else pgettext("presence", "away")


@register.inclusion_tag("kit/presence.html")
def presence(person: Any, found: Any) -> dict[str, Any]:
    """Render a person's availability: a word beside a dot, and until when they do not want to be disturbed.

    Args:
        found: a ``kit.contracts.presence.Presence``; None renders nothing.
    """
    return {"person": person, "found": found, "word": here_word(found.here) if found else ""}


def _face(person: Any, size: int, *, short: bool, photo: bool = True) -> SafeString:
    if person.kind == "bot":
        return icon("bot", 20 if size > 30 else 16)
    # Twice as many pixels for dense screens.
    source = person.photo_address(2 * size) if photo and hasattr(person, "photo_address") else ""
    if source:
        return format_html(
            '<img class="photo" src="{0}" width="{1}" height="{1}" alt="" loading="lazy" decoding="async">',
            source,
            size,
        )
    return format_html('<span aria-hidden="true">{}</span>', _initials(person.name, short))


@register.simple_tag
def avatars(people: Iterable[Any], max: int = 5, total: int | None = None, size: int = 24) -> SafeString:
    """Render stacked avatars, and how many more people there are.

    Args:
        people: as for :func:`avatar`; only the first ``max`` are drawn.
        max: how many are drawn.
        total: the total, if more than were given.
        size: in pixels.
    """
    people = list(people)
    shown = people[:max]
    more = (len(people) if total is None else total) - len(shown)
    faces = format_html_join(
        "",
        '<span class="avatar s{} tint{}" aria-hidden="true">{}</span>',
        ((size, _tint(person), _face(person, size, short=True)) for person in shown),
    )
    rest = format_html('<span class="avatar s{} rest" aria-hidden="true">+{}</span>', size, more) if more > 0 else EMPTY
    return format_html('<span class="avatars" role="img" aria-label="{}">{}{}</span>', _names(shown, more), faces, rest)


def _names(people: Sequence[Any], more: int) -> str:
    names = joined_names(people)
    if more <= 0:
        return names
    return ngettext("%(names)s and %(n)s more", "%(names)s and %(n)s more", more) % {"names": names, "n": more}


@register.simple_tag
def tag(text: Any, tone: str = "", icon_name: str = "") -> SafeString:
    """Render a small label; tones ``ok warn bad info accent plain``."""
    sign = icon(icon_name, 14) if icon_name else EMPTY
    tone = f" {tone}" if tone else ""
    return format_html('<span class="tag{}">{}{}</span>', tone, sign, text)


@register.simple_tag
def status(text: Any, tone: str = "idle") -> SafeString:
    """Render a dot and a word; tones ``ok warn bad idle``."""
    return format_html('<span class="status {}">{}</span>', tone, text)


@register.simple_tag
def count(n: int | None, calls: Any = False) -> SafeString:
    """Render the number of unread items: grey, or red for mentions (``calls``). Nothing at 0.

    ``calls`` is a boolean, or the number of mentions, which is then shown instead of ``n``.
    """
    red = bool(calls)
    number_shown = calls if red and not isinstance(calls, bool) else (n or 0)
    if not number_shown:
        return EMPTY
    number = "99+" if number_shown > 99 else str(number_shown)
    if red:
        label = ngettext("%(n)s mention of you", "%(n)s mentions of you", number_shown) % {"n": number}
    else:
        label = pgettext("count of unread things", "%(n)s new") % {"n": number}
    return format_html(
        '<span class="count{}"><span aria-hidden="true">{}</span><span class="hidden-text">{}</span></span>',
        " calls" if red else "",
        number,
        label,
    )


# ---- words and numbers -----------------------------------------------------------------------------------------------


@register.simple_tag
def when(moment: datetime | date | None, form: str = "auto", *, inside: bool = False) -> SafeString:
    """Render a moment in words, exact in the tooltip.

    Args:
        moment: a datetime or a date; None renders nothing.
        form: ``auto``, ``day`` (no time), ``clock`` (15:00) or ``exact``.
        inside: within a sentence; elsewhere English words begin with a capital.
    """
    begin = str if inside else capfirst
    if moment is None:
        return EMPTY
    if not isinstance(moment, datetime):
        words = begin(day_words(moment, timezone.localdate()))
        return format_html('<time datetime="{}">{}</time>', moment.isoformat(), words)
    there = here(moment)
    if form == "clock":
        return clock(there)
    exact = exact_words(there)
    if form == "auto":
        words, later = (begin(form_words) for form_words in moment_words(there, timezone.localtime()))
        fresh = words != later
        alive = (
            format_html(' data-controller="relative-time" data-relative-time-later-value="{}"', later)
            if fresh
            else EMPTY
        )
        return format_html('<time datetime="{}" title="{}"{}>{}</time>', there.isoformat(), exact, alive, words)
    words = begin(day_words(there.date(), timezone.localdate())) if form == "day" else exact
    return format_html('<time datetime="{}" title="{}">{}</time>', there.isoformat(), exact, words)


def clock(there: datetime) -> SafeString:
    """Render the time of day in the reader's time zone, exact in the tooltip."""
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', there.isoformat(), exact_words(there), f"{there:%H:%M}"
    )


@register.simple_tag
def title(text: Any) -> SafeString:
    """Render a title that breaks between words and not within them."""
    return breakable(str(text))


@register.simple_tag
def hanzi_number(n: int | float) -> str:
    """Return a number for prose: 9,999 below ten thousand, 1.2 万 above in Chinese."""
    if abs(n) < 10_000 or not (get_language() or "").startswith("zh"):
        return f"{n:,}"
    scale, unit = (1e8, "亿") if abs(n) >= 1e8 else (1e4, "万")
    return f"{n / scale:.1f}".removesuffix(".0") + f" {unit}"


@register.filter
def money(amount: Any) -> str:
    """Return an amount with separated thousands; whole ones without decimals."""
    return f"{amount:,.2f}".removesuffix(".00")


@register.filter
def thousands(n: int) -> str:
    """Return an exact number for tables and counters: 12,000."""
    return f"{n:,}"


@register.simple_tag
def ui_words() -> SafeString:
    """Return the words the islands use, as JSON for the page's ``<meta name="words">``."""
    import json

    words = {
        "busy": gettext("Sending"),
        "offline": gettext("Not saved: connection lost. Your text is still here."),
        "failed": gettext("That didn’t work. Your text is still here. Try again."),
        "refused": gettext("You don’t have access to this."),
        "gone": gettext("This no longer exists. Reload the page."),
        "number": pgettext("after a sentence", " (number %s)"),
        "just_now": gettext("just now"),
        "minutes": pgettext("minutes ago, %s is the number", "%s min ago"),
        "in_minutes": pgettext("minutes from now, %s is the number", "in %s min"),
        "copied": gettext("Copied"),
        "restored": gettext("Your unsent text is back"),
        "typed_before": gettext("You have other unsent text here"),
        "put_back": gettext("Restore it"),
        "discard": gettext("Discard"),
        "close": gettext("Close"),
        **_picture_words(),
        **_sound_words(),
        "remove": gettext("Remove %s"),
        "nothing_found": gettext("No results"),
        "create": gettext("Add “%s”"),
        "searching": gettext("Searching"),
        "results": gettext("%s found"),
        "here": here_word(here=True),
        "away": here_word(here=False),
        "comma": pgettext("between a name and a state", ", "),
    }
    return format_html('<meta name="words" content="{}">', json.dumps(words, ensure_ascii=False))


def _picture_words() -> dict[str, str]:
    """Return the words of the viewer of pictures."""
    return {
        "picture": gettext("Picture"),
        "enlarge": gettext("Enlarge"),
        "previous_picture": gettext("Previous picture"),
        "next_picture": gettext("Next picture"),
        "picture_failed": gettext("This picture could not be loaded."),
        "download": gettext("Download"),
    }


def _sound_words() -> dict[str, str]:
    """Return the words of the player of voice messages."""
    return {
        "play": gettext("Play"),
        "pause": pgettext("a recording", "Pause"),
        "position": pgettext("in a recording", "Position"),
        "speed": gettext("Speed %s"),
        "sound_failed": gettext("This can’t be played. Download it instead."),
    }


# ---- actions ---------------------------------------------------------------------------------------------------------


@register.inclusion_tag("kit/pager.html")
def pager(next_url: str, tag: str = "div", select: str = "", span: int = 1) -> dict[str, Any]:
    """Render 更多 ("more"): loads the following rows and replaces itself with them.

    Args:
        next_url: address of the next page; empty renders nothing.
        tag: ``div``, ``li`` or ``tr``, to match the parent element.
        select: CSS selector of the rows (and the next pager) when the response is a whole page.
        span: columns of the table, for ``tr``.
    """
    return {"next_url": next_url, "tag": tag, "select": select, "span": span}


@register.inclusion_tag("kit/empty.html")
def empty(title: Any, hint: Any = "", url: str = "", action: Any = "") -> dict[str, Any]:
    """Render an empty state: what belongs here, how to begin, one button."""
    return {"title": title, "hint": hint, "url": url, "action": action}


# ---- measures --------------------------------------------------------------------------------------------------------


@register.simple_tag
def progress(value: float, total: float, label: Any = "", tone: str = "") -> SafeString:
    """Render a bar for ``value`` of ``total``; tones ``ok`` and ``warn``."""
    name = label or gettext("Progress")
    full = max(float(total), 0.0001)
    return format_html(
        '<progress class="progress {}" value="{}" max="{}" aria-label="{}">{} / {}</progress>',
        tone,
        value,
        full,
        name,
        value,
        total,
    )


def _at(value: float | None) -> float | None:
    return None if value is None else min(98.0, max(2.0, float(value)))


@register.simple_tag
def gauge(
    label: Any, text: Any, now: float, low: float, high: float, peer: float | None = None, tone: str = ""
) -> SafeString:
    """Render a health line: band = own usual range, tick = median of its peers, dot = now.

    Args:
        label, text: name of the measure and its value in words.
        now, low, high, peer: positions along the line, 0 to 100.
        tone: ``warn`` when outside on the bad side.
    """
    dot, start, end, tick = _at(now), _at(low), _at(high), _at(peer)
    ticked = format_html('<path class="peer" d="M{} 3V17"/>', tick) if tick is not None else EMPTY
    drawing = format_html(
        '<svg class="gauge-line" viewBox="0 0 100 20" preserveAspectRatio="none" aria-hidden="true">'
        '<path class="axis" d="M0 10H100"/>'
        '<path class="band" d="M{} 10H{}"/>{}'
        '<path class="rim" d="M{} 10h.001"/><path class="now" d="M{} 10h.001"/></svg>',
        start,
        end,
        ticked,
        dot,
        dot,
    )
    return format_html('<div class="gauge {}"><p><span>{}</span><b>{}</b></p>{}</div>', tone, label, text, drawing)


@register.simple_tag
def date_block(moment: datetime | date) -> SafeString:
    """Render a calendar leaf: 今天 and the time on the day itself, else month and day."""
    there = here(moment) if isinstance(moment, datetime) else None
    day = there.date() if there else moment
    if there and day == timezone.localdate():
        parts = (" clock", moment.isoformat(), capfirst(gettext("today")), f"{there:%H:%M}")
    else:
        parts = ("", moment.isoformat(), month(day), str(day.day))
    return format_html('<time class="date-block{}" datetime="{}"><small>{}</small><b>{}</b></time>', *parts)


@register.inclusion_tag("kit/week.html")
def week(days: Iterable[Any]) -> dict[str, Any]:
    """Render a strip of seven days.

    Args:
        days: dicts or objects with ``date``, ``dots`` (class names), ``today``, ``off``, ``mark``, ``url``.
    """
    return {"days": days}


@register.filter
def weekday_letter(day: date) -> str:
    """Return the short name of a weekday: 三, Wed."""
    return weekday(day).removeprefix("周")


# ---- forms -----------------------------------------------------------------------------------------------------------


@register.inclusion_tag("kit/field.html")
def form_field(field: BoundField, hint: Any = None, optional: bool | None = None, label: Any = None) -> dict[str, Any]:
    """Render a form field: label, widget, hint, error.

    Args:
        field: the bound field.
        hint: sentence under the widget instead of the field's help text.
        optional: mark as 选填; by default when the field is not required.
        label: instead of the field's own; '' hides it visually.
    """
    return field_context(field, hint=hint, optional=optional, label=label)


@register.inclusion_tag("kit/form_errors.html")
def form_errors(form: forms.BaseForm) -> dict[str, Any]:
    """Render the errors of the whole form and of its hidden fields."""
    hidden = (error for field in form.hidden_fields() for error in field.errors)
    return {"errors": [*form.non_field_errors(), *hidden]}


@register.filter
def split_words(text: str) -> list[str]:
    """Return the words of a space-separated list, for loops over constants in templates."""
    return text.split()
