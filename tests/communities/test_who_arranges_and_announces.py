"""Home page, calendar and announcements: each verb asks who may, touches its own row, and is told once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import timezone, translation
from freezegun import freeze_time

from zhiliu.activity.models import Activity
from zhiliu.communities.announcing import (
    announce_to,
    discard_starter,
    mark_announcement_read,
    publish_starter,
    remind_unread,
    starter_draft,
)
from zhiliu.communities.arranging import (
    MOST_TEXTS,
    add_text,
    change_text,
    place_block,
    remove_text,
    settle_blocks,
    show_block,
)
from zhiliu.communities.models import Announcement, Community, HomeBlock, Occasion, Receipt
from zhiliu.communities.occasions import add_occasion, change_occasion, remove_occasion
from zhiliu.directory.models import Person
from zhiliu.kit.errors import Forbidden, Refused

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 11, 5)
WHO_ARRANGES = r"Who can edit the home page and announce: "


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


def count_facts(name: str) -> int:
    """How many facts of that name the log has of this app."""
    return Activity.objects.filter(verb=f"communities.{name}").count()


# --- the home page ----------------------------------------------------------------------------------------------------


def test_a_member_changes_no_text_of_the_home_page(community: Community, lin: Person, wang: Person) -> None:
    text = add_text(community, title="先看这里", text="三件事", by=lin)
    with pytest.raises(Forbidden, match=WHO_ARRANGES):
        change_text(text, title="我的", text="一段", version=1, by=wang)
    text.refresh_from_db()
    assert (text.title, text.text, text.version) == ("先看这里", "三件事", 1)
    assert count_facts("home_changed") == 1


def test_what_a_member_tries_on_the_home_page_is_not_told(community: Community, lin: Person, wang: Person) -> None:
    text = add_text(community, title="先看这里", text="三件事", by=lin)
    before = list(HomeBlock.objects.order_by("pk").values_list("pk", "place", "is_hidden", "title"))
    for act in (
        lambda: place_block(text, 0, by=wang),
        lambda: show_block(text, visible=False, by=wang),
        lambda: add_text(community, title="我的", text="一段", by=wang),
        lambda: remove_text(text, by=wang),
    ):
        with pytest.raises(Forbidden, match=WHO_ARRANGES):
            act()
    assert list(HomeBlock.objects.order_by("pk").values_list("pk", "place", "is_hidden", "title")) == before
    assert count_facts("home_changed") == 1


def test_an_archived_home_page_stays_as_it_is(community: Community, lin: Person) -> None:
    text = add_text(community, title="先看这里", text="三件事", by=lin)
    Community.objects.filter(pk=community.pk).update(phase=Community.Phase.ARCHIVED)
    archived = HomeBlock.objects.select_related("community").get(pk=text.pk)
    with pytest.raises(Forbidden, match="archived and read-only"):
        remove_text(archived, by=lin)
    assert HomeBlock.objects.filter(pk=text.pk).exists() and count_facts("home_changed") == 1


def test_moving_a_block_to_its_place_again_is_told_once(community: Community, lin: Person) -> None:
    text = add_text(community, title="先看这里", text="三件事", by=lin)
    for _again in range(2):
        place_block(text, 0, by=lin)
    assert count_facts("home_changed") == 2
    assert settle_blocks(community)[0] == text


def test_a_place_above_the_top_is_the_top(community: Community, lin: Person) -> None:
    text = add_text(community, title="先看这里", text="三件事", by=lin)
    place_block(text, -3, by=lin)
    assert [(block.pk == text.pk, block.place) for block in settle_blocks(community)[:2]] == [(True, 0), (False, 1)]


def test_hiding_a_block_hides_that_one_and_is_told_once(community: Community, lin: Person) -> None:
    hidden, shown = (add_text(community, title=title, text="一段", by=lin) for title in ("甲", "乙"))
    for _again in range(2):
        show_block(hidden, visible=False, by=lin)
    assert list(HomeBlock.objects.filter(is_hidden=True)) == [hidden]
    assert count_facts("home_changed") == 3
    for _again in range(2):
        show_block(shown, visible=True, by=lin)
    assert count_facts("home_changed") == 3


def test_a_changed_text_leaves_the_other_and_a_refused_change_is_not_told(community: Community, lin: Person) -> None:
    first, second = (add_text(community, title=title, text="一段", by=lin) for title in ("甲", "乙"))
    change_text(first, title="丙", text="**两段**", version=1, by=lin)
    with pytest.raises(Refused, match="Someone else changed this"):
        change_text(first, title="丁", text="三段", version=1, by=lin)
    rows = HomeBlock.objects.filter(key="").order_by("pk").values_list("pk", "title", "html", "version")
    assert list(rows) == [(first.pk, "丙", "<p><strong>两段</strong></p>\n", 2), (second.pk, "乙", second.html, 1)]
    assert count_facts("home_changed") == 3


def test_a_section_of_an_app_has_no_text_to_change(community: Community, lin: Person) -> None:
    section = settle_blocks(community)[0]
    with pytest.raises(Refused, match="Someone else changed this"):
        change_text(section, title="我的", text="一段", version=section.version, by=lin)
    assert HomeBlock.objects.get(pk=section.pk).title == section.title


def test_removing_a_text_leaves_the_other_and_is_told_once(community: Community, lin: Person) -> None:
    first, second = (add_text(community, title=title, text="一段", by=lin) for title in ("甲", "乙"))
    for _again in range(2):
        remove_text(first, by=lin)
    assert list(HomeBlock.objects.filter(key="")) == [second]
    assert count_facts("home_changed") == 3
    remove_text(settle_blocks(community)[0], by=lin)
    assert count_facts("home_changed") == 3


def test_the_thirteenth_text_is_refused_and_not_told(community: Community, lin: Person) -> None:
    for number in range(MOST_TEXTS):
        add_text(community, title=f"第 {number} 段", text="一段", by=lin)
    with pytest.raises(Refused, match="at most 12 texts"):
        add_text(community, title="太多", text="一段", by=lin)
    assert (HomeBlock.objects.filter(key="").count(), count_facts("home_changed")) == (12, 12)


# --- occasions --------------------------------------------------------------------------------------------------------


def test_an_occasion_lasts_up_to_366_days_after_its_first(community: Community, lin: Person) -> None:
    add_occasion(community, title="一天", starts_on=DAY, ends_on=DAY, by=lin)
    add_occasion(community, title="一年", starts_on=DAY, ends_on=DAY + dt.timedelta(days=366), by=lin)
    with pytest.raises(Refused, match="longer than a year"):
        add_occasion(community, title="太长", starts_on=DAY, ends_on=DAY + dt.timedelta(days=367), by=lin)
    with pytest.raises(Refused, match="last day is before the first"):
        add_occasion(community, title="倒着", starts_on=DAY, ends_on=DAY - dt.timedelta(days=1), by=lin)
    assert list(Occasion.objects.order_by("pk").values_list("title", flat=True)) == ["一天", "一年"]
    assert count_facts("occasion_set") == 2


def test_a_member_neither_adds_nor_changes_nor_removes_an_occasion(
    community: Community, lin: Person, wang: Person
) -> None:
    occasion = add_occasion(community, title="盘点周", starts_on=DAY, ends_on=DAY, by=lin)
    for act in (
        lambda: add_occasion(community, title="我的", starts_on=DAY, ends_on=DAY, by=wang),
        lambda: change_occasion(occasion, title="我的", starts_on=DAY, ends_on=DAY, version=1, by=wang),
        lambda: remove_occasion(occasion, by=wang),
    ):
        with pytest.raises(Forbidden, match=WHO_ARRANGES):
            act()
    assert list(Occasion.objects.values_list("title", "version")) == [("盘点周", 1)]
    assert count_facts("occasion_set") == 1


def test_a_change_of_an_occasion_is_checked_leaves_the_other_and_is_told_once(
    community: Community, lin: Person
) -> None:
    first, second = (
        add_occasion(community, title=title, starts_on=DAY, ends_on=DAY, by=lin) for title in ("盘点", "司庆")
    )
    with pytest.raises(Refused, match="last day is before the first"):
        change_occasion(first, title="倒着", starts_on=DAY, ends_on=DAY - dt.timedelta(days=1), version=1, by=lin)
    change_occasion(first, title="大盘点", note="带笔", starts_on=DAY, ends_on=DAY, version=1, by=lin)
    with pytest.raises(Refused, match="Someone else changed this"):
        change_occasion(first, title="旧的", starts_on=DAY, ends_on=DAY, version=1, by=lin)
    rows = Occasion.objects.order_by("pk").values_list("pk", "title", "note", "version")
    assert list(rows) == [(first.pk, "大盘点", "带笔", 2), (second.pk, "司庆", "", 1)]
    assert count_facts("occasion_set") == 3


def test_a_removed_occasion_leaves_the_other_and_is_told_once(community: Community, lin: Person) -> None:
    first, second = (
        add_occasion(community, title=title, starts_on=DAY, ends_on=DAY, by=lin) for title in ("盘点", "司庆")
    )
    key = first.pk
    removed = Occasion.objects.select_related("community").get(pk=key)
    for _again in range(2):
        remove_occasion(removed, by=lin)
    assert list(Occasion.objects.all()) == [second]
    facts = Activity.objects.filter(verb="communities.occasion_set").order_by("pk")
    assert [fact.data.get("removed", False) for fact in facts] == [False, False, True]


# --- announcements ----------------------------------------------------------------------------------------------------


def test_a_new_community_says_nothing_in_the_name_of_its_founder(
    community: Community, lin: Person, wang: Person, browse: Any
) -> None:
    assert (Announcement.objects.count(), count_facts("announcement_published")) == (0, 0)
    draft = starter_draft(community, lin)
    assert draft is not None and starter_draft(community, wang) is None
    shown = [draft.title in browse(person).get(community.get_absolute_url()).content.decode() for person in (lin, wang)]
    with translation.override("zh-hans"):
        title = str(community.template.starter[0])
    shown += [title in browse(person).get(community.get_absolute_url()).content.decode() for person in (lin, wang)]
    assert sorted(shown) == [False, False, False, True]


def test_the_draft_is_published_once_as_it_was_edited(community: Community, lin: Person, browse: Any) -> None:
    url = f"{community.get_absolute_url()}announcements/draft/"
    assert str(community.template.starter[0]) and browse(lin).get(url).status_code == 200
    for _ in range(2):
        browse(lin).post(url, {"title": "先看这里", "body": "三件事"})
    announcement = Announcement.objects.get()
    assert (announcement.title, announcement.by) == ("先看这里", lin)
    assert starter_draft(Community.objects.get(pk=community.pk), lin) is None
    assert browse(lin).get(url)["Location"].endswith("/announcements/new/")
    with pytest.raises(Refused, match="already published or discarded"):
        discard_starter(community, by=lin)


def test_a_discarded_draft_is_gone_and_cannot_be_published(community: Community, lin: Person, browse: Any) -> None:
    browse(lin).post(f"{community.get_absolute_url()}announcements/draft/", {"discard": "1"})
    community.refresh_from_db()
    assert starter_draft(community, lin) is None
    with pytest.raises(Refused, match="already published or discarded"):
        publish_starter(community, title="先看这里", body="三件事", by=lin)
    assert not Announcement.objects.exists()


def test_a_member_neither_publishes_nor_discards_the_draft(community: Community, wang: Person) -> None:
    with pytest.raises(Forbidden, match=WHO_ARRANGES):
        publish_starter(community, title="我的", body="一段", by=wang)
    with pytest.raises(Forbidden, match=WHO_ARRANGES):
        discard_starter(community, by=wang)
    community.refresh_from_db()
    assert community.offers_starter and not Announcement.objects.exists()


def test_a_member_announces_nothing(community: Community, wang: Person) -> None:
    before = list(Announcement.objects.order_by("pk").values_list("pk", "is_pinned"))
    with pytest.raises(Forbidden, match=WHO_ARRANGES):
        announce_to(community, title="我的", body="一段", by=wang)
    assert list(Announcement.objects.order_by("pk").values_list("pk", "is_pinned")) == before
    assert count_facts("announcement_published") == len(before)


def test_an_announcement_unpins_nothing_elsewhere(
    community: Community, closed_community: Community, lin: Person
) -> None:
    there = announce_to(closed_community, title="降价", body="下周", by=lin)
    newest = announce_to(community, title="停机", body="周三", by=lin)
    assert list(community.announcements.filter(is_pinned=True)) == [newest]
    assert list(closed_community.announcements.filter(is_pinned=True)) == [there]


def test_reading_is_noted_for_the_reader_and_that_announcement_only(
    community: Community, lin: Person, wang: Person
) -> None:
    first, _second = (announce_to(community, title=title, body="周三", by=lin) for title in ("停机", "开机"))
    receipts = {mark_announcement_read(first, by=wang).pk for _again in range(2)}
    assert list(Receipt.objects.values_list("announcement_id", "person_id")) == [(first.pk, wang.pk)]
    assert receipts == {Receipt.objects.get().pk}


def test_a_member_reminds_nobody(community: Community, lin: Person, wang: Person) -> None:
    announcement = announce_to(community, title="停机", body="周三", by=lin)
    with pytest.raises(Forbidden, match=WHO_ARRANGES):
        remind_unread(announcement, by=wang)
    announcement.refresh_from_db()
    assert (announcement.reminded_at, count_facts("announcement_reminded")) == (None, 0)


def test_a_reminder_is_sent_again_after_a_day_and_touches_no_other_announcement(
    community: Community, lin: Person
) -> None:
    start = timezone.now()
    announcement, other = (announce_to(community, title=title, body="周三", by=lin) for title in ("停机", "开机"))
    with freeze_time(start):
        remind_unread(announcement, by=lin)
    with freeze_time(start + dt.timedelta(hours=23, minutes=59)), pytest.raises(Refused, match="in the last day"):
        remind_unread(announcement, by=lin)
    assert count_facts("announcement_reminded") == 1
    with freeze_time(start + dt.timedelta(days=1)):
        remind_unread(announcement, by=lin)
    assert count_facts("announcement_reminded") == 2
    other.refresh_from_db()
    assert other.reminded_at is None
