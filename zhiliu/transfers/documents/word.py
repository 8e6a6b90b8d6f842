"""Word files as Markdown: mammoth reads them, markdownify writes them; both receive only preprocessed input."""

from __future__ import annotations

import html
import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from xml.etree.ElementTree import ParseError

from zhiliu.kit.system.confined import Overrun, confined

from .bundle import NotTaken
from .markdown import MarkdownDocument, document
from .wordmarks import begins_anew, marked, number_of, unmarked, without_hidden

# Of processor time; a book takes five.
SECONDS = 30
MAX_XML = 16 << 20
MAX_PART = 64 << 20
MAX_PARTS = 4000
MAX_ALL = 200 << 20
_OLE = b"\xd0\xcf\x11\xe0"
_STYLES = "\n".join(
    [
        "p[style-name='Title'] => h1:fresh",
        "p[style-name='Subtitle'] => p:fresh",
        "u => u",
        *(
            f"p[style-name='List {kind}{depth}'] => {outer}{tag} > li:fresh"
            for kind, tag in (("Number", "ol"), ("Bullet", "ul"))
            for depth, outer in (("", ""), (" 2", "ul|ol > li > "), (" 3", "ul|ol > li > ul|ol > li > "))
        ),
        *(
            f"p[style-name='{name}'] => pre:separator('\\n')"
            for name in ("Source Code", "HTML Preformatted", "Code", "Preformatted Text", "代码")
        ),
    ]
)
KeepPicture = Callable[[str, bytes], str | None]


def read_word(content: bytes, source: str, keep_picture: KeepPicture) -> MarkdownDocument:
    """Read a Word file.

    Args:
        keep_picture: called with a name and the bytes of each picture; returns its address, or None to omit it.

    Raises:
        NotTaken: it is encrypted, damaged, too large, takes too long, or is not a Word file.
    """
    try:
        page, pictures, notes = confined(_converted, content, seconds=SECONDS)
        addresses = [keep_picture(name, picture) or "" for name, picture in pictures]
        text = confined(_markdown, page, addresses, seconds=SECONDS)
    except Overrun:
        raise NotTaken("too_slow") from None
    return replace(document(text, source), notes=notes)


Picture = tuple[str, bytes]
Notes = tuple[tuple[str, str], ...]


def _converted(content: bytes) -> tuple[str, list[Picture], Notes]:
    """Return a Word file as HTML, its pictures, whose addresses are their indexes, and notes of what is lost."""
    _look_through(content)
    mended, notes = _mended(content)
    page, pictures, lost = _html(mended)
    return page, pictures, (*notes, *lost)


def _look_through(content: bytes) -> None:
    """Unpack once without storing anything: wrong sizes and document types fail here.

    Word never writes document types; they could make the reader open other files or fill the memory.
    """
    if content.startswith(_OLE):
        raise NotTaken("locked")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            parts = packed.infolist()
            if not any(re.match(r"word/document\d*\.xml$", part.filename) for part in parts):
                raise NotTaken("no_word")
            if any(part.flag_bits & 1 for part in parts):
                raise NotTaken("locked")
            if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_ALL:
                raise NotTaken("too_large")
            for part in parts:
                _look_into(packed, part)
    except NotTaken:
        raise
    except Exception:  # a damaged file makes zipfile and zlib raise whatever they like
        raise NotTaken("broken") from None


