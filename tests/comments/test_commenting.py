"""Comments: said, mended for a while by who said them, taken back by them or who moderates."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.http import Http404
from django.utils import timezone, translation

from tests.cast import fresh
from zhiliu.comments.commenting import (
    EDIT_FOR,
    comment,
    edit_comment,
    put_back_comment,
    take_back_comment,
    withdraw_comment,
)
from zhiliu.comments.models import Comment, Vote
from zhiliu.comments.voting import set_vote
from zhiliu.communities.models import Community
from zhiliu.directory.models import Person
from zhiliu.kit.errors import Forbidden, Refused
from zhiliu.needs.models import Need
from zhiliu.needs.topics import make_topic
from zhiliu.needs.voicing import voice_need

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def need(community: Community, lin: Person) -> Need:
    return voice_need(community, title="压缩机半夜停机", by=lin)


@pytest.fixture
def said(need: Need, wang: Person) -> Any:
    return comment("need", need.pk, body="先看密封条", by=wang)


def body_of(said: Comment) -> str:
    return Comment.objects.get(pk=said.pk).body


def test_only_its_author_edits_a_comment_not_even_who_moderates(said: Comment, lin: Person, xu: Person) -> None:
    for other in (lin, xu):
        with pytest.raises(Forbidden, match="Only the author can edit this"):
            edit_comment(said, body="别人写的", by=other)
    assert body_of(said) == "先看密封条"


def test_the_door_does_not_edit_what_somebody_else_said(said: Comment, xu: Person, browse: Any) -> None:
    answer = browse(xu).post(f"/comments/{said.pk}/", {"body": "别人写的"})
    assert (answer.status_code, body_of(said)) == (403, "先看密封条")


def test_a_comment_is_edited_within_fifteen_minutes(said: Comment, wang: Person) -> None:
    edit_comment(said, body="先看**密封条**", by=wang)
    kept = Comment.objects.get()
    assert (kept.body, "<strong>密封条</strong>" in kept.html, kept.edited_at is not None) == (
        "先看**密封条**",
        True,
        True,
    )
    kept.at = timezone.now() - EDIT_FOR - dt.timedelta(seconds=1)
    with pytest.raises(Refused, match="15 minutes"):
        edit_comment(kept, body="太晚了", by=wang)
    assert body_of(said) == "先看**密封条**"


def test_what_was_taken_back_is_not_edited_any_more(said: Comment, need: Need, wang: Person, lin: Person) -> None:
    take_back_comment(said, need.community_id, by=lin)
    said.refresh_from_db()
    with pytest.raises(Refused, match="deleted"):
        edit_comment(said, body="没说过", by=wang)
    assert body_of(said) == "先看密封条"


def test_others_take_back_nothing(said: Comment, xu: Person, zhao: Person) -> None:
    for other in (xu, zhao):
        with pytest.raises(Forbidden, match=r"look after|moderat"):
            withdraw_comment(said, by=other)
    assert Comment.objects.get().withdrawn_at is None


@pytest.mark.parametrize("who", ["wang", "lin"])
def test_author_and_moderator_take_back(said: Comment, who: str, request: pytest.FixtureRequest) -> None:
    by = request.getfixturevalue(who)
    for _ in range(2):
        withdraw_comment(said, by=fresh(by))
    assert Comment.objects.get().withdrawn_by == by


def test_a_moderator_puts_back_what_others_took_back_only(said: Comment, need: Need, wang: Person, lin: Person) -> None:
    take_back_comment(said, need.community_id, by=wang)
    put_back_comment(said, need.community_id, by=lin)
    assert Comment.objects.get().withdrawn_by == wang
    Comment.objects.update(withdrawn_at=None, withdrawn_by=None)
    take_back_comment(said, need.community_id, by=lin)
    put_back_comment(said, need.community_id, by=lin)
    assert Comment.objects.get().withdrawn_at is None


def test_nobody_comments_on_what_is_out_of_reach(closed_community: Community, lin: Person, sun: Person) -> None:
    need = voice_need(closed_community, title="底价", by=lin)
    with pytest.raises(Http404):
        comment("need", need.pk, body="我也想知道", by=sun)
    assert not Comment.objects.exists()


def test_a_vote_counts_once_and_is_taken_back(community: Community, need: Need, lin: Person, wang: Person) -> None:
    topic = make_topic(community, [need], title="半夜停机", for_whom="值夜的人", take_home="一张单子", by=lin)
    for _ in range(2):
        set_vote("topic", topic.pk, on=True, by=wang)
    assert Vote.objects.filter(by=wang).count() == 1
    set_vote("topic", topic.pk, on=False, by=wang)
    assert not Vote.objects.filter(by=wang).exists()
