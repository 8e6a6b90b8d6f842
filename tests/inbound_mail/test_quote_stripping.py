"""What people wrote is found among what mail programs of all kinds put around it."""

from __future__ import annotations

import pytest

from zhiliu.inbound_mail.html import MailPage, html_as_markdown
from zhiliu.inbound_mail.quote_stripping import new_words, without_signature

WORDS = "周五前给你，附上样件照片。"

REPLIES = {
    "gmail zh": f"{WORDS}\n\n知流 <zhiliu@example.com> 于2026年11月27日周五 10:02写道：\n\n> 王工提到了你\n> 打开\n",
    "gmail en": f"{WORDS}\n\nOn Fri, Nov 27, 2026 at 10:02 AM Zhiliu <zhiliu@example.com> wrote:\n\n>"
    f" Wang mentions you\n",
    "gmail en, broken over lines": f"{WORDS}\n\nOn Fri, Nov 27, 2026 at 10:02 AM A Very Long Name Indeed\n"
    "<zhiliu@example.com>\nwrote:\n\n> Wang mentions you\n",
    "apple zh": f"{WORDS}\n\n发自我的 iPhone\n\n> 在 2026年11月27日，上午10:02，知流 <zhiliu@example.com>"
    f" 写道：\n> \n> 原文\n",
    "apple zh, mac": f"{WORDS}\n\n> 2026年11月27日 10:02，知流 <zhiliu@example.com> 写道：\n> \n> 原文\n",
    "apple en": f"{WORDS}\n\nSent from my iPhone\n\n>"
    f" On 27 Nov 2026, at 10:02, Zhiliu <zhiliu@example.com> wrote:\n> \n> original\n",
    "outlook zh": f"{WORDS}\n\n________________________________\n发件人: 知流 <zhiliu@example.com>\n"
    "发送时间: 2026年11月27日 10:02\n收件人: 王 <w@example.com>\n主题: 回复: 报价\n\n原文没有标记\n",
    "outlook en": f"{WORDS}\n\nFrom: Zhiliu <zhiliu@example.com>\nSent: Friday, November 27, 2026 10:02 AM\n"
    "To: Wang <w@example.com>\nSubject: RE: quote\n\noriginal without marks\n",
    "outlook en, bold": f"{WORDS}\n\n*From:* Zhiliu <zhiliu@example.com>\n*Sent:* Friday\n*To:* Wang\n"
    f"*Subject:* x\n\nno marks\n",
    "outlook, old": f"{WORDS}\n\n-----Original Message-----\nFrom: Zhiliu\nSent: Friday\nTo: Wang\n"
    f"Subject: x\n\nno marks\n",
    "outlook phone zh": f"{WORDS}\n\n获取 Outlook for iOS<https://aka.ms/o0ukef>\n________________________________\n"
    "发件人: 知流\n发送时间: 星期五\n收件人: 王\n主题: x\n\n原文\n",
    "qq": f'{WORDS}\n\n\n\n\n------------------ 原始邮件 ------------------\n发件人: "知流" <zhiliu@example.com>;\n'
    '发送时间: 2026年11月27日(星期五) 上午10:02\n收件人: "王"<w@qq.com>;\n主题: 报价\n\n原文\n',
    "qq, new": f"{WORDS}\n\n\n         原始邮件\n\n\n发件人：知流 <zhiliu@example.com>\n"
    f"发件时间：2026年11月27日 10:02\n"
    "收件人：王 <w@qq.com>\n主题：报价\n\n原文\n",
    "netease": f'{WORDS}\n\n\n\n\n\n在 2026-11-27 10:02:03，"知流" <zhiliu@example.com> 写道：\n\n原文没有标记\n',
    "netease master": f"{WORDS}\n\n\n| |\n王工\n|\n|\nw@163.com\n|\n签名由 网易邮箱大师 定制\n\n"
    f"---- 回复的原邮件 ----\n"
    "| 发件人 | 知流<zhiliu@example.com> |\n| 日期 | 2026年11月27日 10:02 |\n\n原文\n",
    "foxmail": f"{WORDS}\n\n\n王工\n \n发件人： 知流\n发送时间： 2026-11-27 10:02\n收件人： 王\n主题： 报价\n原文\n",
    "our mark": f"{WORDS}\n\nDen fre. 27 nov. 2026 kl. 10.02 skrev Zhiliu <zhiliu@example.com>:\n\n"
    "> ##- 直接回复这封邮件就能作答 -##\n> 原文\n",
    "our mark without marks": f"{WORDS}\n\n##- 直接回复这封邮件就能作答 -##\n原文\n",
    "below the quote": f"On Fri, Nov 27, 2026 at 10:02 AM Zhiliu <zhiliu@example.com> wrote:\n>"
    f" original\n> more\n\n{WORDS}\n",
    "signature": f"{WORDS}\n-- \n王工 工艺部\n电话 1234\n",
    "signature without space": f"{WORDS}\n--\nWang\n",
}


