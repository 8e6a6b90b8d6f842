"""Files that mean harm, or are broken, are refused one by one with the reason; the others come in."""

from __future__ import annotations

import io
import stat
import struct
import zipfile
from collections.abc import Callable
from typing import Any

import pytest

from zhiliu.files.models import Upload
from zhiliu.knowledge.models import Article
from zhiliu.transfers.documents import bundle
from zhiliu.transfers.documents.models import DocumentRun
from zhiliu.transfers.packed_files import list_bytes
from zhiliu.transfers.unreadable import Unreadable

from .conftest import article, outcomes, packed, png
from .test_word import paragraph, picture, word

pytestmark = pytest.mark.django_db
Bring = Callable[..., DocumentRun]
GOOD = {"a/good.md": "# 好的\n\n一页。\n"}


def archive(*members: tuple[str | zipfile.ZipInfo, str | bytes]) -> bytes:
    """A ZIP file of members as they are given."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in members:
            made.writestr(name, content)
    return out.getvalue()


def test_paths_that_lead_out_links_and_packed_files_are_refused_and_the_rest_comes_in(bring_in: Bring) -> None:
    link = zipfile.ZipInfo("a/link.md")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    content = archive(
        *GOOD.items(),
        ("../up.md", "# x\n\nx\n"),
        ("/etc/abs.md", "# x\n\nx\n"),
        ("C:\\windows\\x.md", "# x\n\nx\n"),
        (link, "/etc/passwd"),
        ("a/inner.zip", packed(GOOD)),
        ("a/old.doc", b"\xd0\xcf\x11\xe0"),
        ("__MACOSX/a/._good.md", "x"),
        ("a/.git/x.md", "x"),
    )
    run = bring_in(content)
    assert run.state == "done"
    assert outcomes(run) == {
        "a/good.md": "new",
        "../up.md": "outside",
        "/etc/abs.md": "outside",
        "C:/windows/x.md": "outside",
        "a/inner.zip": "nested",
        "a/link.md": "link",
        "a/old.doc": "old_word",
    }
    assert [article.title for article in Article.objects.all()] == ["好的"]


def test_the_same_path_twice_is_told(look_at: Bring) -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        content = archive(*GOOD.items(), *GOOD.items())
    assert [(row.source, row.reason) for row in look_at(content).rows.order_by("number")] == [
        ("a/good.md", ""),
        ("a/good.md", "twice"),
    ]


def test_a_locked_member_is_refused(look_at: Bring) -> None:
    content = bytearray(archive(*GOOD.items(), ("b/locked.md", "# x\n\nx\n")))
    # The bit that says "encrypted", in the second member's entry of the list.
    at = content.rindex(b"PK\x01\x02")
    content[at + 8] |= 1
    assert outcomes(look_at(bytes(content))) == {"a/good.md": "new", "b/locked.md": "locked"}


def test_a_bomb_is_measured_by_the_list_and_again_while_unpacking(
    look_at: Bring, monkeypatch: pytest.MonkeyPatch
) -> None:
    big = "一" * (bundle.MAX_TEXT // 2)
    assert outcomes(look_at({**GOOD, "a/big.md": big})) == {"a/big.md": "too_large", "a/good.md": "new"}
    lying = bytearray(archive(("a/big.md", big), *GOOD.items()))
    for mark, offset in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        at = lying.index(mark)
        lying[at + offset : at + offset + 4] = struct.pack("<I", 100)
    assert outcomes(look_at(bytes(lying))) == {"a/big.md": "broken", "a/good.md": "new"}
    monkeypatch.setattr(bundle, "MAX_UNPACKED", 1000)
    assert look_at({**GOOD, "a/big.png": b"0" * 2000}).error == "too_large"
    monkeypatch.setattr(bundle, "MAX_FILES", 1)
    assert look_at({**GOOD, "b.md": "x"}).error == "too_many_files"


def test_a_damaged_member_does_not_hold_up_the_others(look_at: Bring) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as made:
        made.writestr("a/bad.md", "# 坏\n\n" + "x" * 100)
        made.writestr("a/good.md", "# 好\n\n一页。\n")
    content = out.getvalue().replace(b"x" * 100, b"y" * 100)
    assert outcomes(look_at(content)) == {"a/bad.md": "broken", "a/good.md": "new"}


def test_word_files_that_are_locked_cut_off_or_none_are_refused(look_at: Bring) -> None:
    good = word("<w:p><w:r><w:t>一段话。</w:t></w:r></w:p>")
    entity = word("<w:p><w:r><w:t>&x;</w:t></w:r></w:p>", head='<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>')
    run = look_at(
        {
            "good.docx": good,
            "locked.docx": b"\xd0\xcf\x11\xe0" + b"\0" * 600,
            "cut.docx": good[: len(good) // 2],
            "none.docx": packed({"x.txt": "x"}),
            "entity.docx": entity,
            "empty.docx": word("<w:p/>"),
            "bomb.docx": word("<w:p/>", {"word/media/image1.png": b"\0" * (65 << 20)}),
            "xml.docx": word("<w:p><w:r><w:t>" + " " * (17 << 20) + "</w:t></w:r></w:p>"),
            "text.docx": b"just text",
        }
    )
    assert outcomes(run) == {
        "bomb.docx": "too_large",
        "cut.docx": "broken",
        "empty.docx": "empty",
        "entity.docx": "entities",
        "good.docx": "new",
        "locked.docx": "locked",
        "none.docx": "no_word",
        "text.docx": "broken",
        "xml.docx": "too_large",
    }


def test_nothing_outside_is_read_and_nothing_is_fetched(bring_in: Bring, no_network: list[Any]) -> None:
    text = (
        "# 图\n\n![近](../../../../../etc/passwd) ![远](https://evil.example/p.png) [远处](https://far.example/)\n\n"
        '<img src="https://evil.example/q.png" alt="二"> <img src="/etc/hostname"> ![](file:///etc/passwd)\n\n'
        "[出去](../../x.md)\n"
    )
    linked = word(
        paragraph("图") + picture("rId9").replace("r:embed", "r:link"),
        {
            "word/_rels/document.xml.rels": '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/'
            'package/2006/relationships"><Relationship Id="rId9" Type="http://schemas.openxmlformats.org/officeDocument/'
            '2006/relationships/image" Target="file:///etc/passwd" TargetMode="External"/></Relationships>'
        },
    )
    run = bring_in({"p/a.md": text, "p/b.docx": linked})
    page = article("p/a.md")
    assert "<img" not in page.html and "root:" not in page.html
    assert '<a href="https://evil.example/p.png"' in page.html and '<a href="https://far.example/"' in page.html
    assert [kind for kind, _end in run.rows.get(source="p/a.md").notes] == [
        *("outside", "remote", "remote", "picture", "remote", "outside"),
    ]
    assert no_network == [] and not Upload.objects.exists()


def test_a_picture_that_is_none_and_one_that_could_run_are_not_shown(bring_in: Bring) -> None:
    svg = "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"
    run = bring_in(
        {"p/a.md": "# 图\n\n![好](ok.png) ![坏](bad.png) ![矢量](x.svg)\n", "p/ok.png": png(),
         "p/bad.png": png()[:40], "p/x.svg": svg}
    )  # fmt: skip
    assert run.state == "done"
    page = article("p/a.md")
    assert page.html.count("<img") == 1 and "坏" in page.html and ">矢量</a>" in page.html


def test_front_matter_that_is_a_bomb_or_no_front_matter_is_text(bring_in: Bring) -> None:
    bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "\n".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [{','.join([f'*{chr(97 + n)}'] * 9)}]" for n in range(8)
    )
    run = bring_in(
        {
            "p/bomb.md": f"---\n{bomb}\ntitle: *i\n---\n\n正文。\n",
            "p/python.md": "---\ntitle: !!python/object/apply:os.system ['true']\n---\n\n# 真标题\n\n正文。\n",
            "p/list.md": "---\n- a\n---\n\n正文。\n",
        }
    )
    assert run.counts()["new"] == 3
    assert article("p/bomb.md").title == "bomb" and article("p/bomb.md").draft_markdown == "正文。\n"
    assert "真标题" in article("p/python.md").html


def test_script_in_a_document_is_shown_as_text_or_not_at_all(bring_in: Bring) -> None:
    bring_in(
        {"p/a.md": "# 页\n\n<script>alert(1)</script>\n\n<div onclick='x()'>字</div>\n\n[x](javascript:alert(1))\n"}
    )
    html = article("p/a.md").html
    assert "<script" not in html and "onclick" not in html and 'href="javascript' not in html and "字" in html


@pytest.mark.parametrize("tag", ["<w:style>", '<w:style w:styleId="a">', "<w:style ", "<w:style></w:style>"])
def test_styles_by_the_hundred_thousand_hold_nobody_up(tag: str, look_at: Bring) -> None:
    styles = '<?xml version="1.0"?><w:styles>' + tag * 150_000 + "</w:styles>"
    run = look_at(packed({"a/many.docx": word(paragraph("文"), {"word/styles.xml": styles}), **GOOD}))
    assert outcomes(run)["a/good.md"] == "new"
    assert outcomes(run)["a/many.docx"] in ("new", "broken", "too_slow")


def test_a_page_that_takes_too_long_is_refused_with_the_reason(look_at: Bring, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zhiliu.transfers.documents.reading.SECONDS", 1)
    run = look_at(packed({"a/long.md": "# a\n\n" + "## a\n" * 390_000, **GOOD}))
    assert outcomes(run) == {"a/long.md": "too_slow", "a/good.md": "new"}


def test_a_title_of_thousands_of_digits_is_none(look_at: Bring) -> None:
    run = look_at(packed({"a/long.md": f"---\ntitle: 0x{'f' * 9000}\n---\n\n文\n", **GOOD}))
    assert outcomes(run) == {"a/long.md": "new", "a/good.md": "new"}
    assert run.rows.get(source="a/long.md").title == "long"


def end_of_archive(size: int) -> bytes:
    """What stands at the end of a packed file whose list takes so many bytes."""
    return b"PK\5\6" + struct.pack("<4H2LH", 0, 0, 1, 1, size, 0, 0)


LARGE = b"PK\6\6" + struct.pack("<Q2H2L4Q", 44, 45, 45, 0, 0, 9, 9, 5 << 32, 0)


@pytest.mark.parametrize(
    ("content", "size"),
    [
        (end_of_archive(77), 77),
        (b"x" * 100_000 + end_of_archive(17 << 20) + b"comment", 17 << 20),
        (LARGE + b"PK\6\7" + b"\0" * 16 + end_of_archive(0xFFFFFFFF), 5 << 32),
        (b"no archive", 0),
        (b"", 0),
    ],
)
def test_how_long_the_list_of_an_archive_is_its_end_tells(content: bytes, size: int) -> None:
    opened = io.BytesIO(content)
    assert list_bytes(opened) == size and opened.tell() == 0


def test_an_archive_that_is_nothing_but_list_is_refused_before_it_is_opened() -> None:
    whole = archive(*((f"a/{number}.md", "") for number in range(3)))
    assert len(bundle.bundle_of(io.BytesIO(whole)).members) == 3
    size = list_bytes(io.BytesIO(whole))
    assert 3 * 46 < size < 300
    with pytest.raises(Unreadable, match="too_many_files"):
        bundle.bundle_of(io.BytesIO(whole[: -len(end_of_archive(0))] + end_of_archive(bundle.MAX_LIST + 1)))


def test_a_word_file_that_takes_too_long_is_refused_with_the_reason(
    look_at: Bring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("zhiliu.transfers.documents.word.SECONDS", 1)
    run = look_at(packed({"a/long.docx": word(paragraph("很长") * 80_000), **GOOD}))
    assert outcomes(run) == {"a/long.docx": "too_slow", "a/good.md": "new"}
