"""Word files as Markdown."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping

import pytest

from zhiliu.kit.text.markdown import render
from zhiliu.transfers.documents.bundle import NotTaken
from zhiliu.transfers.documents.word import read_word

from .conftest import png

_SPACES = " ".join(
    f'xmlns:{name}="{space}"'
    for name, space in {
        "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
        "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
        "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
        "m": "http://schemas.openxmlformats.org/officeDocument/2006/math",
        "pic": "http://schemas.openxmlformats.org/drawingml/2006/picture",
    }.items()
)
_TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/><Default Extension="png" ContentType="image/png"/>'
    '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.'
    'wordprocessingml.document.main+xml"/></Types>'
)
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def relations(**found: tuple[str, str]) -> str:
    """A part of relations: id = (type, target)."""
    rows = "".join(
        f'<Relationship Id="{key}" Type="{_OFFICE}/{kind}" Target="{to}"/>' for key, (kind, to) in found.items()
    )
    space = "http://schemas.openxmlformats.org/package/2006/relationships"
    return f'<?xml version="1.0"?><Relationships xmlns="{space}">{rows}</Relationships>'


def word(body: str, more: Mapping[str, str | bytes] | None = None, *, head: str = "") -> bytes:
    """A Word file with this body, and further parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("[Content_Types].xml", _TYPES)
        made.writestr("_rels/.rels", relations(rId1=("officeDocument", "word/document.xml")))
        made.writestr(
            "word/document.xml",
            f'<?xml version="1.0" encoding="UTF-8"?>{head}<w:document {_SPACES}><w:body>{body}</w:body></w:document>',
        )
        for name, content in (more or {}).items():
            made.writestr(name, content)
    return out.getvalue()


def paragraph(text: str, style: str = "") -> str:
    """A paragraph."""
    look = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{look}<w:r><w:t>{text}</w:t></w:r></w:p>"


STYLES = (
    f'<?xml version="1.0"?><w:styles {_SPACES}>'
    '<w:style w:type="paragraph" w:styleId="1"><w:name w:val="heading 1"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="2"><w:name w:val="heading 2"/></w:style>'
    '<w:style><w:name w:val="无名"/></w:style>'
    '<w:style w:styleId="p"><w:name w:val="无类"/></w:style></w:styles>'
)


def read(content: bytes, source: str = "a/报价.docx") -> tuple[str, str]:
    """Title and Markdown; pictures get the address /p."""
    markdown_document = read_word(content, source, lambda name, _content: f"/p/{name}")
    return markdown_document.title, markdown_document.markdown


def test_headings_text_and_tables_survive_and_the_first_heading_is_the_title() -> None:
    table = (
        f"<w:tbl><w:tr><w:tc>{paragraph('项')}</w:tc><w:tc>{paragraph('价')}</w:tc></w:tr>"
        f"<w:tr><w:tc>{paragraph('条')}</w:tc><w:tc>{paragraph('3|4 元')}</w:tc></w:tr></w:tbl>"
    )
    body = paragraph("报价三步", "1") + paragraph("第一步", "2") + paragraph("先量。") + table
    title, text = read(word(body, {"word/styles.xml": STYLES}))
    assert title == "报价三步"
    assert text == "## 第一步\n\n先量。\n\n| 项 | 价 |\n| --- | --- |\n| 条 | 3\\|4 元 |\n"


def test_a_table_markdown_cannot_write_stays_as_html() -> None:
    wide = f'<w:tc><w:tcPr><w:gridSpan w:val="2"/></w:tcPr>{paragraph("合")}</w:tc>'
    cells = f"<w:tc>{paragraph('一')}{paragraph('二')}</w:tc><w:tc>{paragraph('三')}</w:tc>"
    _title, text = read(
        word(paragraph("前") + f"<w:tbl><w:tr>{wide}</w:tr><w:tr>{cells}</w:tr></w:tbl>" + paragraph("后"))
    )
    html = render(text, html=True).html
    assert '<td colspan="2"><p>合</p></td>' in html and "<td><p>一</p><p>二</p></td>" in html
    assert "\n\n后\n" in text and "<p>后</p>" in html