@pytest.mark.parametrize("program", REPLIES)
def test_only_what_is_new_is_left_of_a_reply(program: str) -> None:
    assert new_words(REPLIES[program]) == (f"{WORDS}\n\n王工" if program == "foxmail" else WORDS)


def test_what_only_looks_like_a_quote_stays() -> None:
    for text in (
        "三点：\n\n- 报价单\n- 图纸\n\n谢谢，\n王",
        "他在信里写道：\n“下周到货”",
        "From: 宁波\nTo: 上海\n\n两天到",
        "-\n先这样",
        "我来自网易的同事也这么说",
        "看第 3 行：\n> 温度过高\n这里不对",
        "Sent from my point of view this is fine.\nOne\nTwo\nThree\nFour",
    ):
        assert new_words(text) == text


def test_nothing_is_left_where_nothing_was_written() -> None:
    for text in (
        "",
        "\n \n",
        "> 原文\n> 更多",
        "发自我的 iPhone\n\n> 在 2026年11月27日，知流 <z@example.com> 写道：\n> 原文",
        "-- \n王工",
    ):
        assert new_words(text) == ""


def test_what_is_passed_on_in_a_new_letter_stays_without_the_signature() -> None:
    passed = "大家看看\n\n发件人: 客户 <k@example.com>\n发送时间: 星期五\n收件人: 王\n主题: 投诉\n\n三号库温度过高\n"
    assert without_signature(passed + "-- \n王工") == passed.strip()


