"""Render the share poster: one portrait SVG (3:4) with only what outsiders may see.

It is self-contained (no style sheet, script, font or external picture), so it can be saved as a file and converted to
PNG in the browser. It uses the light theme's colours, whatever theme the reader has.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field

import segno
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from zhiliu.directory.models import Organisation
from zhiliu.kit.templatetags.ui_drawing import cover_paths
from zhiliu.kit.templatetags.ui_time import exact_words

from .models import Gathering
from .running_order import order_of

WIDTH, HEIGHT, EDGE, COVER = 1080, 1440, 84, 260
QR = 248
INK = "#1B2321"
# Top of the footer with the code; height of a named part without its lines, and of one line.
FOOT, PART, PART_LINE = 1080, 70, 57
# Background and ink of the community kinds in the light theme (tokens.css).
TINTS = {
    "professional": ("#E6EDF6", "#2F5B93"),
    "interest": ("#F8E6ED", "#A23E67"),
    "help": ("#F7E9DC", "#9A5420"),
    "best": ("#E3F0E3", "#33733F"),
    "learning": ("#F5EDD0", "#7D6209"),
    "knowledge": ("#EEE8F4", "#6C5190"),
}
_CLOSING = "，。、；：？！”’）》」』,.;:?!)]}"


@dataclass(frozen=True)
class PosterLine:
    """One line of text: baseline, size and ink."""

    text: str
    y: int
    size: int
    ink: str = INK
    weight: int = 400


@dataclass
class Sheet:
    """Lines stacked from top to bottom."""

    y: int
    lines: list[PosterLine] = field(default_factory=list)

    def put(self, text: str, size: int, *, most: int = 1, gap: int = 0, weight: int = 400, ink: str = INK) -> None:
        """Add a text, wrapped into at most ``most`` lines. An empty text adds nothing."""
        if not text:
            return
        self.y += gap
        for line in wrap(text, (WIDTH - 2 * EDGE) / size, most):
            self.y += round(size * 1.42)
            self.lines.append(PosterLine(line, self.y - round(size * 0.3), size, ink, weight))


def poster_of(gathering: Gathering, address: str) -> SafeString:
    """Return the poster of a gathering as an SVG document.

    Args:
        address: where the QR code leads.
    """
    soft, ink = TINTS.get(gathering.community.kind, ("#E0EFED", "#0B6A6E"))
    context = {
        "gathering": gathering,
        "community": gathering.community,
        "mark": gathering.community.mark or gathering.community.name[:1],
        "organisation": Organisation.objects.values_list("name", flat=True).first() or "",
        "soft": soft,
        "ink": ink,
        "paths": cover_paths(str(gathering.pk), WIDTH, COVER, 15),
        "lines": _lines(gathering, ink),
        "qr": _qr(address),
    }
    return render_to_string("gatherings/poster_picture.html", context)


def _lines(gathering: Gathering, ink: str) -> list[PosterLine]:
    sheet = Sheet(COVER + 32)
    width = width_of(gathering.title)
    sheet.put(gathering.title, 84 if width <= 20 else 66 if width <= 39 else 54, most=4, weight=600)
    sheet.put(_when(gathering), 44, gap=20, weight=600, ink=ink)
    sheet.put(gathering.place, 38, ink="#46514D")
    sheet.put(_who(gathering), 38, ink="#46514D")
    named = ((_("Who it’s for"), gathering.for_whom), (_("What you’ll take away"), gathering.take_home))
    parts = [(name, text) for name, text in named if text]
    for remaining, (name, text) in zip(range(len(parts), 0, -1), parts, strict=True):
        # A part gets a second line only if the parts after it keep their first one.
        room = FOOT - sheet.y - remaining * (PART + PART_LINE)
        sheet.put(name, 32, gap=24, ink="#636D69")
        sheet.put(text, 40, most=2 if room >= PART_LINE else 1)
    return sheet.lines


def _when(gathering: Gathering) -> str:
    if gathering.starts_at is None or gathering.ends_at is None:
        return _("No time yet")
    start, end = timezone.localtime(gathering.starts_at), timezone.localtime(gathering.ends_at)
    return f"{exact_words(start)} – {end:%H:%M}"


def _who(gathering: Gathering) -> str:
    sharer = gathering.sharer
    if gathering.is_lightning:
        return _(", ").join(talk.speaker.name for talk in order_of(gathering).given)
    if sharer is None:
        return ""
    if sharer.department is None:
        return _("Talk by %(name)s") % {"name": sharer.name}
    return _("Shared by %(name)s, %(department)s") % {"name": sharer.name, "department": sharer.department}


def _qr(address: str) -> SafeString:
    """Return a QR code with a quiet zone of two, positioned by its own coordinates."""
    drawn = segno.make(address, error="m").svg_inline(omitsize=True, border=2, dark=INK, light="#fff")
    placed = f'<svg x="{WIDTH - EDGE - QR}" y="{HEIGHT - 68 - QR}" width="{QR}" height="{QR}" '
    return mark_safe(drawn.replace("<svg ", placed, 1))  # noqa: S308 - made of black and white squares by segno


def width_of(text: str) -> float:
    """Return the width of a text in em: a Chinese character is 1, a Latin letter a bit more than half."""
    return sum(1.0 if unicodedata.east_asian_width(sign) in "WFA" else 0.58 for sign in text)


def wrap(text: str, width: float, most: int) -> list[str]:
    """Wrap ``text`` at word boundaries into at most ``most`` lines; overflow ends in an ellipsis.

    Args:
        width: of a line, in em.
    """
    import rjieba

    lines = [""]
    for word in rjieba.cut(" ".join(text.split())):
        pieces = [word] if width_of(word) <= width else list(word)
        for piece in pieces:
            # A closing mark never starts a line; it may overhang by half its width.
            if width_of(lines[-1] + piece) <= width or (piece in _CLOSING and lines[-1]):
                lines[-1] += piece
            else:
                lines.append(piece.lstrip())
    lines = [line.strip() for line in lines if line.strip()]
    if len(lines) <= most:
        return lines
    last = lines[most - 1]
    while last and width_of(last) > width - 1:
        last = last[:-1]
    return [*lines[: most - 1], last.rstrip(_CLOSING) + "…"]
