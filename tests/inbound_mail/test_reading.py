"""Letters of all kinds of mail programs are read, also those that are broken or meant to break what reads them."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhiliu.inbound_mail.auto_replies import why_drop
from zhiliu.inbound_mail.reading import UnreadableError, read_letter, sender_of


def test_chinese_in_every_charset_is_read() -> None:
    for said, real in (
        ("gb2312", "gb18030"),
        ("GBK", "gb18030"),
        ("gb18030", "gb18030"),
        ("utf-8", "utf-8"),
        ("big5", "big5"),
    ):
        words = "請周五前給我" if said == "big5" else "镕基同志周五前给我"
        raw = f"From: a@b.example\nSubject: x\nContent-Type: text/plain; charset={said}\n\n".encode() + words.encode(
            real
        )
        assert read_letter(raw).words(is_reply=True) == words


@pytest.mark.parametrize("charset", ["nonsense", "us-ascii", "iso-8859-99", ""])
def test_a_charset_that_is_unknown_or_a_lie_is_seen_through(charset: str) -> None:
    for real in ("utf-8", "gb18030"):
        raw = f'Content-Type: text/plain; charset="{charset}"\n\n'.encode() + "周五前给我".encode(real)
        assert read_letter(raw).words(is_reply=True) == "周五前给我"


def test_headers_that_are_broken_are_read_as_far_as_they_go() -> None:
    gbk = base64.b64encode("镕基".encode("gb18030")).decode()
    for line, subject in (
        (f"Subject: =?gb2312?B?{gbk}?=".encode(), "镕基"),
        ("Subject: 报价单".encode(), "报价单"),
        ("Subject: 报价单".encode("gb18030"), "报价单"),
        (b"Subject: =?utf-8?B?5oql5Lu3?=\n =?utf-8?B?5Y2V?=", "报价单"),
        (b"Subject: =?nonsense?Q?abc?=", "abc"),
        (b"Subject:", ""),
        (b"subject: a\x00b\xe2\x80\xaec", "abc"),
    ):
        assert read_letter(line + b"\n\nx").subject == subject, line


def test_who_sent_it_is_read_from_the_line_as_it_was_sent() -> None:
    for line, sender in (
        ("wang@example.com", "wang@example.com"),
        ("Wang <Wang@Example.com>", "wang@example.com"),
        ('"Wang, Yi" <wang@example.com>', "wang@example.com"),
        ("Wang, Yi <wang@example.com>", "wang@example.com"),
        ("boss@example.com <wang@example.com>", "wang@example.com"),
        ('"boss@example.com, x" <wang@example.com>', "wang@example.com"),
        ("=?utf-8?q?=3Cboss=40example=2Ecom=3E?= <wang@example.com>", "wang@example.com"),
        ("boss@example.com, Wang <wang@example.com>", ""),
        ("boss@example.com, wang@example.com", ""),
        ("<boss@example.com> <wang@example.com>", ""),
        ("Wang <wang@example.com> (boss@example.com)", ""),
        ("wang@example.com@evil.example", ""),
        ("undisclosed:;", ""),
        ("", ""),
    ):
        assert sender_of([line]) == sender, line
    assert sender_of(["wang@example.com", "boss@example.com"]) == sender_of([]) == ""


def test_the_page_is_read_where_there_is_no_text() -> None:
    raw = (
        b"Content-Type: multipart/alternative; boundary=x\n\n--x\nContent-Type: text/plain\n\n \n"
        b"--x\nContent-Type: text/html; charset=utf-8\n\n<p>one <b>two</b></p><div class=gmail_quote>old</div>\n--x--\n"
    )
    assert read_letter(raw).words(is_reply=True) == "one **two**"


def test_pictures_of_the_text_come_along_and_those_of_the_quote_do_not() -> None:
    def part(name: str) -> bytes:
        return (
            f"--x\nContent-Type: image/png; name={name}.png\nContent-ID: <{name}>\nContent-Disposition: inline\n"
            f"Content-Transfer-Encoding: base64\n\n{base64.b64encode(name.encode()).decode()}\n"
        ).encode()

    raw = (
        b"Content-Type: multipart/related; boundary=x\n\n--x\nContent-Type: text/html\n\n"
        b'<p>see <img src="cid:new"></p><blockquote type=cite><img src="cid:old"></blockquote>'
        b'<div class="gmail_signature"><img src="cid:logo"></div>\n'
        + part("new")
        + part("old")
        + part("logo")
        + b"--x--\n"
    )
    assert [(enclosure.name, enclosure.content) for enclosure in read_letter(raw).enclosures] == [("new.png", b"new")]


def test_a_letter_that_is_passed_on_is_one_file() -> None:
    raw = (
        b"Content-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: text/plain\n\nsee\n"
        b"--x\nContent-Type: message/rfc822\n\nSubject: inside\n\nsecret\n--x--\n"
    )
    mail = read_letter(raw)
    assert mail.words(is_reply=True) == "see"
    assert [enclosure.name for enclosure in mail.enclosures] == ["letter.eml"] and b"inside" in mail.enclosures[
        0
    ].content


def test_wrapped_lines_that_say_so_are_one_paragraph() -> None:
    raw = b"Content-Type: text/plain; format=flowed\n\none two \nthree\n\n- four \n> old \n> older\n-- \nWang\n"
    assert read_letter(raw).words(is_reply=False) == "one two three\n\n- four\n> old older"


def test_file_names_are_clean() -> None:
    raw = (
        b"Content-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: application/pdf\n"
        b"Content-Disposition: attachment; filename*=utf-8''%E6%8A%A5%E2%80%AE%E4%BB%B7.pdf\n\nx\n--x--\n"
    )
    assert [enclosure.name for enclosure in read_letter(raw).enclosures] == ["报价.pdf"]


def test_boxes_in_boxes_without_end_are_given_up() -> None:
    raw = b""
    for depth in range(3000):
        raw += f"Content-Type: multipart/mixed; boundary=b{depth}\n\n--b{depth}\n".encode()
    with pytest.raises(UnreadableError):
        read_letter(raw)


def test_ten_thousand_parts_are_given_up() -> None:
    with pytest.raises(UnreadableError):
        read_letter(b"Content-Type: multipart/mixed; boundary=x\n\n" + b"--x\n\na\n" * 10_000)


_PIECES = st.sampled_from(
    [
        b"From: a@b.example\n",
        b"Subject: =?utf-8?B?",
        b"Content-Type: ",
        b"multipart/mixed; boundary=x",
        b"text/html",
        b"\n\n",
        b"--x\n",
        b"--x--",
        b"Content-Transfer-Encoding: base64\n",
        b"Content-Transfer-Encoding: quoted-printable\n",
        b"=E6=8A",
        b"; charset=",
        b"gb2312",
        b"<div>",
        b"<includetail>",
        b"filename*=utf-8''%",
        b"message/rfc822\n\n",
        b"\x00",
        b"\xff\xfe",
        b"[",
        b"<",
        b">",
        b'"',
        b"@",
        b",",
        b"\r\n",
        b"a",
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(_PIECES | st.binary(max_size=12), max_size=30).map(b"".join))
def test_whatever_comes_is_read_or_given_up(raw: bytes) -> None:
    try:
        mail = read_letter(raw)
    except UnreadableError:
        return
    assert isinstance(mail.words(is_reply=True), str) and isinstance(mail.words(is_reply=False), str)
    assert "\x00" not in mail.subject + mail.sender_name and "\n" not in mail.subject


NOISE = {
    "an automatic answer": "Auto-Submitted: auto-replied",
    "an automatic letter": "Auto-Submitted: auto-generated (rota)",
    "a list": "Precedence: list",
    "bulk": "Precedence: Bulk",
    "Exchange": "X-Auto-Response-Suppress: All",
    "QQ, away": "Subject: =?utf-8?B?6Ieq5Yqo5Zue5aSNOiDmiJHlnKjkvJHlgYc=?=",
    "Outlook zh, away": "Subject: 自动答复: 报价",
    "Outlook en, away": "Subject: Automatic reply: quote",
    "our own": "Message-ID: <zhiliu-1-2@example.com>",
    "nobody": "Return-Path: <>",
    "a report": "Content-Type: multipart/report; report-type=delivery-status; boundary=x",
    "our own sender": "From: Zhiliu <zhiliu@localhost>",
    "one of our addresses": "From: reply+pabc@zhiliu.example.com",
}


@pytest.mark.parametrize("what", NOISE)
def test_what_nobody_wrote_is_told_from_what_somebody_did(what: str) -> None:
    mail = read_letter(f"{NOISE[what]}\n\nx\n".encode())
    assert why_drop(mail, "a@b.example")


def test_what_somebody_wrote_is_not_dropped() -> None:
    for line in (
        "Auto-Submitted: no",
        "Auto-Submitted: No; x=1",
        "Precedence: normal",
        "Subject: Re: 自动回复怎么设",
        "X: y",
    ):
        mail = read_letter(f"From: a@b.example\n{line}\n\nx\n".encode())
        assert why_drop(mail, "a@b.example") == "" == why_drop(mail, None)
    assert why_drop(mail, "") == "empty return path"


def test_programs_may_write_to_programs_boxes_but_their_answers_may_not() -> None:
    for line, drops in (
        ("Auto-Submitted: auto-generated", False),
        ("Precedence: bulk", False),
        ("Auto-Submitted: auto-replied", True),
    ):
        mail = read_letter(f"From: a@b.example\n{line}\n\nx\n".encode())
        assert bool(why_drop(mail, "a@b.example", for_programs=True)) is drops


@pytest.mark.parametrize("blank", [b"\n\n", b"\r\n\r\n"])
@pytest.mark.parametrize("inside", [b"\n\n", b"\r\n\r\n"])
def test_the_first_empty_line_ends_the_headers(blank: bytes, inside: bytes) -> None:
    mail = read_letter(b"Subject: one" + blank + b"two" + inside + b"three")
    assert (mail.subject, mail.words(is_reply=False)) == ("one", "two\n\nthree")


def test_a_letter_without_text_has_headers_all_the_same() -> None:
    mail = read_letter(b"Subject: one\nFrom: Wang <w@example.com>")
    assert (mail.subject, mail.sender, mail.words(is_reply=False)) == ("one", "w@example.com", "")


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ('"Wang, Yi" <w@example.com>', "Wang, Yi"),
        ("Wang <w@example.com> ", "Wang"),
        ("w@example.com", "w@example.com"),
        ("<w@example.com>", "w@example.com"),
    ],
)
def test_the_sender_is_called_by_their_name(line: str, name: str) -> None:
    assert read_letter(f"From: {line}\n\nx".encode()).sender_name == name


def parts_of(*parts: tuple[str, str], kind: str = "multipart/mixed") -> bytes:
    """A letter of parts: the headers and the content of each."""
    written = "".join(f"--x\n{headers}\n\n{content}\n" for headers, content in parts)
    return f"Content-Type: {kind}; boundary=x\n\n{written}--x--\n".encode()


@pytest.mark.parametrize(("count", "fine"), [(299, True), (300, False)])
def test_three_hundred_parts_are_read(count: int, fine: bool) -> None:
    raw = parts_of(*[("Content-Type: text/plain", "a")] * count)
    if fine:
        assert read_letter(raw).words(is_reply=False) == "a"
    else:
        with pytest.raises(UnreadableError, match="too many parts"):
            read_letter(raw)


def names(raw: bytes) -> list[str]:
    return [enclosure.name for enclosure in read_letter(raw).enclosures]


def test_what_is_attached_or_has_a_name_is_a_file_whatever_its_kind() -> None:
    raw = parts_of(
        ("Content-Type: text/plain; name=first.txt", "no text"),
        ("Content-Type: text/plain\nContent-Disposition: attachment", "no text either"),
        ("Content-Type: text/html; name=page.html", "<p>no page</p>"),
        ("Content-Type: text/plain", "the text"),
        ("Content-Type: text/plain", "a second text"),
        ("Content-Type: application/x-very-long-subtype", "x"),
        ("Content-Type: application/pdf", ""),
        ("Content-Type: message/rfc822; name=old.eml", "Subject: inside\n\nx"),
    )
    assert names(raw) == ["first.txt", "file.plain", "page.html", "file.xverylon", "old.eml"]
    assert read_letter(raw).words(is_reply=False) == "the text"


def test_the_first_page_counts_where_there_is_no_text() -> None:
    raw = parts_of(("Content-Type: text/html", "<p>one</p>"), ("Content-Type: text/html", "<p>two</p>"))
    assert read_letter(raw).words(is_reply=False) == "one"
    raw = parts_of(("Content-Type: text/html\nContent-Disposition: attachment", "<p>one</p>"))
    assert (names(raw), read_letter(raw).words(is_reply=False)) == (["file.html"], "")


def test_fifty_files_are_read() -> None:
    raw = parts_of(*[(f"Content-Type: application/pdf; name={number}.pdf", "x") for number in range(51)])
    assert names(raw) == [f"{number}.pdf" for number in range(50)]


@pytest.mark.parametrize(
    ("headers", "kept"),
    [
        ("Content-ID: <used>", True),
        ("Content-ID: <unused>", False),
        ("Content-ID: <unused>\nContent-Disposition: attachment", True),
        ("X-Other: y", True),
    ],
)
def test_a_picture_is_left_out_where_the_page_shows_it_nowhere(headers: str, kept: bool) -> None:
    picture = (f"Content-Type: image/png; name=p.png\n{headers}", "x")
    page = ("Content-Type: text/html", '<p><img src="cid:used"><img src="https://example.com/unused"></p>')
    assert names(parts_of(page, picture)) == (["p.png"] if kept else [])
    assert names(parts_of(("Content-Type: text/plain", "a"), picture)) == ["p.png"]


def test_the_answer_of_a_calendar_program_is_told_from_other_calendars() -> None:
    answer, other = "BEGIN:VCALENDAR\nMETHOD:REPLY", "BEGIN:VCALENDAR"
    raw = parts_of(
        ("Content-Type: text/calendar; method=REQUEST", other),
        ("Content-Type: text/plain; method=REPLY", "the text"),
        ("Content-Type: text/calendar; method=reply", answer),
        ("Content-Type: text/calendar; method=REPLY", other),
    )
    mail = read_letter(raw)
    assert (mail.calendar.decode(), mail.words(is_reply=False)) == (answer, "the text")
    assert [enclosure.name for enclosure in mail.enclosures] == ["file.calendar"]


@pytest.mark.parametrize(
    ("kind", "text", "read"),
    [
        ("", "one \ntwo", "one\ntwo"),
        ("; format=flowed", "one \ntwo", "one two"),
        ("; format=fixed", "one \ntwo", "one\ntwo"),
        ("; format=flowed; delsp=yes", "周五 \n前给我", "周五前给我"),
        ("; format=flowed; delsp=no", "one \ntwo", "one two"),
        ("; format=flowed", "one\ntwo", "one\ntwo"),
        ("; format=flowed", "one \n> two \n> three", "one\n> two three"),
        ("; format=flowed", "> one \ntwo", "> one\ntwo"),
        ("; format=flowed", " From me\n  > two", "From me\n > two"),
    ],
)
def test_lines_are_joined_where_the_mail_program_wrapped_them(kind: str, text: str, read: str) -> None:
    raw = f"Content-Type: text/plain; charset=utf-8{kind}\n\n{text}\n".encode()
    assert read_letter(raw).words(is_reply=False) == read


HEADS = ("X-Autoreply", "X-Autorespond", "X-Autoresponder", "X-Autoreply-From", "X-Mail-Autoreply")


@pytest.mark.parametrize("line", [*(f"{name}: yes" for name in HEADS), "Precedence: auto_reply", "Subject: 已读：报价"])
def test_answers_of_machines_are_dropped_wherever_they_go(line: str) -> None:
    mail = read_letter(f"From: a@b.example\n{line}\n\nx\n".encode())
    assert why_drop(mail, "a@b.example") and why_drop(mail, "a@b.example", for_programs=True)


@pytest.mark.parametrize(
    ("line", "dropped"),
    [
        ("Auto-Submitted: auto-replied", ""),
        ("Precedence: bulk", ""),
        ("Message-ID: <zhiliu-1@x>", "own mail"),
        ("From: Zhiliu <zhiliu@localhost>", "own address"),
    ],
)
def test_the_answer_of_a_calendar_program_is_taken_unless_it_is_our_own(line: str, dropped: str) -> None:
    raw = f"{line}\nContent-Type: text/calendar; method=REPLY\n\nBEGIN:VCALENDAR\n".encode()
    assert why_drop(read_letter(raw), "a@b.example") == dropped