def test_what_looks_like_marks_stays_text() -> None:
    said = "看 &lt;div&gt; 和 [a](b) 和 *星* 和 a_b_c 和 `码` # 井"
    html = render(read(word(paragraph("# 井") + paragraph(said)))[1], html=True).html
    assert html == "<p># 井</p>\n<p>看 &lt;div&gt; 和 [a](b) 和 *星* 和 a_b_c 和 `码` # 井</p>\n"


def test_without_a_heading_the_name_is_the_title() -> None:
    assert read(word(paragraph("一段话。")))[0] == "报价"


def test_text_in_simple_fields_is_not_lost() -> None:
    field = '<w:p><w:fldSimple w:instr="FILENAME"><w:r><w:t>报价.docx</w:t></w:r></w:fldSimple></w:p>'
    assert read(word(field))[1] == "报价.docx\n"


def test_footnotes_lead_there_and_back() -> None:
    note = f'<w:footnote w:id="2">{paragraph("按去年算。")}</w:footnote>'
    notes = f'<?xml version="1.0"?><w:footnotes {_SPACES}>{note}</w:footnotes>'
    body = '<w:p><w:r><w:t>三千</w:t></w:r><w:r><w:footnoteReference w:id="2"/></w:r></w:p>'
    more = {"word/footnotes.xml": notes, "word/_rels/document.xml.rels": relations(rId5=("footnotes", "footnotes.xml"))}
    _title, text = read(word(body, more))
    assert '<a id="footnote-ref-2"></a>[[1]](#footnote-2)' in text
    assert '1. <a id="footnote-2"></a>按去年算。 [↑](#footnote-ref-2)' in text


def picture(key: str) -> str:
    """A paragraph with a picture."""
    return (
        f'<w:p><w:r><w:drawing><wp:inline><wp:docPr id="1" name="p" descr="合影"/><a:graphic><a:graphicData><pic:pic>'
        f'<pic:blipFill><a:blip r:embed="{key}"/></pic:blipFill></pic:pic></a:graphicData></a:graphic></wp:inline>'
        "</w:drawing></w:r></w:p>"
    )


def test_pictures_are_kept_with_their_words() -> None:
    more = {
        "word/media/image1.png": png(),
        "word/_rels/document.xml.rels": relations(rId7=("image", "media/image1.png")),
    }
    assert read(word(picture("rId7"), more))[1] == "![合影](/p/picture.png)\n"


def test_a_picture_that_cannot_be_kept_is_left_out() -> None:
    more = {
        "word/media/image1.png": png(),
        "word/_rels/document.xml.rels": relations(rId7=("image", "media/image1.png")),
    }
    content = word(paragraph("字") + picture("rId7"), more)
    assert read_word(content, "a.docx", lambda _name, _content: None).markdown == "字\n"


@pytest.mark.parametrize("content", [b"", b"PK", b"PK\x05\x06" + b"\0" * 18])
def test_what_is_no_word_file_is_refused(content: bytes) -> None:
    with pytest.raises(NotTaken):
        read(content)


def math(inside: str) -> str:
    """A paragraph with a formula in it."""
    return f"<w:p><w:r><w:t>式 </w:t></w:r><m:oMath>{inside}</m:oMath></w:p>"


def m(text: str) -> str:
    """Characters of a formula."""
    return f"<m:r><m:t>{text}</m:t></m:r>"