def test_characters_that_turn_or_hide_text_are_gone() -> None:
    assert new_words("报\u202e价\u200b单\x07\x1b[31m") == "报价单[31m"


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "unit", ["On \n", "On a\nb\n", "From: x\n", "发件人：\n", "\n", "> ", "_", "-- ", "写道：\n", "| \n", " \t"]
)
def test_no_text_takes_minutes(unit: str) -> None:
    text = unit * (200_000 // len(unit))
    # What grows with the square of the length would be stopped here.
    assert len(new_words(text)) <= len(text)


PAGES = {
    "gmail": '<div dir="ltr">周五前给你</div><br><div class="gmail_quote"><div class="gmail_attr">'
    "On Fri wrote:<br></div>"
    "<blockquote>原文</blockquote></div>",
    "apple": '<html><body>周五前给你<br><blockquote type="cite"><div>2026年，知流写道：</div>'
    "原文</blockquote></body></html>",
    "outlook": '<div>周五前给你</div><div id="appendonsend"></div><hr><div id="divRplyFwdMsg"><b>'
    "发件人:</b> x</div><div>原文</div>",
    "outlook, nested": '<div><div>周五前给你</div><hr><div id="divRplyFwdMsg">x</div></div><div>原文</div>',
    "qq": "<div>周五前给你</div><div><includetail><!--x--></includetail></div><div>"
    "----- 原始邮件 -----</div><div>原文</div>",
    "netease": '<div>周五前给你</div><div id="isReplyContent"><p>在 2026-11-27，"知流" 写道：</p>'
    "<blockquote>原文</blockquote></div>",
    "hidden": '<div style="display:none">预览</div><p>周五前给你</p><style>p{}</style><script>alert(1)</script>',
    "remote picture": '<p>周五前给你<img src="https://tracker.example.com/x.gif"></p>',
}


@pytest.mark.parametrize("program", PAGES)
def test_pages_lose_their_quotes_and_all_that_runs_or_is_fetched(program: str) -> None:
    assert new_words(html_as_markdown(MailPage(PAGES[program]), is_reply=True)) == "周五前给你"


def test_a_page_keeps_what_its_author_made_of_it() -> None:
    page = MailPage(
        '<p>看<b>这里</b>：</p><ul><li>一</li><li>二</li></ul><p><a href="https://example.com/a">图纸</a> '
        '<a href="javascript:alert(1)">坏</a></p>'
    )
    assert html_as_markdown(page, is_reply=True) == "看**这里**：\n\n- 一\n- 二\n\n[图纸](https://example.com/a) 坏"


def test_a_page_of_ten_thousand_boxes_is_read() -> None:
    page = MailPage("<div>" * 10_000 + "周五前给你" + "</div>" * 10_000)
    assert html_as_markdown(page, is_reply=True) == "周五前给你"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("方案一\n\n--\n\n方案二\n\n----------\n\n方案三", "方案一\n\n--\n\n方案二\n\n----------\n\n方案三"),
        ("方案一\n--\n方案二\n----\n方案三", "方案一\n--\n方案二\n----\n方案三"),
        ("好的\n-- \n王一帆\n\n销售部\n\n电话 123\n\n地址", "好的"),
        ("好的\n--\n王一帆\n销售部", "好的"),
        ("一\n--\n二\n三\n四\n五", "一\n--\n二\n三\n四\n五"),
    ],
)
def test_a_line_somebody_draws_is_no_signature(text: str, kept: str) -> None:
    assert new_words(text) == kept


