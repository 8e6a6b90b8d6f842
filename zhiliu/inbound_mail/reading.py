"""Parses a raw mail into text and files, whatever mail program sent it.

Headers and bodies may be undeclared GBK, in unknown encodings, or truncated. Everything readable is read; the only
exception any mail can cause is :class:`UnreadableError`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import policy
from email.message import EmailMessage
from email.parser import Parser

from zhiliu.kit.text.chinese_text import without_invisibles

from .html import MailPage, html_as_markdown
from .quote_stripping import new_words, without_signature

MOST_PARTS = 300
MOST_FILES_READ = 50
LONGEST_TEXT = 200_000
LONGEST_HEADER = 20_000
# Text declared as GB2312 or GBK often uses characters only GB18030 has; it is a superset of both.
_CHINESE = {"gb2312", "gbk", "gb_2312-80", "x-gbk", "cp936", "ms936", "gb18030", "euc-cn", "hz-gb-2312"}
_QUOTED_NAME = re.compile(r'"(?:[^"\\]|\\.){0,1000}+"')
_NAMED = re.compile(r"(.*)<([^<>]*)>$", re.DOTALL)
_ADDRESS = re.compile(r"[^\s<>@,;:\"()\[\]]+@[^\s<>@,;:\"()\[\]]+")
_CALLED_CHINESE = re.compile(r"=\?(?:gb2312|gbk|gb_2312-80|x-gbk|cp936)\?", re.IGNORECASE)


class UnreadableError(Exception):
    """A mail cannot be parsed."""


@dataclass(frozen=True)
class Enclosure:
    """An attached file."""

    name: str
    content: bytes


@dataclass
class Mail:
    """A parsed mail.

    Args:
        sender, sender_name: of the From line; '' if there is none, or several.
        headers: the first of each name, in lower case. all_headers: all of each name.
        plain, page: its text in both forms. enclosures: files, without the pictures of quoted text.
        calendar: the answer of a calendar program, b"" if it is none.
    """

    message_id: str
    sender: str
    sender_name: str
    subject: str
    headers: dict[str, str]
    all_headers: dict[str, list[str]] = field(default_factory=dict)
    content_type: str = ""
    plain: str = ""
    page: MailPage = field(default_factory=MailPage)
    enclosures: list[Enclosure] = field(default_factory=list)
    calendar: bytes = b""

    def words(self, *, is_reply: bool) -> str:
        """Return what its author wrote, as Markdown; a reply without its quoted text."""
        cut = new_words if is_reply else without_signature
        if self.plain.strip():
            return cut(self.plain)
        return cut(html_as_markdown(self.page, is_reply=is_reply))


def read_letter(raw: bytes) -> Mail:
    """Parse a mail.

    Raises:
        UnreadableError: it is no mail, or crafted to be unreadable.
    """
    try:
        message = _parse(raw)
        mail = _begin(message)
        for part in _parts(message):
            _take_part(mail, part)
    except (RecursionError, ValueError, LookupError, TypeError, AttributeError, AssertionError) as error:
        # The library raises whatever its parsers fail with.
        raise UnreadableError(type(error).__name__) from error
    return mail


def _parse(raw: bytes) -> EmailMessage:
    head, blank, body = _split(raw)
    text = _CALLED_CHINESE.sub("=?gb18030?", _decoded(head, ""))
    # Like the library's bytes parser: non-ASCII bytes in a body are kept as surrogates and decoded by their own
    # charset.
    whole = text + blank + body.decode("ascii", "surrogateescape")
    # The base parser: with this policy it creates an EmailMessage.
    return Parser(policy=policy.default).parsestr(whole)


def _split(raw: bytes) -> tuple[bytes, str, bytes]:
    for blank in (b"\r\n\r\n", b"\n\n"):
        head, separator, body = raw.partition(blank)
        if separator and b"\n\n" not in head:
            return head, blank.decode(), body
    return raw, "\n\n", b""


def _begin(message: EmailMessage) -> Mail:
    by_name: dict[str, list[str]] = {}
    for name, value in message.raw_items():
        by_name.setdefault(name.lower(), []).append(" ".join(str(value).split())[:LONGEST_HEADER])
    headers = {name: values[0] for name, values in by_name.items()}
    return Mail(
        message_id=headers.get("message-id", "")[:400],
        sender=sender_of(by_name.get("from", [])),
        sender_name=_name_of(_header(message, "from")),
        subject=_line(_header(message, "subject"))[:200],
        headers=headers,
        all_headers=by_name,
        content_type=message.get_content_type(),
    )


def sender_of(lines: list[str]) -> str:
    """Return the only address of the From line; '' if there is none or it is ambiguous.

    Parsed from the raw line: a decoded name can look like another address, and the library's parsing of such lines
    differs between versions.
    """
    if len(lines) != 1:
        return ""
    line = _QUOTED_NAME.sub("", lines[0]).strip()
    name, address = match.groups() if (match := _NAMED.match(line)) else ("", line)
    address = address.strip()
    is_clear = _ADDRESS.fullmatch(address) and "<" not in name and not ("@" in name and re.search(r"[,;]", name))
    return address.lower() if is_clear else ""


def _name_of(line: str) -> str:
    """Return the sender's display name, decoded; else the address."""
    name = line.rpartition("<")[0] if line.rstrip().endswith(">") else line
    return _line(name.replace('"', ""))[:80]