@pytest.mark.parametrize(
    ("inside", "latex"),
    [
        (m("E=m") + f"<m:sSup><m:e>{m('c')}</m:e><m:sup>{m('2')}</m:sup></m:sSup>", "E=mc^{2}"),
        (f"<m:f><m:num>{m('a')}</m:num><m:den>{m('b')}</m:den></m:f>", r"\frac{a}{b}"),
        (f"<m:rad><m:deg>{m('3')}</m:deg><m:e>{m('x')}</m:e></m:rad>", r"\sqrt[3]{x}"),
        (f"<m:rad><m:radPr/><m:deg/><m:e>{m('x')}</m:e></m:rad>", r"\sqrt{x}"),
        (
            '<m:nary><m:naryPr><m:chr m:val="∑"/></m:naryPr>'
            f"<m:sub>{m('i')}</m:sub><m:sup>{m('n')}</m:sup><m:e>{m('i')}</m:e></m:nary>",
            r"\sum_{i}^{n} i",
        ),
        (f"<m:d><m:e>{m('x+1')}</m:e></m:d>", r"\left( x+1\right)"),
        (f"<m:sSub><m:e>{m('η')}</m:e><m:sub>{m('0')}</m:sub></m:sSub>" + m("≤1"), r"{\eta }_{0}\le 1"),
        (m("P(A|B)"), r"P(A\vert B)"),
        (
            f'<m:d><m:dPr><m:begChr m:val="|"/><m:endChr m:val="|"/></m:dPr><m:e>{m("x")}</m:e></m:d>',
            r"\left\vert x\right\vert",
        ),
        (f"<m:m><m:mr><m:e>{m('1')}</m:e><m:e>{m('2')}</m:e></m:mr></m:m>", r"\begin{matrix}1 & 2\end{matrix}"),
    ],
)
def test_formulas_become_maths(inside: str, latex: str) -> None:
    assert read(word(math(inside)))[1] == f"式 ${latex}$\n"


def test_a_bar_in_a_formula_ends_no_cell() -> None:
    row = f"<w:tr><w:tc>{math(m('P(A|B)'))}</w:tc><w:tc>{paragraph('二')}</w:tc></w:tr>"
    text = read(word(f"<w:tbl>{row}{row}</w:tbl>"))[1]
    assert text.splitlines()[0] == r"| 式 $P(A\vert B)$ | 二 |"
    assert render(text, html=True).html.count("<math") == 2


def test_a_formula_that_is_not_understood_keeps_its_characters_and_is_told() -> None:
    markdown_document = read_word(
        word(math(f"<m:borderBox><m:e>{m('x')}</m:e></m:borderBox>")), "a.docx", lambda *_: None
    )
    assert markdown_document.markdown == "式 $x$\n" and markdown_document.notes == (("formula", "borderBox"),)


def test_formulas_beside_letters_and_each_other_are_drawn() -> None:
    formulas = "".join(f"<m:oMath>{m(sign)}</m:oMath>" for sign in ("x", "y,"))
    before, amid, after = (f"<w:r><w:t>{words}</w:t></w:r>" for words in ("设v", "or速度", "米"))
    text = read(word(f"<w:p>{before}{formulas}{amid}{formulas}{after}</w:p>"))[1]
    assert text == "设v $x$ $y$, or速度$x$ $y$,米\n"
    assert render(text).html.count("<math") == 4


def raised(text: str, how: str) -> str:
    return f'<w:r><w:rPr><w:vertAlign w:val="{how}"/></w:rPr><w:t>{text}</w:t></w:r>'


def test_raised_and_lowered_characters_keep_their_place() -> None:
    three, two = raised("3", "superscript"), raised("2", "subscript")
    body = f"<w:p><w:r><w:t>10</w:t></w:r>{three}<w:r><w:t> H</w:t></w:r>{two}</w:p>"
    assert read(word(body))[1] == "10<sup>3</sup> H<sub>2</sub>\n"
    assert "10<sup>3</sup> H<sub>2</sub>" in render(read(word(body))[1], html=True).html


HIDDEN = [
    "<w:r><w:rPr><w:vanish/></w:rPr><w:t>底价</w:t></w:r>",
    '<w:r><w:rPr><w:vanish w:val="true"/></w:rPr><w:t>底价</w:t></w:r>',
    '<w:hyperlink w:anchor="a"><w:r><w:rPr><w:b/><w:vanish/></w:rPr><w:t>底价</w:t></w:r></w:hyperlink>',
]


@pytest.mark.parametrize("run", HIDDEN)
def test_hidden_text_does_not_come_in(run: str) -> None:
    note = f'<w:footnotes {_SPACES}><w:footnote w:id="2"><w:p>{run}</w:p></w:footnote></w:footnotes>'
    more = {"word/footnotes.xml": note, "word/_rels/document.xml.rels": relations(rId5=("footnotes", "footnotes.xml"))}
    body = f'<w:p><w:r><w:t>报价</w:t></w:r>{run}<w:r><w:footnoteReference w:id="2"/></w:r></w:p>'
    text = read(word(body, more))[1]
    assert "报价" in text and "底价" not in text


