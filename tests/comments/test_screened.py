"""What moderation and the state of a community mean for comments, and that each act touches its own comment only."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from django.utils import timezone, translation
from freezegun import freeze_time

from tests.cast import fresh
from zhiliu.activity.models import Activity
from zhiliu.comments.commenting import (
    EDIT_FOR,
    comment,
    edit_comment,
    publish_comment,
    put_back_comment,
    require_part,
    take_back_comment,
    withdraw_comment,
)
from zhiliu.comments.models import Comment, Vote
from zhiliu.comments.queries import comments_on, last_words
from zhiliu.comments.voting import Votes, set_vote, votes_on
from zhiliu.communities.models import Community
from zhiliu.directory.models import Person
from zhiliu.kit.contracts.object_types import ObjectCard, card_or_404
from zhiliu.kit.errors import Forbidden
from zhiliu.moderation.detecting import DetectorFinding
from zhiliu.moderation.models import Flag, HeldPost, Sanction
from zhiliu.moderation.sanctioning import impose
from zhiliu.moderation.screening import ScreeningResult
from zhiliu.needs.models import Need
from zhiliu.needs.voicing import voice_need

pytestmark = pytest.mark.django_db
ADVERT = "海外代购，加微信 vx: daigou_2024，99元包邮"


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def need(community: Community, lin: Person) -> Need:
    return voice_need(community, title="压缩机半夜停机", by=lin)


def say(need: Need, by: Person, body: str = "先看密封条") -> Comment:
    said = comment("need", need.pk, body=body, by=by)
    assert isinstance(said, Comment)
    return said


def log(verb: str) -> list[Activity]:
    return list(Activity.objects.filter(verb=f"comments.{verb}").order_by("pk"))


def test_an_advert_waits_for_a_moderator_and_who_moderates_is_not_looked_at(
    need: Need, xu: Person, lin: Person
) -> None:
    held = comment("need", need.pk, body=ADVERT, by=xu)
    assert isinstance(held, HeldPost)
    assert (held.kind, held.payload["text"], held.payload["thing"], Comment.objects.count()) == (
        "comment",
        ADVERT,
        need.pk,
        0,
    )
    assert isinstance(comment("need", need.pk, body=ADVERT, by=lin), Comment)


def test_a_comment_that_was_found_odd_is_flagged_for_a_moderator(need: Need, wang: Person) -> None:
    card = card_or_404("need", need.pk, wang)
    odd = ScreeningResult((DetectorFinding("adverts", "加微信", 1),))
    publish_comment(card, "甲", wang)
    publish_comment(card, "乙", wang, odd)
    publish_comment(card, "丙", wang, None, need.community)
    assert not Flag.objects.exists()
    said = publish_comment(card, "丁", wang, odd, need.community)
    flag = Flag.objects.get()
    assert (flag.kind, flag.thing_id, flag.community, flag.author) == ("comment", said.pk, need.community, wang)


def test_an_edit_into_an_advert_stands_and_is_flagged(need: Need, wang: Person) -> None:
    said = say(need, wang)
    edit_comment(said, body="先看密封条。", by=wang)
    assert not Flag.objects.exists()
    edit_comment(said, body=ADVERT, by=wang)
    assert (Comment.objects.get().body, Flag.objects.get().thing_id) == (ADVERT, said.pk)


def test_the_same_words_again_are_not_looked_at(need: Need, wang: Person) -> None:
    said = say(need, wang)
    Comment.objects.update(body=ADVERT)
    said.refresh_from_db()
    edit_comment(said, body=ADVERT, by=wang)
    assert not Flag.objects.exists()


def test_who_is_muted_neither_comments_nor_edits(need: Need, wang: Person, lin: Person) -> None:
    said = say(need, wang)
    until = timezone.now() + dt.timedelta(days=1)
    impose(need.community, wang, Sanction.Kind.MUTE, reason="骂人", rule="对事不对人", until=until, by=lin)
    muted = fresh(wang)
    with pytest.raises(Forbidden, match="You can’t write here until"):
        say(need, muted, "我不服")
    with pytest.raises(Forbidden, match="You can’t write here until"):
        edit_comment(said, body="我不服", by=muted)
    assert list(Comment.objects.values_list("body", flat=True)) == ["先看密封条"]


def test_nothing_is_said_in_an_archived_community(need: Need, wang: Person, zhao: Person) -> None:
    Community.objects.update(phase=Community.Phase.ARCHIVED)
    for person in (wang, zhao):
        with pytest.raises(Forbidden, match="archived and read-only"):
            say(need, person)
    assert not Comment.objects.exists()


def test_colleagues_comment_where_they_read_and_guests_only_where_they_are_members(
    need: Need, sun: Person, zhao: Person
) -> None:
    say(need, sun)
    say(need, zhao)
    community, card = need.community, card_or_404("need", need.pk, zhao)
    community.memberships.filter(person=zhao).delete()
    with pytest.raises(Forbidden, match="Join the community first"):
        require_part(card, fresh(zhao))
    assert require_part(card, fresh(sun)) == community


def test_what_belongs_to_no_community_asks_for_no_part(wang: Person) -> None:
    assert require_part(ObjectCard(kind="article", key=1, title="", url="", community_id=None), wang) is None


def test_a_comment_is_edited_until_the_last_second_of_the_fifteen_minutes(need: Need, wang: Person) -> None:
    said, other = say(need, wang), say(need, wang, "再看温度")
    with freeze_time(said.at + EDIT_FOR):
        edit_comment(said, body="先看门", by=wang)
    assert Comment.objects.get(pk=said.pk).body == "先看门"
    assert Comment.objects.get(pk=other.pk).body == "再看温度"


def test_taking_back_is_told_once_and_touches_one_comment(need: Need, wang: Person, lin: Person) -> None:
    said, other = say(need, wang), say(need, wang, "再看温度")
    take_back_comment(said, need.community_id, by=lin)
    take_back_comment(said, need.community_id, by=wang)
    said.refresh_from_db()
    other.refresh_from_db()
    assert (said.withdrawn_by, other.withdrawn_at, len(log("comment_deleted"))) == (lin, None, 1)


def test_putting_back_is_told_once_and_touches_one_comment(need: Need, wang: Person, lin: Person) -> None:
    said, other = say(need, wang), say(need, wang, "再看温度")
    put_back_comment(said, need.community_id, by=lin)
    assert log("comment_restored") == []
    for item in (said, other):
        take_back_comment(item, need.community_id, by=lin)
    for _ in range(2):
        put_back_comment(said, need.community_id, by=lin)
    said.refresh_from_db()
    other.refresh_from_db()
    assert (said.withdrawn_at, other.withdrawn_by, len(log("comment_restored"))) == (None, lin, 1)


def test_where_no_community_is_only_the_author_edits_and_takes_back_a_comment(
    need: Need, wang: Person, admin: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = say(need, wang)
    card = ObjectCard(kind="need", key=need.pk, title="", url="", community_id=None)
    monkeypatch.setattr("zhiliu.comments.commenting.card_or_404", lambda *_: card)
    with pytest.raises(Forbidden, match="Only the author"):
        withdraw_comment(said, by=admin)
    assert Comment.objects.get().withdrawn_at is None
    edit_comment(said, body=ADVERT, by=wang)
    assert (Comment.objects.get().body, Flag.objects.exists()) == (ADVERT, False)
    withdraw_comment(said, by=wang)
    assert Comment.objects.get().withdrawn_by == wang


def test_a_page_shows_the_comments_on_its_own_thing(need: Need, wang: Person) -> None:
    other = voice_need(need.community, title="门关不上", by=wang)
    first, second = say(need, wang), say(need, wang, "再看温度")
    say(other, wang, "别处")
    Comment.objects.create(kind="topic", thing_id=need.pk, by=wang, body="主题", html="主题")
    assert comments_on("need", need.pk) == [first, second]


def test_a_mail_quotes_what_its_person_said_last_about_the_thing(need: Need, wang: Person, xu: Person) -> None:
    other = voice_need(need.community, title="门关不上", by=wang)
    say(need, wang)
    last = say(need, wang, "再看温度")
    assert last_words("need", need.pk, wang.pk) == "再看温度"
    say(need, xu, "别人")
    say(other, wang, "别处")
    Comment.objects.create(kind="topic", thing_id=need.pk, by=wang, body="主题", html="主题")
    assert last_words("need", need.pk, wang.pk) == "再看温度"
    take_back_comment(last, need.community_id, by=wang)
    assert last_words("need", need.pk, wang.pk) == "先看密封条"
    assert (last_words("need", need.pk, None), last_words("need", 0, wang.pk)) == ("", "")


def test_a_vote_is_announced_when_it_changes_something_and_touches_one_vote(wang: Person, xu: Person) -> None:
    for kind, key, person in (("topic", 1, wang), ("topic", 1, wang), ("topic", 2, wang), ("question", 1, wang)):
        set_vote(kind, key, on=True, by=person)
    assert set_vote("topic", 1, on=True, by=xu) == Votes(2, True)
    assert len(log("voted")) == 4
    for _ in range(2):
        assert set_vote("topic", 1, on=False, by=wang) == Votes(1, False)
    left = Vote.objects.order_by("pk").values_list("kind", "thing_id", "by_id")
    assert list(left) == [("topic", 2, wang.pk), ("question", 1, wang.pk), ("topic", 1, xu.pk)]
    assert len(log("voted")) == 5


def test_votes_are_counted_for_each_thing_of_one_kind(wang: Person, xu: Person) -> None:
    for kind, key, person in (("topic", 1, wang), ("topic", 1, xu), ("topic", 2, xu), ("question", 3, wang)):
        set_vote(kind, key, on=True, by=person)
    assert votes_on("topic", [1, 2, 3], wang) == {1: Votes(2, True), 2: Votes(1, False), 3: Votes(0, False)}
