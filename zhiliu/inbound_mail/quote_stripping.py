"""Extracts what a person wrote from mail text: removes quotes and signatures, in Chinese and English.

Line by line in one pass, so that no crafted text takes long. Why no library does this: ``docs/decisions/libraries.md``.
"""

from __future__ import annotations

import re

from zhiliu.kit.text.chinese_text import without_invisibles

# Starts our own mails. Everything below it is ours, in every mail program and language.
MARK = "##-"
MARK_END = "-##"

_QUOTED = re.compile(r"^[ \t]*(?:>|&gt;|\uff1e)")
_RULE = re.compile(r"^[\s\-_=*\u2014\u2500]*$")
# "-----Original Message-----", "------------------ 原始邮件 ------------------", "---- 回复的原邮件 ----"
_DIVIDER = re.compile(
    r"^[ \t>*|]*[-_\u2014\u2500]{2,}[ \t]*(?:original message|original email|reply message"
    r"|forwarded message|(?:回复的)?(?:原始邮件|原邮件|邮件原件|原始郵件|原文)|转发的?邮件|转发邮件信息)"
    r"[ \t]*[-_\u2014\u2500]{2,}[ \t|]*$",
    re.IGNORECASE,
)
_WROTE = re.compile(r"(?:\bwrote|\bwrites|写道|寫道|写到|编写)[ \t]*[:：][ \t]*\**$", re.IGNORECASE)
# A line "X wrote on …" also contains a date or an address.
_WHEN_OR_WHO = re.compile(
    r"\d{1,4}[年/.\-]\s?\d{1,2}|\b\d{1,2}:\d{2}\b|(?<![\w.+-])[\w.+-]+@[\w-]+\.\w|\b(?:19|20)\d\d\b", re.IGNORECASE
)
_BEGINS_WROTE = re.compile(r"^[ \t>*]*(?:On\b|在\b|在|于|At\b)|@|\d{4}", re.IGNORECASE)
_FROM = re.compile(r"^[ \t>|*]*(?:From|发件人|寄件者|寄件人|发送人|發件人)\**[ \t]*[:：]", re.IGNORECASE)
_FIELD = re.compile(
    r"^[ \t>|*]*(?:Sent|To|Cc|Date|Subject|Reply-To|发送时间|收件人|收件者|抄送|主题|主旨|日期"
    r"|時間|时间|寄件日期|副本|已发送|发送日期"
    r"|主[\s\u3000]+题|收件箱|發送時間)\**[ \t]*[:：]",
    re.IGNORECASE,
)
_TAGLINE = re.compile(
    r"^[ \t*_\[(<]*(?:sent from (?:my|outlook|mail|yahoo|proton|samsung)|sent via"
    r"|get outlook for|获取 ?outlook|下载 ?outlook"
    r"|(?:发自|來自|来自|发送自|傳自|发件于)[ \t]*(?:我的|新浪|网易|網易|QQ|Outlook"
    r"|iPhone|iPad|华为|小米|钉钉|企业微信|Foxmail)"
    r"|从我的[^，。]{1,20}发送|从 ?\S{1,20}发送$|从 ?Windows ?版邮件发送|签名由.{0,12}网易邮箱大师)",
    re.IGNORECASE,
)


def new_words(text: str) -> str:
    """Return the new text of a reply, without quotes and signature; '' if there is none."""
    lines = without_invisibles(text).split("\n")
    end = _end_of_new(lines)
    new = _without_quotes_at_end(lines[:end])
    if not _says_something(new):
        # Written below the quote, or between its lines.
        quoted = next((place for place in range(end, len(lines)) if _QUOTED.match(lines[place])), len(lines))
        new = [line for line in lines[quoted:] if not _QUOTED.match(line)]
    return _trimmed(_without_signature(new))


def without_signature(text: str) -> str:
    """Return a text without the signature at its end; forwarded text stays."""
    lines = without_invisibles(text).split("\n")
    mark_line = next((place for place, line in enumerate(lines) if _is_mark(line)), len(lines))
    return _trimmed(_without_signature(lines[:mark_line]))


