"""What one follows comes to the inbox once and stands on Today, as far as one may read it."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import make_person
from tests.gatherings.stage import make_fixed, make_held, over
from tests.search.test_following_tags import tagged
from zhiliu.communities.models import Community, Membership
from zhiliu.directory.following import follow, unfollow
from zhiliu.directory.models import Person
from zhiliu.gatherings.completing import complete
from zhiliu.home.following import news_for
from zhiliu.knowledge.models import Article
from zhiliu.needs.topics import make_topic
from zhiliu.needs.voicing import voice_need
from zhiliu.notifications.mailing import enqueue_digests
from zhiliu.notifications.models import Notification, Preference
from zhiliu.notifications.presentation import show
from zhiliu.search.following import follow_tag
from zhiliu.search.models import Tag

pytestmark = pytest.mark.django_db
FOLLOWING = [
    "gatherings.by_followed",
    "knowledge.by_followed",
    "knowledge.tagged_as_followed",
    "needs.topic_by_followed",
]


def text(answer: Any) -> str:
    return str(answer.content.decode().replace("<wbr>", ""))


def told(person: Person) -> list[str]:
    """What the inbox says because of following."""
    rows = Notification.objects.filter(person=person, notice__in=FOLLOWING).order_by("pk")
    return [str(shown.sentence) for shown in show(rows, person)]


def test_articles_topics_and_gatherings_of_a_followed_person_are_told_once(
    lin: Person, sun: Person, community: Community, catch_up: Any
) -> None:
    follow(lin, by=sun)
    article = tagged(community, lin)
    need = voice_need(community, title="停机", by=lin)
    make_topic(community, [need], by=lin, title="停机先看哪", for_whom="新人", take_home="单子")
    talk = make_fixed(community, lin)
    catch_up()
    wanted = [
        f"林晓岚发布了《{article.title}》",
        "林晓岚提出了主题“停机先看哪”",
        f"你关注的同事有一场活动：“{talk.title}”",
    ]
    assert told(sun) == wanted
    Notification.objects.update(read_at=talk.at)
    complete(over(talk), summary="三句话。", by=lin)
    catch_up()
    assert Notification.objects.filter(person=sun, read_at=None).count() == 0


def test_who_follows_later_learns_of_what_was_held(
    lin: Person, sun: Person, community: Community, catch_up: Any
) -> None:
    talk = make_fixed(community, lin)
    catch_up()
    follow(lin, by=sun)
    complete(over(talk), summary="三句话。", by=lin)
    catch_up()
    assert told(sun) == [f"你关注的同事办了“{talk.title}”，看看讲了什么"]


def test_person_and_tag_together_are_one_notice_and_members_are_not_told_twice(
    lin: Person, sun: Person, wang: Person, community: Community, catch_up: Any
) -> None:
    Membership.objects.filter(person=wang).update(involvement=Membership.Involvement.EVERYTHING)
    tag = Tag.objects.create(name="检漏")
    for person in (sun, wang, lin):
        follow_tag(tag, by=person)
    follow(lin, by=sun)
    follow(lin, by=wang)
    tagged(community, lin)
    catch_up()
    assert len(told(sun)) == 1 and told(wang) == [] and told(lin) == []
    assert Notification.objects.filter(person=wang, kind="article").count() == 1


def test_a_tag_brings_what_others_write(lin: Person, sun: Person, community: Community, catch_up: Any) -> None:
    follow_tag(Tag.objects.create(name="检漏"), by=sun)
    article = tagged(community, lin)
    catch_up()
    assert told(sun) == [f"你关注的标签下有新文章：《{article.title}》"]


def test_nobody_is_told_what_they_may_not_read(
    lin: Person,
    wang: Person,
    sun: Person,
    zhao: Person,
    community: Community,
    closed_community: Community,
    catch_up: Any,
) -> None:
    for person in (sun, zhao, wang):
        follow(lin, by=person)
    tagged(closed_community, lin, "底价怎么谈")
    make_fixed(closed_community, lin)
    catch_up()
    assert not Notification.objects.filter(person__in=[sun, zhao], kind__in=["article", "gathering"]).exists()
    assert news_for(sun) == [] and news_for(zhao) == []
    assert len(told(wang)) == 2 and len(news_for(wang)) == 2


def test_tea_is_told_to_nobody(lin: Person, wang: Person, sun: Person, community: Community, catch_up: Any) -> None:
    talk = make_held(community, lin)
    type(talk).objects.filter(pk=talk.pk).update(format="tea_chat")
    follow(lin, by=sun)
    catch_up()
    assert told(sun) == [] and news_for(sun) == []


def test_it_comes_by_mail_only_for_those_who_want_it_in_the_digest(
    lin: Person, sun: Person, community: Community, catch_up: Any, run_jobs: Any
) -> None:
    follow(lin, by=sun)
    tagged(community, lin)
    catch_up()
    run_jobs()
    assert "sun@example.com" not in [to for item in mail.outbox for to in item.to] and enqueue_digests() == 0
    mail.outbox.clear()
    Preference.objects.create(person=sun, group="following", mail="digest")
    assert enqueue_digests() == 1
    run_jobs()
    assert [item.to for item in mail.outbox] == [["sun@example.com"]] and "漏氟先查三处" in str(mail.outbox[0].body)


def test_at_once_by_mail_for_those_who_chose_it(
    lin: Person, sun: Person, admin: Person, community: Community, catch_up: Any, run_jobs: Any
) -> None:
    for person in (sun, admin):
        follow(lin, by=person)
    Preference.objects.create(person=sun, group="following", mail="now")
    catch_up()
    run_jobs()
    mail.outbox.clear()
    tagged(community, lin)
    for _time in range(2):
        catch_up()
        run_jobs()
    assert [item.to for item in mail.outbox] == [["sun@example.com"]] and len(told(admin)) == 1


def test_telling_many_followers_writes_in_one_go(lin: Person, sun: Person, community: Community, catch_up: Any) -> None:
    counts = []
    for size in (3, 6):
        for number in range(size):
            follow(lin, by=make_person(f"w{size}{number}"))
        catch_up()
        tagged(community, lin, f"第 {size} 篇", f"词 {size}")
        with CaptureQueriesContext(connection) as asked:
            catch_up()
        counts.append(sum(entry["sql"].startswith('INSERT INTO "notifications_notification"') for entry in asked))
    assert counts == [1, 1] and Notification.objects.filter(notice="knowledge.by_followed").count() == 3 + 9


def test_today_shows_it_until_one_follows_no_longer(
    lin: Person, sun: Person, community: Community, browse: Any
) -> None:
    follow(lin, by=sun)
    tagged(community, lin)
    page = text(browse(sun).get("/"))
    assert "来自你关注的人和标签" in page and "漏氟先查三处" in page
    unfollow(lin, by=sun)
    assert "来自你关注的人和标签" not in text(browse(sun).get("/"))


def test_what_a_followed_person_looks_after_is_news_whoever_wrote_it(
    lin: Person, wang: Person, sun: Person, community: Community
) -> None:
    article = tagged(community, wang)
    follow(lin, by=sun)
    assert news_for(sun) == []
    Article.objects.filter(pk=article.pk).update(owner=lin)
    assert [(item.card.key, item.person, item.tag) for item in news_for(sun)] == [(article.pk, lin, None)]


def test_what_one_wrote_oneself_is_no_news(lin: Person, wang: Person, community: Community) -> None:
    follow(lin, by=wang)
    follow_tag(Tag.objects.create(name="检漏"), by=wang)
    article = tagged(community, lin)
    assert [item.card.key for item in news_for(wang)] == [article.pk]
    article.authors.add(wang)
    assert news_for(wang) == []


def test_today_asks_a_fixed_number_of_questions_for_it(lin: Person, sun: Person, community: Community) -> None:
    counts = []
    for size in (1, 3):
        for number in range(size):
            other = make_person(f"w{size}{number}")
            follow(other, by=sun)
            tagged(community, lin, f"第 {size}{number} 篇", f"词 {size}{number}")
            follow_tag(Tag.objects.get(name=f"词 {size}{number}"), by=sun)
        with CaptureQueriesContext(connection) as asked:
            assert len(news_for(Person.objects.get(pk=sun.pk))) == min(5, size if size == 1 else 4)
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_the_lists_show_people_tags_and_followers(lin: Person, wang: Person, sun: Person, browse: Any) -> None:
    follow(lin, by=wang)
    follow(wang, by=lin)
    follow(lin, by=sun)
    follow_tag(Tag.objects.create(name="检漏"), by=wang)
    follow_tag(Tag.objects.create(name="报价"), by=lin)
    client = browse(wang)
    assert "林晓岚" in text(client.get("/following/")) and "互相关注" in text(client.get("/following/"))
    page = text(client.get("/following/tags/"))
    assert "检漏" in page and "报价" not in page
    page = text(browse(lin).get("/following/followers/"))
    assert "王一帆" in page and "孙立" in page
    assert "孙立" not in text(client.get("/following/followers/"))


@pytest.mark.parametrize("path", ["/following/", "/following/tags/", "/following/followers/"])
def test_the_lists_ask_a_fixed_number_of_questions(path: str, lin: Person, browse: Any) -> None:
    client, counts = browse(lin), []
    for size in (1, 3):
        for number in range(size):
            other = make_person(f"w{size}{number}")
            follow(other, by=lin)
            follow(lin, by=other)
            follow_tag(Tag.objects.create(name=f"词 {size}{number}"), by=lin)
        client.get(path)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(path).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]