def _look_into(packed: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    is_xml = part.filename.lower().endswith((".xml", ".rels"))
    if part.file_size > (MAX_XML if is_xml else MAX_PART):
        raise NotTaken("too_large")
    if not is_xml:
        return
    text = packed.read(part)
    # In UTF-16 every second byte is empty; Word does not write it.
    if b"<!DOCTYPE" in text or b"<!ENTITY" in text or b"\0" in text[:64]:
        raise NotTaken("entities")


# No tag contains "<", so each of these is linear.
_FIELD = re.compile(rb"<w:fldSimple\b[^<>]*>|</w:fldSimple>")
_STYLE_TAG = re.compile(rb"<w:style(?=[ >])[^<>]*>|</w:style>")


def _mended(content: bytes) -> tuple[bytes, list[tuple[str, str]]]:
    """Return the file in a form its reader understands, and notes of what the reader ignores.

    The reader drops text in simple fields and fails at styles without a type, which are paragraph styles (ECMA-376,
    17.16.19 and 17.7.4.17), or without an id, which are unusable.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        parts = {name: packed.read(name) for name in packed.namelist() if re.fullmatch(r"word/[^/]+\.xml", name)}
        changed = {name: _with_whole_styles(_FIELD.sub(b"", text)) for name, text in parts.items()}
        notes = _passed_over(parts)
        hidden = 0
        for name in changed:
            if _SHOWN.fullmatch(name):
                changed[name], count = _seen(changed[name], parts.get("word/styles.xml"))
                hidden += count
            if re.fullmatch(r"word/document\d*\.xml", name):
                changed[name], lost = _marked(changed[name], parts.get("word/numbering.xml"))
                notes += lost
        if hidden:
            notes.append(("hidden", str(hidden)))
        return _rewritten(packed, changed), notes


_SHOWN = re.compile(r"word/(document|footnotes|endnotes)\d*\.xml")


def _seen(part: bytes, styles: bytes | None) -> tuple[bytes, int]:
    try:
        return without_hidden(part, styles)
    except ParseError:
        raise NotTaken("broken") from None


def _marked(document: bytes, numbering: bytes | None) -> tuple[bytes, list[tuple[str, str]]]:
    try:
        return marked(document, numbering)
    except (ParseError, ValueError):
        return document, []


_TEXT = re.compile(rb"<w:t(?:\s[^<>]*)?>([^<]*)</w:t>")


def _passed_over(parts: dict[str, bytes]) -> list[tuple[str, str]]:
    """Return notes of comments, headers and footers: articles have none."""
    notes = []
    if comments := sum(text.count(b"<w:comment ") for name, text in parts.items() if name == "word/comments.xml"):
        notes.append(("comments", str(comments)))
    edges = [text for name, text in sorted(parts.items()) if re.fullmatch(r"word/(header|footer)\d*\.xml", name)]
    said = [html.unescape(b"".join(_TEXT.findall(text)).decode("utf-8", "replace")).strip() for text in edges]
    if said := [text for text in dict.fromkeys(said) if re.search(r"[^\W\d]", text)]:
        notes.append(("edges", " / ".join(said)[:200]))
    return notes


def _with_whole_styles(text: bytes) -> bytes:
    """Return styles without those that lack an id, and with a type for those that lack it."""
    kept: list[bytes] = []
    at, skipping = 0, False
    for tag in _STYLE_TAG.finditer(text):
        closes = tag[0].startswith(b"</")
        if not skipping:
            nameless = not closes and b"w:styleId=" not in tag[0]
            kept.append(text[at : tag.start()])
            kept.append(b"" if nameless else tag[0] if closes else _typed(tag[0]))
            at, skipping = tag.end(), nameless and not tag[0].endswith(b"/>")
        elif closes:
            at, skipping = tag.end(), False
    return b"".join([*kept, text[at:]])


def _typed(tag: bytes) -> bytes:
    return tag if b"w:type=" in tag else tag.replace(b"<w:style", b'<w:style w:type="paragraph"', 1)


def _rewritten(packed: zipfile.ZipFile, changed: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as made:
        for part in packed.infolist():
            made.writestr(part.filename, changed.get(part.filename) or packed.read(part))
    return out.getvalue()


def _html(content: bytes) -> tuple[str, list[Picture], Notes]:
    import mammoth

    pictures: list[Picture] = []

    def show(picture: Any) -> dict[str, str]:
        with picture.open() as opened:
            kind = re.sub(r"[^a-z0-9]", "", str(picture.content_type).rpartition("/")[2].lower()) or "bin"
            pictures.append((f"picture.{kind}", opened.read()))
        return {"src": str(len(pictures) - 1), "alt": picture.alt_text or ""}

    try:
        read = mammoth.convert_to_html(
            io.BytesIO(content), convert_image=mammoth.images.img_element(show), style_map=_STYLES
        )
    except Exception:  # its parsers meet files no Word has written; whatever they raise, this file is damaged
        raise NotTaken("broken") from None
    lost = {match[1] for message in read.messages if (match := _IGNORED.search(message.message))}
    return str(read.value), pictures, tuple(("element", name) for name in sorted(lost - _KNOWN))


_IGNORED = re.compile(r"unrecognised element was ignored: (\S+)")
# Nothing of value: page settings, and places where proofing stopped.
_KNOWN = {"w:lastRenderedPageBreak", "w:proofErr", "w:sectPr", "w:softHyphen", "w:noProof"}


def _split(soup: Any, numbered: Any) -> None:
    """Split off a list that restarts inside another one."""
    items = numbered.find_all("li", recursive=False)
    for place in range(len(items) - 1, 0, -1):
        if begins_anew(items[place].get_text()):
            below = soup.new_tag("ol")
            for item in items[place:]:
                below.append(item.extract())
            del items[place:]
            numbered.insert_after(below)


def _markdown(page: str, addresses: list[str]) -> str:
    from bs4 import BeautifulSoup

    from .word_converter import WordConverter

    soup = BeautifulSoup(page, "html.parser")
    for picture in soup.find_all("img"):
        if address := addresses[int(str(picture["src"]))]:
            picture["src"] = address
        else:
            picture.decompose()
    for numbered in soup.find_all("ol"):
        _split(soup, numbered)
    for numbered in soup.find_all("ol"):
        item = numbered.find("li", recursive=False)
        if item is not None and (number := number_of(item.get_text())):
            numbered["start"] = str(number)
    text = unmarked(WordConverter().convert_soup(soup))
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"