def test_text_in_a_hidden_style_does_not_come_in() -> None:
    hidden = '<w:style w:type="character" w:styleId="h"><w:name w:val="h"/><w:rPr><w:vanish/></w:rPr></w:style>'
    styles = {"word/styles.xml": f"<w:styles {_SPACES}>{hidden}</w:styles>"}
    run = '<w:r><w:rPr><w:rStyle w:val="h"/>{}</w:rPr><w:t>{}</w:t></w:r>'
    shown = run.format('<w:vanish w:val="0"/>', "现价")
    assert read(word(f"<w:p>{run.format('', '底价')}{shown}</w:p>", styles))[1] == "现价\n"


HIDING = (
    f"<w:styles {_SPACES}>"
    '<w:style w:type="paragraph" w:styleId="h"><w:name w:val="h"/><w:rPr><w:vanish/></w:rPr></w:style>'
    '<w:style w:type="paragraph" w:styleId="below"><w:name w:val="b"/><w:basedOn w:val="h"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="back"><w:name w:val="k"/><w:basedOn w:val="below"/>'
    '<w:rPr><w:vanish w:val="0"/></w:rPr></w:style>'
    '<w:style w:type="character" w:styleId="c"><w:name w:val="c"/><w:rPr><w:vanish/></w:rPr></w:style>'
    '<w:style w:type="paragraph" w:styleId="round"><w:name w:val="r"/><w:basedOn w:val="round"/></w:style></w:styles>'
)
RUN = "<w:r><w:rPr>{}</w:rPr><w:t>底价</w:t></w:r>"


@pytest.mark.parametrize(
    ("style", "look", "is_shown"),
    [
        ("h", "", False),
        ("below", "<w:b/>", False),
        ("back", "", True),
        ("round", "", True),
        ("h", '<w:vanish w:val="0"/>', True),
        ("h", '<w:rStyle w:val="c"/>', True),
        ("back", '<w:rStyle w:val="c"/>', False),
    ],
)
def test_styles_of_paragraphs_hide_text_as_word_does(style: str, look: str, is_shown: bool) -> None:
    body = f'{paragraph("报价")}<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr>{RUN.format(look)}</w:p>'
    markdown_document = read_word(word(body, {"word/styles.xml": HIDING}), "a.docx", lambda *_: None)
    assert markdown_document.markdown == ("报价\n\n底价\n" if is_shown else "报价\n")
    assert markdown_document.notes == (() if is_shown else (("hidden", "1"),))


def test_the_usual_style_of_paragraphs_may_hide_text() -> None:
    usual = {"word/styles.xml": HIDING.replace('w:styleId="h"', 'w:default="1" w:styleId="h"')}
    assert read(word(paragraph("底价") + paragraph("现价", "back"), usual))[1] == "现价\n"


def test_hidden_text_is_told_but_not_shown_in_the_report() -> None:
    body = f"<w:p>{HIDDEN[0]}{HIDDEN[1]}</w:p>{paragraph('报价')}<w:p>{HIDDEN[0]}</w:p>"
    assert read_word(word(body), "a.docx", lambda *_: None).notes == (("hidden", "2"),)


@pytest.mark.parametrize("value", ["0", "false", "off"])
def test_text_that_is_said_not_to_be_hidden_comes_in(value: str) -> None:
    run = f'<w:r><w:rPr><w:vanish w:val="{value}"/></w:rPr><w:t>现价</w:t></w:r>'
    assert read(word(f"<w:p>{run}</w:p>"))[1] == "现价\n"


def test_comments_headers_and_footers_are_told() -> None:
    more = {
        "word/comments.xml": f'<w:comments {_SPACES}><w:comment w:id="1">{paragraph("?")}</w:comment></w:comments>',
        "word/header1.xml": f"<w:hdr {_SPACES}>{paragraph('机密 &amp; 内部')}</w:hdr>",
        "word/footer1.xml": f"<w:ftr {_SPACES}>{paragraph('3')}</w:ftr>",
    }
    markdown_document = read_word(word(paragraph("文"), more), "a.docx", lambda *_: None)
    assert markdown_document.notes == (("comments", "1"), ("edges", "机密 & 内部"))


