"""What stands on Today and for whom: one's own things, of one's own communities, while they are new."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone
from freezegun import freeze_time

from tests.cast import fresh, make_community, make_person
from tests.gatherings.stage import make_fixed, make_held, make_talk
from tests.search.test_following_tags import tagged
from zhiliu.communities.announcing import announce_to, mark_announcement_read
from zhiliu.communities.joining import add_members
from zhiliu.communities.models import Announcement, Community, JoinRequest
from zhiliu.communities.role_permissions import Role
from zhiliu.directory.following import follow
from zhiliu.directory.models import Person
from zhiliu.gatherings.models import Gathering, LightningTalk
from zhiliu.gatherings.registration import sign_up
from zhiliu.home.following import FollowedNews, news_for
from zhiliu.home.queries import coming, flowing, my_experience, requests_to_decide, unread_announcements, what_waits
from zhiliu.knowledge.models import Article, Use
from zhiliu.knowledge.using import note_use
from zhiliu.needs.models import Topic
from zhiliu.needs.topics import make_topic
from zhiliu.needs.voicing import voice_need
from zhiliu.search.following import follow_tag
from zhiliu.search.models import Tag
from zhiliu.thanks.thanking import thank

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def ago(days: float) -> dt.datetime:
    return timezone.now() - dt.timedelta(days=days)


# -- what one follows -------------------------------------------------------------------------------------------------


def news(person: Person) -> list[tuple[str, str]]:
    """Kind and title of what Today shows of those the person follows."""
    return [(item.card.kind, item.card.title) for item in news_for(fresh(person), limit=20)]


def why(item: FollowedNews) -> tuple[Person | None, Tag | None]:
    return item.person, item.tag


@pytest.fixture
def wu(community: Community, lin: Person) -> Person:
    """A member nobody follows."""
    wu = make_person("wu", name="吴桐")
    add_members(community, {wu: Role.MEMBER}, by=lin)
    return wu


def test_articles_come_from_owners_authors_and_tags_one_follows_with_the_reason(
    community: Community, lin: Person, wang: Person, xu: Person, sun: Person, wu: Person
) -> None:
    own, together, under_tag, other = (
        tagged(community, by, title, tag)
        for by, title, tag in ((lin, "自己的", "甲"), (xu, "一起的", "乙"), (xu, "标签的", "检漏"), (xu, "别的", "丙"))
    )
    together.authors.add(wang)
    assert news(sun) == []
    for person in (lin, wang):
        follow(person, by=sun)
    assert news(sun) == [("article", "一起的"), ("article", "自己的")]
    tag = Tag.objects.get(name="检漏")
    follow_tag(tag, by=sun)
    follow_tag(Tag.objects.get(name="丙"), by=wu)
    found = {item.card.key: why(item) for item in news_for(fresh(sun))}
    assert found == {own.pk: (lin, None), together.pk: (wang, None), under_tag.pk: (None, tag)}
    assert news(wu) == [("article", other.title)]
    Article.objects.filter(pk__in=[own.pk, under_tag.pk]).update(published_at=ago(30.1))
    assert news(sun) == [("article", "一起的")]


def test_ones_own_articles_are_no_news_under_a_tag_one_follows(community: Community, lin: Person, wang: Person) -> None:
    mine, ours = tagged(community, wang, "我的"), tagged(community, lin, "我们的")
    follow_tag(Tag.objects.get(name="检漏"), by=wang)
    assert news(wang) == [("article", ours.title)]
    ours.authors.add(wang)
    assert news(wang) == [] and mine.owner == wang


def test_gatherings_come_from_sharers_hosts_and_speakers_who_agreed(
    community: Community, lin: Person, wang: Person, xu: Person, sun: Person, wu: Person
) -> None:
    shared, spoken, asked, _other = (
        make_fixed(community, wu, title=title) for title in ("讲", "短讲", "没答应", "别的")
    )
    hosted = make_held(community, lin, title="主持")
    Gathering.objects.filter(pk=shared.pk).update(sharer=wang)
    for talk, state in ((spoken, "accepted"), (asked, "waiting"), (shared, "accepted")):
        LightningTalk.objects.create(gathering=talk, title="短", speaker=xu, place=1, state=state)
    make_talk(community, lin, title="还没定")
    for person in (lin, wang, xu):
        follow(person, by=sun)
    assert {item.card.key: item.person for item in news_for(fresh(sun))} == {
        shared.pk: wang,
        spoken.pk: xu,
        hosted.pk: lin,
    }
    Gathering.objects.filter(pk=shared.pk).update(rescheduled_at=ago(30.1))
    Gathering.objects.filter(pk=spoken.pk).update(state=Gathering.State.CANCELLED)
    assert news(sun) == [("gathering", "主持")]
    assert [item.at for item in news_for(fresh(sun))] == [Gathering.objects.get(pk=hosted.pk).held_at]


@pytest.mark.parametrize("role", ["host", "sharer"])
def test_a_gathering_one_leads_oneself_is_no_news(community: Community, lin: Person, wang: Person, role: str) -> None:
    talk = make_fixed(community, lin)
    follow(lin, by=wang)
    assert news(wang) == [("gathering", talk.title)]
    # The other part stays with whom Wang follows.
    Gathering.objects.filter(pk=talk.pk).update(**{"host": lin, "sharer": lin, role: wang})
    assert news(wang) == []


def test_topics_come_from_whom_one_follows_while_they_stand(
    community: Community, lin: Person, xu: Person, sun: Person
) -> None:
    standing, dropped, old, _other = (
        make_topic(
            community, [voice_need(community, title=title, by=by)], by=lin, title=title, for_whom="新人", take_home="单"
        )
        for title, by in (("在", lin), ("放下了", lin), ("旧的", lin), ("别人的", xu))
    )
    Topic.objects.filter(title="别人的").update(by=xu)
    Topic.objects.filter(pk=dropped.pk).update(state=Topic.State.DROPPED)
    Topic.objects.filter(pk=old.pk).update(at=ago(30.1))
    follow(lin, by=sun)
    assert [(kind, title) for kind, title in news(sun) if kind == "topic"] == [("topic", standing.title)]


# -- what waits and what moves ----------------------------------------------------------------------------------------


def test_requests_wait_for_who_admits_until_they_are_decided(
    community: Community, closed_community: Community, lin: Person, wang: Person, sun: Person, wu: Person
) -> None:
    make_community(wu, name="别人的", kind="interest")
    waiting = JoinRequest.objects.create(community=community, person=sun)
    JoinRequest.objects.create(community=community, person=wu, decision="admitted")
    for place in Community.objects.filter(name="别人的"):
        JoinRequest.objects.create(community=place, person=sun)
    assert requests_to_decide(fresh(lin)) == [waiting]
    assert requests_to_decide(fresh(wang)) == []


def test_an_announcement_waits_for_members_while_it_is_pinned_new_and_unread(
    community: Community, lin: Person, wang: Person, xu: Person
) -> None:
    elsewhere = make_community(lin, name="别处", kind="interest")
    shown, read, old, loose = (announce_to(community, title=title, body="看", by=lin) for title in "看读旧散")
    announce_to(elsewhere, title="别处的", body="看", by=lin)
    mark_announcement_read(read, by=wang)
    mark_announcement_read(shown, by=xu)
    Announcement.objects.filter(community__in=[community, elsewhere]).update(is_pinned=True)
    Announcement.objects.filter(pk=old.pk).update(at=ago(30.1))
    Announcement.objects.filter(pk=loose.pk).update(is_pinned=False)
    titles = [item.title for item in unread_announcements(fresh(wang)) if len(item.title) == 1]
    assert titles == ["看"]
    assert "别处的" not in [item.title for item in unread_announcements(fresh(wang))]


def test_the_most_pressing_comes_first_and_what_has_no_date_last(
    community: Community, lin: Person, wang: Person
) -> None:
    for days, title in ((2, "后说"), (5, "先说")):
        with freeze_time(ago(days)):
            announce_to(community, title=title, body="看", by=lin)
    Announcement.objects.update(is_pinned=True)
    due = [todo.due for todo in what_waits(fresh(wang))]
    dated = [moment for moment in due if moment is not None]
    assert len(dated) >= 2 and due == [*sorted(dated), *[None] * (len(due) - len(dated))]


def test_what_moves_in_ones_communities_is_shown_each_story_once_newest_first(
    community: Community, lin: Person, wang: Person, sun: Person
) -> None:
    elsewhere = make_community(sun, name="别处", kind="help")
    first, second = (voice_need(community, title=title, by=lin) for title in ("漏氟", "停机"))
    voice_need(elsewhere, title="别处的", by=sun)
    announce_to(community, title="不算动静", body="看", by=lin)
    assert [item.card.key for item in flowing(fresh(wang))] == [second.pk, first.pk]
    assert [item.card.key for item in flowing(fresh(wang), limit=1)] == [second.pk]
    make_topic(community, [first], by=lin, title="题", for_whom="新人", take_home="单")
    # Need and topic of one line are one story, at the place it has reached.
    assert [item.card.kind for item in flowing(fresh(wang))] == ["topic", "need"]
    # Who is nowhere is shown nothing of the communities of others.
    assert flowing(make_person("yu", name="余生")) == []


def test_uses_of_ones_articles_by_others_are_counted_now_and_before(
    community: Community, lin: Person, wang: Person, xu: Person
) -> None:
    mine, ours, theirs = (
        tagged(community, by, title) for by, title in ((wang, "我的"), (lin, "我们的"), (lin, "他的"))
    )
    ours.authors.add(wang)
    for article in (mine, ours, theirs):
        for person in (xu, wang):
            note_use(article, where="现场", by=person)
    assert {key: my_experience(wang)[key] for key in ("now", "past")} == {"now": 2, "past": 0}
    Use.objects.filter(article=mine).update(at=ago(90.5))
    Use.objects.filter(article=ours).update(at=ago(180.5))
    assert {key: my_experience(wang)[key] for key in ("now", "past")} == {"now": 0, "past": 1}


def test_the_latest_thanks_are_ones_own(lin: Person, wang: Person, xu: Person) -> None:
    assert my_experience(wang)["thanks"] is None
    thank(wang, reason="教我看表", by=lin)
    latest = thank(wang, reason="帮我值夜", by=xu)
    thank(xu, reason="也谢谢你", by=wang)
    assert my_experience(wang)["thanks"] == latest


def test_the_next_gathering_and_those_of_today_are_ones_own(community: Community, lin: Person, wang: Person) -> None:
    noon = timezone.make_aware(dt.datetime(2026, 11, 25, 12))
    with freeze_time(noon):
        late, tomorrow, _other = (
            make_fixed(community, lin, title=title, start=noon + after)
            for title, after in (("今晚", dt.timedelta(hours=6)), ("明天", DAY), ("没报名", dt.timedelta(hours=3)))
        )
        person = fresh(wang)
        assert coming(person)["next"] is None
        for talk in (late, tomorrow):
            sign_up(talk, by=person)
        shown = coming(fresh(wang))
    assert (shown["next"], shown["today"], shown["later"]) == (late, [late], [tomorrow])
