"""People follow people; who follows whom is known to the two alone."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cast import fresh
from zhiliu.activity.models import Activity
from zhiliu.audit.models import Entry
from zhiliu.communities.joining import remove_member
from zhiliu.communities.models import Community
from zhiliu.directory.accounts import deactivate, reactivate
from zhiliu.directory.following import bond, follow, followed_by, follower_count, followers_of, unfollow
from zhiliu.directory.models import Follow, Person
from zhiliu.directory.reach import visible_among
from zhiliu.kit.errors import Forbidden, Refused

pytestmark = pytest.mark.django_db


def text(answer: Any) -> str:
    return str(answer.content.decode().replace("<wbr>", ""))


def test_following_twice_is_one_row_and_one_fact(lin: Person, wang: Person) -> None:
    follow(lin, by=wang)
    follow(lin, by=wang)
    assert Follow.objects.filter(person=lin, by=wang).count() == 1
    assert Activity.objects.filter(verb="directory.person_followed").count() == 1
    unfollow(lin, by=wang)
    unfollow(lin, by=wang)
    assert not Follow.objects.exists()
    assert Activity.objects.filter(verb="directory.person_unfollowed").count() == 1


def test_nobody_follows_themselves_or_a_leaver_or_somebody_out_of_reach(
    lin: Person, wang: Person, zhao: Person, sun: Person, admin: Person, community: Community
) -> None:
    with pytest.raises(Forbidden):
        follow(lin, by=lin)
    with pytest.raises(Refused):
        follow(sun, by=zhao)
    deactivate(wang, by=admin)
    with pytest.raises(Forbidden):
        follow(fresh(wang), by=lin)
    assert not Follow.objects.exists()


def test_a_guest_follows_whom_they_share_a_community_with(zhao: Person, lin: Person, community: Community) -> None:
    follow(lin, by=zhao)
    assert bond(zhao, lin).follows and not bond(zhao, lin).is_mutual


def test_who_is_out_of_reach_by_now_is_in_no_list(
    zhao: Person, lin: Person, wang: Person, admin: Person, community: Community
) -> None:
    follow(lin, by=zhao)
    follow(zhao, by=wang)
    remove_member(community, zhao, by=lin)
    assert not followed_by(fresh(zhao)).exists() and not followers_of(fresh(zhao)).exists()
    assert not followed_by(fresh(wang)).exists()
    assert Follow.objects.count() == 2


def test_a_leaver_counts_no_more_and_comes_back_with_what_they_followed(
    lin: Person, wang: Person, admin: Person
) -> None:
    follow(lin, by=wang)
    deactivate(wang, by=admin)
    assert follower_count(lin) == 0 and not followers_of(lin).exists()
    reactivate(fresh(wang), by=admin)
    assert follower_count(lin) == 1


def test_the_log_and_the_audit_never_say_who_follows(lin: Person, wang: Person) -> None:
    before = Entry.objects.count()
    follow(lin, by=wang)
    unfollow(lin, by=wang)
    rows = list(Activity.objects.filter(verb__contains="follow").values_list("by_id", "thing_id", "data"))
    assert rows == [(None, lin.pk, {"person_id": lin.pk})] * 2
    assert Entry.objects.count() == before


def test_the_button_follows_and_the_toast_takes_it_back(lin: Person, wang: Person, browse: Any) -> None:
    client = browse(wang)
    page = text(client.post("/people/lin/follow/", {"on": "1"}, follow=True))
    assert "已关注林晓岚" in page and "/people/lin/follow/?on=0" in page
    page = text(client.post("/people/lin/follow/?on=0", follow=True))
    assert "已取消关注林晓岚" in page and not Follow.objects.exists()
    assert client.get("/people/lin/follow/").status_code == 405


def test_out_of_reach_is_not_there_and_oneself_is_refused(
    zhao: Person, sun: Person, lin: Person, community: Community, browse: Any
) -> None:
    assert browse(zhao).post("/people/sun/follow/").status_code == 404
    assert browse(lin).post("/people/lin/follow/").status_code == 403
    assert not Follow.objects.exists()


def test_the_two_see_it_and_others_only_how_many(
    lin: Person, wang: Person, sun: Person, admin: Person, zhao: Person, xu: Person, community: Community, browse: Any
) -> None:
    follow(lin, by=wang)
    assert "已关注" in text(browse(wang).get("/people/lin/"))
    assert "关注了你" in text(browse(lin).get("/people/wang/"))
    follow(wang, by=lin)
    for person, other in ((lin, "wang"), (wang, "lin")):
        assert "互相关注" in text(browse(person).get(f"/people/{other}/"))
    for stranger in (sun, admin, zhao, xu):
        for handle, name in (("lin", "王一帆"), ("wang", "林晓岚")):
            client = browse(stranger)
            page = text(client.get(f"/people/{handle}/"))
            assert "<dt>人关注 TA</dt><dd>1</dd>" in page
            assert "互相关注" not in page and "关注了你" not in page and "已关注" not in page
            assert name not in page, (stranger.handle, handle)
            assert "已关注" not in text(client.get(f"/people/{handle}/card/"))


def test_pages_of_administrators_search_and_exports_do_not_tell(
    lin: Person, wang: Person, admin: Person, browse: Any, catch_up: Any
) -> None:
    follow(lin, by=wang)
    catch_up()
    client = browse(admin)
    assert "林晓岚" not in text(client.get("/following/")) and "王一帆" not in text(client.get("/following/followers/"))
    for path in ("/administration/people/lin/", "/administration/audit/", "/administration/audit/export/", "/inbox/"):
        answer = client.get(path)
        told = b"".join(answer.streaming_content).decode() if answer.streaming else text(answer)  # type: ignore[attr-defined]
        assert "关注" not in told.replace("我的关注", "") and "follow" not in told.replace("/following/", ""), path
    assert "林晓岚" not in text(client.get("/search/?q=王一帆"))


def test_only_following_each_other_is_mutual(lin: Person, wang: Person, sun: Person) -> None:
    follow(wang, by=lin)
    follow(sun, by=wang)
    assert [row.is_mutual for row in followed_by(lin)] == [False]
    assert [row.is_mutual for row in followers_of(wang)] == [False]
    follow(lin, by=wang)
    assert [row.is_mutual for row in followed_by(lin)] == [row.is_mutual for row in followers_of(wang)] == [True]


def test_of_some_people_only_those_are_returned(lin: Person, wang: Person, sun: Person) -> None:
    follow(wang, by=lin)
    assert list(visible_among(sun, Follow.objects.values("person"))) == [wang]
