"""Each detector finds what it is for, and leaves the talk of work alone."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from tests.cast import make_person
from zhiliu.communities.models import Community
from zhiliu.directory.models import Person
from zhiliu.kit.contracts.moderated_types import RecentPost
from zhiliu.moderation.detecting import (
    STRONG,
    WEAK,
    DetectorFinding,
    Submission,
    adverts,
    detectors,
    flooding,
    insults,
    repeating,
    tell,
)
from zhiliu.moderation.models import HeldPost, Word
from zhiliu.moderation.screening import is_enough

NOW = dt.datetime(2026, 3, 4, 15, 0, tzinfo=dt.UTC)


def said(text: str, *, newcomer: bool = False, minute: int = 0, elsewhere: Any = ()) -> Submission:
    by: Any = SimpleNamespace(pk=7, is_newcomer=lambda days: newcomer)
    here: Any = SimpleNamespace(pk=1)
    return Submission(text, by, here, "channel-1", NOW, minute, lambda: elsewhere)


def ago(seconds: float, text: str, place: str) -> RecentPost:
    return RecentPost(text, NOW - dt.timedelta(seconds=seconds), 1, place)


# -- adverts ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "客户电话 13812345678，报价 ￥3,200，明天回他",
        "压缩机的手册在 https://example.com/manual.pdf",
        "备件 280 元一个，走内部采购",
        "下午三点 3 号会议室，先看表再动手",
        "螺纹是 1/2 的，折线图见附件，3 折线段",
        "群里有人会调这个参数吗？QQ 截图发我",
        "加微信群的功能什么时候上线？",
        "",
    ],
)
def test_talk_of_work_is_no_advert(text: str) -> None:
    assert adverts.look(said(text, newcomer=True)) is None


@pytest.mark.parametrize(
    "text",
    [
        "海外代购，加微信 vx: daigou_2024",
        "兼职日结，加我微信：abc12345",
        "代购化妆品 99元 包邮",
        "内部价清仓，电话 138 1234 5678",
    ],
)
def test_an_advert_is_a_reason_and_of_a_newcomer_a_strong_one(text: str) -> None:
    detector_finding = adverts.look(said(text))
    assert detector_finding is not None
    assert adverts.look(said(text, newcomer=True)).weight == STRONG  # type: ignore[union-attr]


def test_two_signs_are_weak_and_three_are_strong() -> None:
    weak = adverts.look(said("代购化妆品 99元 包邮"))
    strong = adverts.look(said("代购化妆品 99元，加 vx daigou2024，见 https://shop.example.com"))
    assert (weak, strong) == (
        DetectorFinding("adverts", WEAK, {"signs": ["price", "offer"], "newcomer": False}),
        DetectorFinding("adverts", STRONG, {"signs": ["link", "account", "price", "offer"], "newcomer": False}),
    )


def test_many_words_that_offer_weigh_more() -> None:
    detector_finding = adverts.look(said("兼职日结，在家就能做，扫码进群，加微信 job_8821，名额有限"))
    assert detector_finding == DetectorFinding(
        "adverts", STRONG, {"signs": ["account", "offer", "offers"], "newcomer": False}
    )


@pytest.mark.parametrize(
    ("lines", "repeats"),
    [
        (["全场八折，先到先得"] * 3, True),
        (["全场八折，先到先得"] * 2, False),
        (["全场八折，先到先得", "回复即送样品一份"] * 2, True),
        (["全场八折，先到先得", "回复即送样品一份", "库存不多了快来看", "全场八折，先到先得"], False),
        (["收到"] * 6, False),
    ],
)
def test_a_text_repeats_itself_when_half_of_its_lines_were_said_before(lines: list[str], *, repeats: bool) -> None:
    assert ("repeats" in adverts.signs_of("\n".join(lines))) is repeats


def test_links_to_this_installation_are_not_to_elsewhere(settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["zhiliu.example.com"]
    text = "见 https://zhiliu.example.com/needs/1/ 和 http://other.example.org/x，www.third.cn/a"
    assert adverts.outside_links(text) == ["other.example.org", "www.third.cn"]


def test_full_width_and_traditional_letters_hide_nothing() -> None:
    assert adverts.signs_of(said("代購，加 Ｖ信：ａｂｃ１２３４５").folded) == ("account", "offer")


def test_a_broken_address_is_no_error() -> None:
    assert adverts.outside_links("http://[::1") == []


# -- flooding ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("before", "weight"), [(14, None), (15, WEAK), (29, WEAK), (30, STRONG)])
def test_many_messages_within_a_minute(before: int, weight: int | None) -> None:
    detector_finding = flooding.look(said("好", minute=before))
    assert (detector_finding.weight if detector_finding else None) == weight
    assert detector_finding is None or detector_finding.details == {"count": before + 1}


# -- repeating --------------------------------------------------------------------------------------------------------

LONG = "各位同事大家好，本周五下午在三楼会议室有一场分享，欢迎带着问题来参加。"


@pytest.mark.django_db
def test_nearly_the_same_text_in_other_places() -> None:
    near = LONG.replace("本周五", "这周五") + "！！"
    finding = repeating.look(said(LONG, elsewhere=[ago(60, near, "channel-2")]))
    two = repeating.look(said(LONG, elsewhere=[ago(60, near, "channel-2"), ago(90, LONG, "need-3")]))
    assert (finding, two) == (
        DetectorFinding("repeating", WEAK, {"places": 2}),
        DetectorFinding("repeating", STRONG, {"places": 3}),
    )


@pytest.mark.django_db
def test_short_words_do_not_repeat_and_are_not_looked_for() -> None:
    assert repeating.look(said(LONG, elsewhere=[ago(5, "收到", "channel-3")])) is None
    short = said("收到，谢谢")
    assert repeating.look(short) is None
    assert "elsewhere" not in vars(short)


@pytest.mark.django_db
def test_what_was_kept_out_lately_is_known_again(community: Community, wang: Person) -> None:
    kept_out = HeldPost.objects.create(
        community=community, kind="message", payload={"text": LONG}, by=wang, state="refused"
    )
    HeldPost.objects.filter(pk=kept_out.pk).update(at=NOW - dt.timedelta(days=2))
    assert repeating.look(said(LONG)) == DetectorFinding("repeating", STRONG, {"places": 1, "refused": True})
    HeldPost.objects.filter(pk=kept_out.pk).update(at=NOW - dt.timedelta(days=8))
    assert repeating.look(said(LONG)) is None


SHARED = "下周三之前把换热器清洗记录都交上"  # 16 characters: 14 shingles; with three more, 17


@pytest.mark.parametrize(
    ("item", "other", "is_alike"),
    [
        (f"{SHARED}去谢谢", f"{SHARED}来才好", True),  # 14 of 20
        (f"{SHARED}去谢谢", f"{SHARED}来才好吗", False),  # 14 of 21
        (SHARED, f"{SHARED}{SHARED[::-1]}", False),  # 14 of 30: one stands whole in the other
    ],
)
@pytest.mark.django_db
def test_seven_tenths_in_common_are_nearly_the_same(
    community: Community, wang: Person, item: str, other: str, *, is_alike: bool
) -> None:
    assert (repeating.look(said(item, elsewhere=[ago(60, other, "channel-2")])) is not None) is is_alike
    held = HeldPost.objects.create(
        community=community, kind="message", payload={"text": other}, by=wang, state="refused"
    )
    HeldPost.objects.filter(pk=held.pk).update(at=NOW - dt.timedelta(days=2))
    assert (repeating.look(said(item)) is not None) is is_alike


@pytest.mark.parametrize(("item", "other", "least"), [(LONG, LONG, 1.0), (LONG, "", 0.0), ("", "", 0.0)])
def test_resemblance(item: str, other: str, least: float) -> None:
    assert repeating.resemblance(item, other) == least


# -- insults ----------------------------------------------------------------------------------------------------------

LISTED = (("sb", 1), ("傻逼", 2), ("他妈的", 1), ("废物", 1))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("你是不是傻 · 逼", {"傻逼": 2}),
        ("傻\u200b逼", {"傻逼": 2}),
        ("這是什麼廢物方案", {"废物": 1}),
        ("ＳＢ！", {"sb": 1}),
        ("usb 接口坏了", {}),
        ("他妈妈的手机", {}),
        ("方案很好", {}),
    ],
)
def test_words_of_the_list(text: str, found: dict[str, int]) -> None:
    assert insults.find(text, LISTED) == found


def test_an_empty_list_finds_nothing() -> None:
    assert insults.find("傻逼", ()) == {}


@pytest.mark.django_db
def test_the_heaviest_word_counts_and_two_are_strong() -> None:
    Word.objects.all().delete()
    for text, weight in (("傻逼", 2), ("废物", 1), ("笨蛋", 1)):
        Word.objects.create(text=text, folded=text, weight=weight)
    texts = ("废物", "废物废物", "废物，笨蛋", "傻逼")
    assert [detector_finding.weight for text in texts if (detector_finding := insults.look(said(text)))] == [
        WEAK,
        WEAK,
        STRONG,
        STRONG,
    ]


# -- together ---------------------------------------------------------------------------------------------------------


def test_one_weak_reason_is_not_enough_two_or_a_strong_one_are() -> None:
    weak, other, strong = (
        DetectorFinding("adverts", WEAK),
        DetectorFinding("flooding", WEAK),
        DetectorFinding("insults", STRONG),
    )
    assert [is_enough(detector_findings) for detector_findings in ([], [weak], [weak, other], [strong])] == [
        False,
        False,
        True,
        True,
    ]


def test_every_reason_can_be_read() -> None:
    reasons = [
        DetectorFinding("adverts", STRONG, {"signs": ["link", "price"], "newcomer": True}),
        DetectorFinding("adverts", WEAK, {"signs": ["offer"], "newcomer": False}),
        DetectorFinding("flooding", WEAK, {"count": 16}),
        DetectorFinding("repeating", WEAK, {"places": 2}),
        DetectorFinding("repeating", STRONG, {"places": 1, "refused": True}),
        DetectorFinding("insults", WEAK, {"words": ["废物"]}),
        DetectorFinding("gone", WEAK),
    ]
    assert tell(reason.as_json() for reason in reasons) == [
        "Looks like an ad from a newcomer: an outside link, a price",
        "Looks like an ad: sales phrases",
        "16 messages within a minute",
        "Nearly the same text in 2 places",
        "Nearly the same text was hidden recently",
        "Words of the list: 废物",
    ]
    assert detectors.names() == ["adverts", "flooding", "repeating", "insults"]


def test_a_newcomer_is_somebody_of_the_last_seven_days(db: None) -> None:
    today = timezone.localdate()
    fresh, settled = (make_person(f"p{days}", hired_on=today - dt.timedelta(days=days)) for days in (6, 7))
    made = [Submission("好", person, Community(), "", timezone.now()).is_newcomer for person in (fresh, settled)]
    assert made == [True, False]
