"""Formulas of articles are drawn; what cannot be read stays as it is written, and nothing comes through them."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest

from zhiliu.kit.text.formulas import mathml
from zhiliu.kit.text.markdown import plain, render


class _Attributes(HTMLParser):
    """Every tag and attribute of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.names: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.names |= {name for name, _value in attrs}


@pytest.mark.parametrize(
    ("source", "drawn"),
    [
        ("$10^3$", '<math alttext="$10^3$"><msup><mn>10</mn><mn>3</mn></msup></math>'),
        ("$x_i$", '<math alttext="$x_i$"><msub><mi>x</mi><mi>i</mi></msub></math>'),
        (
            "$$\\frac{a}{b}$$",
            '<math alttext="$$\\frac{a}{b}$$" display="block"><mfrac><mi>a</mi><mi>b</mi></mfrac></math>',
        ),
        ("$\\text{冷量}<1$", '<math alttext="$\\text{冷量}&lt;1$"><mtext>冷量</mtext><mo>&lt;</mo><mn>1</mn></math>'),
    ],
)
def test_a_formula_is_drawn_as_mathml(source: str, drawn: str) -> None:
    assert render(f"式：{source}。").html == f"<p>式：{drawn}。</p>\n"


def test_equations_stand_below_each_other_at_their_sign() -> None:
    drawn = mathml("$$\\begin{aligned}a&=b\\\\c&=d\\end{aligned}$$") or ""
    assert drawn.count("<mtr>") == 2
    assert drawn.count('<mtd class="to-right">') == drawn.count('<mtd class="to-left">') == 2


@pytest.mark.parametrize("source", ["$\\unbekannt{x}$", "$\\href{javascript:alert(1)}{x}$", "$x_$", "$\\def\\a{b}\\a$"])
def test_what_cannot_be_read_stays_as_written(source: str) -> None:
    assert mathml(source) is None
    assert render(source, html=True).html == f"<p>{source}</p>\n"


@pytest.mark.parametrize(
    "source",
    [
        "$\\text{<img src=x onerror=alert(1)>}$",
        "$\\text{</mtext></math><script>alert(1)</script>}$",
        "$\\color{red}x$",
        '$x"onclick="alert(1)$',
    ],
)
def test_nothing_comes_through_a_formula(source: str) -> None:
    html = render(source, html=True).html
    assert "<math" in html
    for sign in ("<img", "<script", "style=", ' onclick="'):
        assert sign not in html


@pytest.mark.parametrize(
    "source",
    [
        '<div class="\n\n$x onmouseover=alert(1) y$\n\n" onclick="alert(1)">\n',
        '<a title="\n\n$a$ <img src=x onerror=alert(1)>\n',
        "<math><mtext><table><mglyph><style><!--</style><img title='--><img src=1 onerror=alert(1)>'>",
        '![$a" onerror=alert(1)$](/x.png)',
        "$\\text{<table><mglyph><style>}$<img src=x onerror=alert(1)>",
    ],
)
def test_a_formula_amid_broken_html_opens_nothing(source: str) -> None:
    page = _Attributes()
    page.feed(render(source, html=True).html)
    assert not [name for name in page.names if name.startswith("on") or name == "style"]
    assert not page.tags & {"style", "script", "mglyph"}


@pytest.mark.parametrize("source", ["<math><mi>x</mi></math>", "<math href='javascript:alert(1)'><mi>x</mi></math>"])
def test_mathml_typed_by_hand_is_not_drawn(source: str) -> None:
    assert "<math" not in render(source, html=True).html


MONEY = [
    "美元(US$)和港币(HK$)",
    "支持US$和HK$，不支持A$",
    "支持$和HK$，不支持A$",
    "单价（$/件、$/箱）",
    "(US$/HK$)",
    "价$5/$（美元）",
    "$('a'),$('b')",
    "$('a')+$('b')",
    "$.get(a)+$.get(b)",
    "$(date)和$(pwd)",
    "${a}和${b}",
    "$0.5/GB，流量$/月",
    "$5 和 $10",
    "$5元到$几十元",
    "用$表示，用$计价",
    "收$（美元），也收NT$",
    "$HOME和$PATH",
    "$20,000–$30,000",
]


@pytest.mark.parametrize("source", MONEY)
def test_money_and_variables_are_no_formulas(source: str) -> None:
    assert "<math" not in render(source).html


@pytest.mark.parametrize(
    ("source", "count"),
    [
        ("其中$x$是变量，$y$为常数", 2),
        ("速度$\\frac{s}{t}$米", 1),
        ("和$(a+b)$与$\\frac12$，$H^+$、$x'$、$n!$、$.5$、$[0,1)$", 7),
        ("_$x$_，（$a$、$b$）", 3),
        ("$v=路程/时间$米", 1),
        ("速度$v$(m/s)，$(a)$/$(b)$", 3),
    ],
)
def test_formulas_beside_chinese_are_drawn(source: str, count: int) -> None:
    assert render(source).html.count("<math") == count


@pytest.mark.parametrize("source", ["$增长率=50%$", "$增长率=50\\%$", "$\\text{增长}50%$", "$a%b$"])
def test_a_percent_sign_is_drawn_with_all_that_follows(source: str) -> None:
    drawn = mathml(source) or ""
    assert drawn.count("%") == 2 and ("<mi>b</mi>" in drawn) == ("b" in source)
    assert f'alttext="{source}"' in drawn


@pytest.mark.parametrize(
    "source",
    ["$\\hspace{9999999em}x$", "$a\\kern-99em b$", "$\\raisebox{99em}{x}$", "$\\mspace{2000mu}x$", "$\\hskip 999pt x$"],
)
def test_a_formula_that_reaches_far_out_stays_as_written(source: str) -> None:
    assert mathml(source) is None


def test_a_formula_with_a_space_in_it_is_drawn() -> None:
    assert mathml("$a\\hspace{2em}\\text{99em}$") and mathml("$a\\quad b$")


@pytest.mark.parametrize("source", ["$\\cancel{x}$", "$\\xcancel{x}$", "$\\boxed{x}$"])
def test_a_stroke_that_would_be_lost_stays_as_written(source: str) -> None:
    assert mathml(source) is None


@pytest.mark.parametrize("source", ["`$a$`", "```\n$a$\n```", "五 $5，六 $6", "\\$a\\$"])
def test_code_and_prices_are_no_formulas(source: str) -> None:
    assert "<math" not in render(source).html


def test_talk_shows_formulas_as_written_and_search_reads_them() -> None:
    assert render("$10^3$ 升", talk=True).html == "<p>$10^3$ 升</p>\n"
    assert plain("$10^3$ 升") == "$10^3$ 升"
    assert render("## 式 $a$").headings[0].text == "式 $a$"