def _header(message: EmailMessage, name: str) -> str:
    """Return a decoded header; raw if the library fails."""
    try:
        return str(message.get(name, ""))
    except Exception:  # whatever its parsers raise
        return next((str(value) for header, value in message.raw_items() if header.lower() == name), "")


def _line(text: str) -> str:
    return " ".join(without_invisibles(text.encode("utf-8", "replace").decode()).split())


def _parts(message: EmailMessage) -> Iterator[EmailMessage]:
    """Yield the leaf parts in order; an attached mail is one part and is not opened."""
    waiting, count = [message], 0
    while waiting:
        part = waiting.pop(0)
        count += 1
        if count > MOST_PARTS:
            raise UnreadableError("too many parts")
        children = part.get_payload()
        if part.is_multipart() and part.get_content_maintype() == "multipart":
            waiting[:0] = list(children)  # type: ignore[arg-type]
        else:
            yield part


def _take_part(mail: Mail, part: EmailMessage) -> None:
    kind, name = part.get_content_type(), _file_name(part)
    if kind == "text/calendar" and str(part.get_param("method", "")).upper() == "REPLY":
        content = part.get_payload(decode=True)
        mail.calendar = mail.calendar or (content if isinstance(content, bytes) else b"")
        return
    is_file = part.get_content_disposition() == "attachment" or bool(name)
    if kind == "text/plain" and not is_file and not mail.plain:
        mail.plain = _unflowed(part, _text(part))
    elif kind == "text/html" and not is_file and not mail.page.html:
        mail.page = MailPage(_text(part))
    elif kind not in ("text/plain", "text/html") or is_file:
        _enclose(mail, part, name)


def _enclose(mail: Mail, part: EmailMessage, name: str) -> None:
    if len(mail.enclosures) >= MOST_FILES_READ or _is_left_over(mail, part):
        return
    if part.get_content_maintype() == "message":
        inside = part.get_payload(0) if part.is_multipart() else part
        content, name = inside.as_bytes(policy=policy.compat32), name or "letter.eml"  # type: ignore[union-attr]
    else:
        content = part.get_payload(decode=True) or b""
    if content:
        mail.enclosures.append(Enclosure(name or f"file.{_ending(part)}", content))


def _is_left_over(mail: Mail, part: EmailMessage) -> bool:
    """Return True for a picture of a quote or signature: the author's own part of the page does not show it."""
    name = str(part.get("content-id", "")).strip().strip("<>")
    if not name or not mail.page.html or part.get_content_disposition() == "attachment":
        return False
    return name not in mail.page.pictures


def _ending(part: EmailMessage) -> str:
    return re.sub(r"[^a-z0-9]", "", part.get_content_subtype().lower())[:8] or "bin"


def _file_name(part: EmailMessage) -> str:
    try:
        return _line(part.get_filename() or "")[:200]
    except Exception:  # whatever the header parser raises
        return "file"


def _text(part: EmailMessage) -> str:
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        return ""
    return _decoded(content[: LONGEST_TEXT * 4], part.get_content_charset() or "")[:LONGEST_TEXT]


def _decoded(content: bytes, charset: str) -> str:
    """Decode with the declared charset, else with UTF-8 or GB18030, whichever works; finally with replacement
    characters.
    """
    declared = "gb18030" if charset in _CHINESE - {"hz-gb-2312"} else charset
    for text in (declared, "utf-8", "gb18030"):
        try:
            return content.decode(text).replace("\r\n", "\n")
        except (LookupError, UnicodeError, ValueError):
            continue
    return content.decode("utf-8" if not declared.startswith("gb") else "gb18030", "replace").replace("\r\n", "\n")


def _unflowed(part: EmailMessage, text: str) -> str:
    """Join lines that a mail program wrapped with format=flowed (RFC 3676)."""
    if str(part.get_param("format", "")).lower() != "flowed":
        return text
    glue = "" if str(part.get_param("delsp", "")).lower() == "yes" else " "
    joined: list[str] = []
    flows = False
    for line in text.split("\n"):
        line = line[1:] if line.startswith(" ") and not line.startswith(">") else line
        can_join = flows and joined and (line[:1] == ">") == (joined[-1][:1] == ">")
        if can_join:
            joined[-1] = joined[-1].rstrip(" ") + glue + line.lstrip("> ")
        else:
            joined.append(line)
        flows = line.endswith(" ") and line != "-- "
    return "\n".join(joined)
