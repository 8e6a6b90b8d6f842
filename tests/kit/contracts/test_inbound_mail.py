"""Line breaks of letters, and what is too long."""

from __future__ import annotations

import pytest
from django.utils import translation

from zhiliu.kit.contracts.inbound_mail import is_open_to, refuse_longer, with_breaks
from zhiliu.kit.errors import Refused
from zhiliu.kit.text.markdown import render


def test_lines_of_a_letter_stay_lines_and_paragraphs_stay_paragraphs() -> None:
    text = "一\n二\n\n三\n- 四\n- 五\n"
    html = render(with_breaks(text)).html
    assert "一<br" in html and html.count("<li>") == 2 and html.count("<p>") == 2
    assert with_breaks("一") == "一" and with_breaks("") == ""


def test_what_is_too_long_says_by_how_much() -> None:
    refuse_longer("字" * 10, 10)
    with translation.override("en"), pytest.raises(Refused, match="It has 1,001 characters; the limit is 1,000"):
        refuse_longer("字" * 1001, 1000)


def test_nothing_is_open_that_nobody_offers() -> None:
    assert not is_open_to("nothing.at_all", None, 1)