LONG_LINE = "电话 0755-12345678 手机 13800000000 传真 0755-1234"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        # A signature without the space has at most three lines of at most forty characters.
        (f"好的\n--\n{'王' * 40}", "好的"),
        (f"好的\n--\n{'王' * 41}", f"好的\n--\n{'王' * 41}"),
        ("好的\n--\n一\n二\n三", "好的"),
        ("好的\n--\n一\n\n二\n三", "好的"),
        ("好的\n--\n\n一", "好的\n--\n\n一"),
        (f"好的\n-- \n一\n二\n三\n四\n{LONG_LINE}", "好的"),
        ("好的\n--", "好的"),
        # What a phone adds stands above at most three lines.
        ("好的\n发自我的 iPhone\n一\n二\n三", "好的"),
        ("好的\n发自我的 iPhone\n\n一\n\n二\n\n三", "好的"),
        ("好的\n发自我的 iPhone\n一\n二\n三\n四", "好的\n发自我的 iPhone\n一\n二\n三\n四"),
        # The small table above the line that names the program, not one far away.
        ("好的\n||\n王工\n|\n签名由 网易邮箱大师 定制", "好的"),
        ("| 项 |\n好的\n发自我的 iPhone", "| 项 |\n好的"),
        ("|\n" + "一\n" * 14 + "发自我的 iPhone", "|\n" + "一\n" * 13 + "一"),
        ("|\n" + "一\n" * 13 + "发自我的 iPhone", ""),
    ],
)
def test_a_signature_is_short_and_stands_at_the_end(text: str, kept: str) -> None:
    assert new_words(text) == kept


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("好的\n2026年11月27日 王写道：\n原文", "好的"),
        ("好的\n王昨天写道：\n原文", "好的\n王昨天写道：\n原文"),
        ("好的\n\n在 2026-11-27，王\n写道：\n原文", "好的"),
        ("好的\n\n在 2026-11-27，\n王\n写道：\n原文", "好的"),
        ("好的\n\n在 2026-11-27，\n王\n工\n写道：\n原文", "好的\n\n在 2026-11-27，\n王\n工\n写道：\n原文"),
        ("好的\n在 2026-11-27，王\n写道：\n原文", "好的\n在 2026-11-27，王\n写道：\n原文"),
        ("在 2026-11-27，王\n写道：\n> 原文\n好的", "好的"),
        ("好的\n\n在 2026-11-27，" + "王" * 480 + "写道：\n原文", "好的"),
        (
            "好的\n\n在 2026-11-27，" + "王" * 500 + "写道：\n原文",
            "好的\n\n在 2026-11-27，" + "王" * 500 + "写道：\n原文",
        ),
        ("好的\n报价 2026 由王写道：\n原文", "好的"),
    ],
)
def test_a_line_that_says_who_wrote_when_begins_the_quote(text: str, kept: str) -> None:
    assert new_words(text) == kept


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("好的\nFrom: a\nSent: b\nTo: c\nSubject: d\n原文", "好的"),
        ("好的\nFrom: a\nSent: b\nx\nx\nx\nx\nx\nx\nTo: c\n原文", "好的"),
        (
            "好的\nFrom: a\nSent: b\n一\n二\n三\n四\n五\n六\n七\nTo: c",
            "好的\nFrom: a\nSent: b\n一\n二\n三\n四\n五\n六\n七\nTo: c",
        ),
        ("好的\nSent: b\nTo: c\nSubject: d", "好的\nSent: b\nTo: c\nSubject: d"),
        ("好的\n\n原邮件\n\n发件人：知\n收件人：王\n主题：报\n原文", "好的"),
        ("好的\n\n* 原始邮件 *\n发件人：知\n收件人：王\n主题：报\n原文", "好的"),
        ("好的\n\n关于原邮件\n发件人：知\n收件人：王\n主题：报\n原文", "好的\n\n关于原邮件"),
        ("发件人：知\n收件人：王\n主题：报\n> 原文\n好的", "好的"),
    ],
)
def test_a_head_of_two_fields_or_more_begins_the_quote(text: str, kept: str) -> None:
    assert new_words(text) == kept


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("好的\n##- 回复 -##\n原文", "好的"),
        ("好的\n-## 不是 ##-\n照样", "好的\n-## 不是 ##-\n照样"),
        ("好的\n##- 没有尾巴\n照样", "好的\n##- 没有尾巴\n照样"),
        ("好的\n\n王 2026-11-27 10:02 skrev:\n\n> ##- 回复 -##\n> 原文", "好的"),
        ("好的\n\n价格如下：\n\n> ##- 回复 -##\n> 原文", "好的\n\n价格如下："),
        ("好的\n\n明天 10:02 到\n\n> ##- 回复 -##\n> 原文", "好的\n\n明天 10:02 到"),
        ("王 2026-11-27 skrev:\n> ##- 回复 -##\n> 原文\n好的", "好的"),
        ("##- 回复 -##\n> 原文\n好的", "好的"),
    ],
)
def test_below_our_mark_everything_is_ours(text: str, kept: str) -> None:
    assert new_words(text) == kept


def test_of_a_new_letter_the_mark_and_the_signature_are_cut() -> None:
    assert without_signature("大家看看\n-- \n王\n##- 回复 -##\n原文") == "大家看看"
    assert without_signature("\n\n大家看看\n\n\n\n明天\n\n____\n") == "大家看看\n\n明天"
    assert without_signature("> 引一句\n我同意") == "> 引一句\n我同意"


def test_a_page_keeps_its_quotes_in_a_new_letter_and_signatures_in_none() -> None:
    page = MailPage('<p>看</p><blockquote type="cite">原文</blockquote><div class="gmail_signature">王</div>')
    assert html_as_markdown(page, is_reply=True) == "看"
    assert html_as_markdown(page, is_reply=False) == "看\n\n> 原文"