def _end_of_new(lines: list[str]) -> int:
    """Return the line at which quoted text begins."""
    for place, line in enumerate(lines):
        if _is_mark(line):
            return _above_mark(lines, place)
        if _DIVIDER.match(line):
            return place
        if (begins := _begins_quote(lines, place)) is not None:
            return begins
    return len(lines)


def _is_mark(line: str) -> bool:
    return MARK in line and line.find(MARK_END, line.find(MARK) + len(MARK)) > 0


def _above_mark(lines: list[str], place: int) -> int:
    """Include the line "X wrote" above our mark, which may be in an unknown language."""
    while place and not lines[place - 1].strip():
        place -= 1
    if place and re.search(r"[:：]\s*$", lines[place - 1]) and _WHEN_OR_WHO.search(lines[place - 1]):
        place -= 1
    return place


def _begins_quote(lines: list[str], place: int) -> int | None:
    """Return where the header of a quote begins that ends, or begins, at this line."""
    if _is_head(lines, place):
        return _above_head(lines, place)
    if not _WROTE.search(lines[place].rstrip()):
        return None
    # "On Friday, 27 November, Wang <w@example.com>" and "wrote:" may be wrapped over up to three lines.
    for begins in range(max(0, place - 2), place + 1):
        whole = " ".join(lines[begins : place + 1])
        is_alone = begins == place or begins == 0 or not lines[begins - 1].strip()
        if is_alone and len(whole) < 500 and _WHEN_OR_WHO.search(whole) and _BEGINS_WROTE.search(lines[begins]):
            return begins
    return None


def _above_head(lines: list[str], place: int) -> int:
    """Include 原始邮件 above it, which current QQ Mail writes without dashes."""
    above = place
    while above and not lines[above - 1].strip():
        above -= 1
    return above - 1 if above and lines[above - 1].strip(" \t*-") in ("原始邮件", "原邮件") else place


def _is_head(lines: list[str], place: int) -> bool:
    """Return True if a block of From, Sent, To, Subject begins here."""
    if not _FROM.match(lines[place]):
        return False
    return sum(bool(_FIELD.match(line)) for line in lines[place + 1 : place + 9]) >= 2


def _without_quotes_at_end(lines: list[str]) -> list[str]:
    end = len(lines)
    while end and (not lines[end - 1].strip() or _QUOTED.match(lines[end - 1])):
        end -= 1
    return lines[:end]


def _says_something(lines: list[str]) -> bool:
    return any(line.strip() and not _QUOTED.match(line) for line in _without_signature(lines))


def _without_signature(lines: list[str]) -> list[str]:
    for place, line in enumerate(lines):
        if line.rstrip() == "--" and (line == "-- " or _looks_signed(lines[place + 1 :])):
            return lines[:place]
        if _TAGLINE.match(line) and sum(bool(text.strip()) for text in lines[place + 1 :]) <= 3:
            return _without_table_at_end(lines[:place])
    return lines


def _looks_signed(rest: list[str]) -> bool:
    """Return True if the lines after "--" look like a signature. RFC 3676 requires a trailing space, which many
    programs drop, and people also draw lines with it. So it counts if a few short lines follow at once, without another
    line.
    """
    texts = [line.strip() for line in rest if line.strip()]
    follows = bool(rest and rest[0].strip())
    return follows and len(texts) <= 3 and all(len(line) <= 40 and line.strip("-_=*~—") for line in texts)


def _without_table_at_end(lines: list[str]) -> list[str]:
    """Remove a NetEase signature: a small table above the line that names its program."""
    for place in range(max(0, len(lines) - 14), len(lines)):
        if lines[place].replace(" ", "") in ("|", "||"):
            return lines[:place]
    return lines


def _trimmed(lines: list[str]) -> str:
    """Remove empty lines and rules around the text; allow at most one empty line in a row."""
    while lines and _RULE.match(lines[-1]):
        lines = lines[:-1]
    while lines and not lines[0].strip():
        lines = lines[1:]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip() for line in lines)).strip()