NUMBERING = (
    f'<?xml version="1.0"?><w:numbering {_SPACES}>'
    + "".join(
        f'<w:abstractNum w:abstractNumId="{key}"><w:lvl w:ilvl="0"><w:start w:val="{start}"/>'
        f'<w:numFmt w:val="{form}"/></w:lvl></w:abstractNum>'
        for key, start, form in ((0, 1, "decimal"), (1, 5, "decimal"), (2, 1, "lowerLetter"))
    )
    + "".join(f'<w:num w:numId="{n + 1}"><w:abstractNumId w:val="{n}"/></w:num>' for n in range(3))
    + "".join(
        f'<w:num w:numId="{n}"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0">'
        f'<w:startOverride w:val="{start}"/></w:lvlOverride></w:num>'
        for n, start in ((7, 1), (8, 4))
    )
    + "</w:numbering>"
)


def item(text: str, number: int) -> str:
    look = f'<w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="{number}"/></w:numPr></w:pPr>'
    return f"<w:p>{look}<w:r><w:t>{text}</w:t></w:r></w:p>"


def listed(body: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    more = {
        "word/numbering.xml": NUMBERING,
        "word/_rels/document.xml.rels": relations(r=("numbering", "numbering.xml")),
    }
    markdown_document = read_word(word(body, more), "a.docx", lambda *_: None)
    return markdown_document.markdown, markdown_document.notes


def test_a_list_goes_on_after_a_paragraph_and_begins_where_word_begins() -> None:
    text, notes = listed(
        item("甲", 1) + item("乙", 1) + paragraph("中间") + item("丙", 1) + paragraph("后") + item("丁", 2)
    )
    assert text == "1. 甲\n2. 乙\n\n中间\n\n3. 丙\n\n后\n\n5. 丁\n" and notes == ()


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (item("甲", 1) + item("乙", 1) + item("丙", 7) + item("丁", 7), "1. 甲\n2. 乙\n\n1) 丙\n2) 丁\n"),
        (item("甲", 1) + paragraph("中") + item("丙", 7) + item("丁", 7), "1. 甲\n\n中\n\n1. 丙\n2. 丁\n"),
        (item("甲", 8) + item("乙", 8), "4. 甲\n5. 乙\n"),
        (item("甲", 1) + item("乙", 8) + item("丙", 7), "1. 甲\n\n4) 乙\n\n1. 丙\n"),
        (item("甲", 7) + paragraph("中") + item("乙", 7), "1. 甲\n\n中\n\n2. 乙\n"),
    ],
)
def test_a_list_begins_anew_where_word_says_so(body: str, text: str) -> None:
    assert listed(body) == (text, ())
    starts = re.findall(r"<ol(?: start=\"(\d+)\")?>", render(text, html=True).html)
    assert len(starts) == len(re.findall(r"(?:^|\n\n)\d", text))


def test_letters_of_a_list_are_told() -> None:
    assert listed(item("甲", 3)) == ("1. 甲\n", (("numbering", "lowerLetter"),))


def test_built_in_list_styles_keep_their_levels_and_code_its_indentation() -> None:
    names = {"n1": "List Number", "n2": "List Number 2", "c": "Source Code"}
    styles = "".join(
        f'<w:style w:type="paragraph" w:styleId="{key}"><w:name w:val="{name}"/></w:style>'
        for key, name in names.items()
    )
    code = '<w:p><w:pPr><w:pStyle w:val="c"/></w:pPr><w:r><w:t xml:space="preserve">    x = 1</w:t></w:r></w:p>'
    body = paragraph("甲", "n1") + paragraph("乙", "n2") + paragraph("丙", "n1") + paragraph("if a:", "c") + code
    text = read(word(body, {"word/styles.xml": f"<w:styles {_SPACES}>{styles}</w:styles>"}))[1]
    assert text == "1. 甲\n   1. 乙\n2. 丙\n\n```\nif a:\n    x = 1\n```\n"
