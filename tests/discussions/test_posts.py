"""Posts: something to talk about that is no question."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import fresh, make_person
from zhiliu.activity.models import Activity
from zhiliu.comments.commenting import comment, withdraw_comment
from zhiliu.communities.models import Community, Membership
from zhiliu.communities.reach import reach
from zhiliu.directory.models import Person
from zhiliu.discussions.models import Post
from zhiliu.discussions.posting import edit_post, vote_for_post, withdraw_post, write_post
from zhiliu.kit.errors import Forbidden, Refused
from zhiliu.notifications.models import Notification
from zhiliu.search.index import find

pytestmark = pytest.mark.django_db


@pytest.fixture
def post(community: Community, wang: Person) -> Post:
    return write_post(community, kind="experience", title="夜里值班的一课", body="先听**五分钟**。", by=wang)


def test_members_post_and_others_do_not(
    post: Post, community: Community, wang: Person, sun: Person, zhao: Person
) -> None:
    assert (post.html, post.by, post.kind) == ("<p>先听<strong>五分钟</strong>。</p>\n", wang, "experience")
    with pytest.raises(Forbidden):
        write_post(community, kind="idea", title="外人", body="话", by=sun)
    Community.objects.filter(pk=community.pk).update(features=["needs"])
    with pytest.raises(Forbidden):
        write_post(Community.objects.get(pk=community.pk), kind="idea", title="关了", body="话", by=wang)
    assert Post.objects.count() == 1


def test_it_is_mended_by_its_author_with_the_version_it_was_seen_in(post: Post, wang: Person, lin: Person) -> None:
    values = {"title": "改", "body": "新", "kind": "idea"}
    with pytest.raises(Forbidden):
        edit_post(post, by=lin, version=1, **values)
    assert edit_post(post, by=wang, version=1, **values).kind == "idea"
    with pytest.raises(Refused):
        edit_post(post, by=wang, version=1, **{**values, "title": "又改"})
    assert Post.objects.get().title == "改"


def test_taken_back_it_is_gone_for_everybody(
    post: Post, wang: Person, xu: Person, lin: Person, browse: Any, catch_up: Any
) -> None:
    catch_up()
    assert find("值班", keys=reach(fresh(xu)).keys, kinds=["post"]).hits
    with pytest.raises(Forbidden):
        withdraw_post(post, by=xu)
    for _ in range(2):
        withdraw_post(post, by=lin)
    catch_up()
    assert not find("值班", keys=reach(fresh(xu)).keys, kinds=["post"]).hits
    assert browse(wang).get(post.get_absolute_url()).status_code == 404
    assert Activity.objects.filter(verb="discussions.post_deleted").count() == 1


def test_votes_and_comments_are_counted(
    post: Post, wang: Person, xu: Person, django_capture_on_commit_callbacks: Any
) -> None:
    for _ in range(2):
        votes = vote_for_post(post, on=True, by=xu)
    assert (votes.count, Post.objects.get().vote_count) == (1, 1)
    with django_capture_on_commit_callbacks(execute=True):
        said = comment("post", post.pk, body="学到了", by=xu)
    assert Post.objects.get().comment_count == 1
    with django_capture_on_commit_callbacks(execute=True):
        withdraw_comment(said, by=xu)
    assert Post.objects.get().comment_count == 0


def test_who_wants_everything_hears_of_it_and_the_author_of_comments(
    community: Community, lin: Person, wang: Person, xu: Person, catch_up: Any
) -> None:
    Membership.objects.filter(person=lin).update(involvement="everything")
    post = write_post(community, kind="plan", title="夜班改两段", body="大家看", by=wang)
    comment("post", post.pk, body="好", by=xu)
    catch_up()
    rows = Notification.objects.filter(notice__startswith="discussions.").values_list("notice", "person__handle")
    assert set(rows) == {("discussions.post_published", "lin"), ("discussions.commented", "wang")}


def test_posts_through_the_pages(community: Community, wang: Person, xu: Person, sun: Person, browse: Any) -> None:
    base = f"/communities/{community.slug}/posts/"
    sent = {"kind": "idea", "title": "共用工具柜", "body": "一处一个", "_once": "tok"}
    for _ in range(2):
        browse(wang).post(f"{base}new/", sent)
    post = Post.objects.get()
    url = post.get_absolute_url()
    assert browse(sun).get(url).status_code == 200
    assert browse(sun).post(f"{base}new/", {**sent, "_once": "other"}).status_code == 403
    assert url in browse(xu).get(base).content.decode()
    assert url not in browse(xu).get(f"{base}?kind=plan").content.decode()
    assert (
        'aria-pressed="true"'
        in browse(xu).post(f"{url}vote/", {"on": "1"}, headers={"HX-Request": "true"}).content.decode()
    )
    browse(wang).post(f"{url}edit/", {"kind": "idea", "title": "先改的", "body": "一", "version": 1})
    stale = browse(wang).post(f"{url}edit/", {"kind": "idea", "title": "后改的", "body": "二", "version": 1})
    assert "先改的" in stale.content.decode() and "后改的" in stale.content.decode()
    assert browse(xu).post(f"{url}withdrawal/").status_code == 403
    assert browse(wang).post(f"{url}withdrawal/").status_code == 302
    assert browse(wang).get(base).content.decode().count(url) == 0


def test_other_peoples_communities_are_not_there(
    closed_community: Community, wang: Person, sun: Person, browse: Any
) -> None:
    post = write_post(closed_community, kind="idea", title="底价", body="看量", by=wang)
    url = post.get_absolute_url()
    for path in (url, f"{url}edit/", f"/communities/{closed_community.slug}/posts/"):
        assert browse(sun).get(path).status_code == 404, path
    assert browse(sun).post(f"{url}vote/", {"on": "1"}).status_code == 404
    assert browse(sun).post(f"/comments/post/{post.pk}/", {"body": "x"}).status_code == 404


def test_the_list_asks_a_fixed_number_of_questions(
    community: Community, lin: Person, wang: Person, browse: Any
) -> None:
    client, counts = browse(lin), []
    path = f"/communities/{community.slug}/posts/"
    for round_ in range(2):
        for number in range(1 + round_ * 2):
            person = make_person(f"p{round_}{number}")
            Membership.objects.create(community=community, person=person)
            write_post(community, kind="idea", title=f"帖 {round_}{number}", body="话", by=person)
        client.get(path)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(path).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]
