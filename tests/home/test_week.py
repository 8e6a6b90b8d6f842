"""The manager's week: what waits in all communities a person manages, and several done at once."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from tests.cast import fresh, gone, make_community, who_may
from tests.gatherings.stage import make_fixed
from zhiliu.comments.commenting import comment
from zhiliu.communities.joining import add_members, give_role
from zhiliu.communities.lifecycle.phases import change_phase
from zhiliu.communities.models import Community, JoinRequest, Membership
from zhiliu.communities.role_permissions import Role
from zhiliu.communities.rules import can_see_week
from zhiliu.communities.starting import start_community
from zhiliu.communities.week import WeekRow, WeekRows, WeekSection, managed_communities, week_sections
from zhiliu.conversations.models import Channel, Message
from zhiliu.conversations.opening import open_channel
from zhiliu.conversations.posting import post
from zhiliu.conversations.reacting import react
from zhiliu.directory.accounts import new_person
from zhiliu.directory.models import LinkMail, LinkMailing, Person
from zhiliu.directory.rules import can_mail_link
from zhiliu.discussions.answering import answer
from zhiliu.discussions.asking import ask
from zhiliu.discussions.models import Question
from zhiliu.gatherings.audience import AudienceChoice, invite_audience
from zhiliu.gatherings.lightning import add_talk
from zhiliu.gatherings.models import Format, Gathering
from zhiliu.kit.contracts.mail import mail_obstacle
from zhiliu.knowledge.drafting import library_of, start_draft
from zhiliu.knowledge.models import Article, Review
from zhiliu.knowledge.publishing import publish
from zhiliu.moderation.sanctioning import impose
from zhiliu.needs.models import Need
from zhiliu.needs.topics import make_topic
from zhiliu.needs.voicing import set_support, voice_need

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _settled_in(request: pytest.FixtureRequest) -> None:
    """Mail goes out, and who belongs to the community has belonged to it for long."""
    if "community" in request.fixturenames:
        request.getfixturevalue("community")
    Membership.objects.update(joined_at=ago(200))


def ago(days: float) -> dt.datetime:
    return timezone.now() - dt.timedelta(days=days)


def waits(key: str, person: Person) -> list[str]:
    """The titles of a section's rows."""
    person, section = fresh(person), week_sections.get(key)
    assert section is not None
    found = section.find(managed_communities(person), person, 8)
    assert found.total == len(found.rows)
    return [row.title for row in found.rows]


def newly_entered(number: int, *communities: Community, **fields: Any) -> Person:
    """A member from a roster, who never signed in."""
    person = new_person(name=f"石长根{number}", employee_number=f"L{number}", email=f"l{number}@x.cn", **fields)
    for community in communities:
        Membership.objects.create(community=community, person=person, joined_at=ago(200))
    return person


# -- who sees it ------------------------------------------------------------------------------------------------------


def test_the_week_is_for_managers_and_leaders_and_its_door_too(
    community: Community, lin: Person, wang: Person, xu: Person, admin: Person, browse: Any
) -> None:
    give_role(community, xu, Role.LEADER, by=lin)
    give_role(community, wang, Role.EXPERT, by=lin)
    for person, status in ((lin, 200), (xu, 200), (wang, 403), (admin, 403)):
        client = browse(person)
        assert client.get("/week/").status_code == status, person
        for path in ("/", person.get_absolute_url(), f"/communities/{community.slug}/members/"):
            assert ('href="/week/"' in client.get(path).content.decode()) == (status == 200), (person, path)
    assert "这一页只给社区经理和社区领导者看" in browse(wang).get("/week/").content.decode()


def test_roles_of_guests_and_leavers_show_no_week_and_send_no_links(
    community: Community, lin: Person, wang: Person, zhao: Person, xu: Person, admin: Person, sun: Person
) -> None:
    assert who_may(can_see_week, None) == "lin" and who_may(can_mail_link, wang) == "lin admin"
    assert who_may(can_mail_link, sun) == "admin"
    Membership.objects.filter(person__in=[zhao, xu]).update(role=Role.MANAGER)
    assert who_may(can_see_week, None) == "lin xu" and who_may(can_mail_link, wang) == "lin xu admin"
    gone(lin)
    assert who_may(can_see_week, None) == "xu" and who_may(can_mail_link, wang) == "xu admin"
    Community.objects.update(phase=Community.Phase.ARCHIVED)
    assert who_may(can_mail_link, wang) == "admin"


def test_a_manager_manages_what_is_below_and_nothing_archived(community: Community, lin: Person, sun: Person) -> None:
    below = start_community(name="华东组", kind="help", by=lin, parent=community)
    add_members(below, {sun: Role.MANAGER}, by=lin)
    Membership.objects.filter(community=below, person=lin).delete()
    over = make_community(lin, name="旧社区")
    change_phase(over, Community.Phase.ARCHIVED, why="散了", by=lin)
    assert {row.pk for row in managed_communities(fresh(lin))} == {community.pk, below.pk}
    assert [row.pk for row in managed_communities(fresh(sun))] == [below.pk]


def test_where_nothing_waits_the_page_says_so_warmly(community: Community, lin: Person, browse: Any) -> None:
    page = browse(lin).get("/week/").content.decode()
    assert "本周没有待办" in page and "喝杯茶" in page and "<form" not in page.split("<main", 1)[1].split("</main")[0]


def test_sections_where_nothing_waits_are_one_line(community: Community, lin: Person, sun: Person, browse: Any) -> None:
    JoinRequest.objects.create(community=community, person=sun)
    page = browse(lin).get("/week/").content.decode()
    assert "不用操心的：" in page and "成员都登录过了" in page and "没有人在等审批" not in page


def test_a_section_shows_eight_and_leads_to_all(community: Community, lin: Person, browse: Any) -> None:
    for number in range(10):
        newly_entered(number, community)
    client = browse(lin)
    page = client.get("/week/").content.decode()
    assert page.count('name="keys"') == 8 and 'href="/week/?all=absent"' in page
    page = client.get("/week/?all=absent").content.decode()
    assert page.count('name="keys"') == 10 and "?all=absent" in page and "不用操心的" not in page
    assert client.get("/week/?all=nonsense").status_code == 404


def test_a_section_without_an_act_has_nothing_to_tick(community: Community, lin: Person, browse: Any) -> None:
    row = WeekRow("空压机房", "/nowhere/", key=7)
    section = WeekSection("要看一眼的", "没有要看的", lambda communities, viewer, most: WeekRows([row], 1))
    week_sections.register(section, key="test")
    try:
        page = browse(lin).get("/week/").content.decode()
        assert "要看一眼的" in page and "/nowhere/" in page and 'name="keys"' not in page
        assert browse(lin).post("/week/", {"section": "test", "keys": "7"}).status_code == 404
    finally:
        week_sections.unregister("test")


def test_after_an_act_one_stands_where_one_was(community: Community, lin: Person, sun: Person, browse: Any) -> None:
    request = JoinRequest.objects.create(community=community, person=sun)
    client, sent = browse(lin), {"section": "requests", "keys": [request.pk]}
    assert client.post("/week/?all=requests", sent).url == "/week/?all=requests"
    assert client.post("/week/", sent).url == "/week/"


# -- who never signed in ----------------------------------------------------------------------------------------------


@pytest.fixture
def mail_works() -> Any:
    """Mail goes out, as with a mail server."""
    was = mail_obstacle.provider
    mail_obstacle.provide(lambda: "")
    yield
    mail_obstacle.provide(was)


def nudge(client: Any, *people: Person) -> str:
    keys = [person.pk for person in people]
    page = client.post("/week/", {"section": "absent", "keys": keys}, follow=True)
    return str(page.content.decode())


def test_who_never_signed_in_gets_a_link_by_mail_and_no_second_one_that_week(
    community: Community, lin: Person, browse: Any, mail_works: Any
) -> None:
    first, second = newly_entered(1, community), newly_entered(2, community)
    client = browse(lin)
    assert "2 人会收到登录链接的邮件。" in nudge(client, first, second)
    mailing = LinkMailing.objects.get()
    assert (mailing.about, mailing.by) == ("售后互助站", lin)
    assert set(mailing.rows.values_list("person", "state")) == {(first.pk, "waiting"), (second.pk, "waiting")}
    assert waits("absent", lin) == []
    page = nudge(client, first)
    assert "石长根1：一周内已经发过登录链接" in page and LinkMail.objects.count() == 2
    LinkMailing.objects.update(at=ago(8))
    LinkMail.objects.update(state="sent", at=ago(8))
    assert "2 人会收到登录链接的邮件。" in nudge(client, first, second) and LinkMail.objects.count() == 4


def test_the_link_of_a_nudge_is_sent_and_lets_the_person_in(
    community: Community, lin: Person, browse: Any, mail_works: Any, catch_up: Any, run_jobs: Any, mailoutbox: Any
) -> None:
    person = newly_entered(1, community)
    nudge(browse(lin), person)
    catch_up()
    run_jobs()
    run_jobs()
    (letter,) = (letter for letter in mailoutbox if letter.to == ["l1@x.cn"])
    assert "林晓岚" in letter.body and "/password/links/" in letter.body
    assert LinkMail.objects.get().state == "sent"


def test_a_manager_who_is_one_no_more_has_no_link_sent(
    community: Community, lin: Person, xu: Person, browse: Any, mail_works: Any, catch_up: Any, run_jobs: Any
) -> None:
    person = newly_entered(1, community)
    nudge(browse(lin), person)
    give_role(community, xu, Role.MANAGER, by=lin)
    give_role(community, lin, Role.MEMBER, by=xu)
    catch_up()
    run_jobs()
    run_jobs()
    assert LinkMail.objects.get().state == "failed" and not person.login_links.exists()


def test_who_cannot_be_sent_a_link_is_shown_with_the_reason(
    community: Community, lin: Person, browse: Any, mail_works: Any
) -> None:
    silent = new_person(name="钱多", employee_number="Q")
    ready = newly_entered(3, password="tall trees by the river")
    add_members(community, dict.fromkeys((silent, ready), Role.MEMBER), by=lin)
    client = browse(lin)
    page = client.get("/week/").content.decode()
    assert "没有邮箱：可以请管理员生成登录链接转交" in page and "已经设好密码，直接登录就行" in page
    assert 'name="keys"' not in page and f"/communities/{community.slug}/members/?q=" in page
    assert "钱多：没有邮箱" in nudge(client, silent) and not LinkMailing.objects.exists()


def test_without_a_mail_server_the_week_says_so(community: Community, lin: Person, browse: Any) -> None:
    person = newly_entered(1, community)
    mail_obstacle_was = mail_obstacle.provider
    mail_obstacle.provide(lambda: "没有邮件服务器。")
    try:
        page = browse(lin).get("/week/").content.decode()
        assert "现在发不了邮件：没有邮件服务器。可以当面提醒他们。" in page and 'name="keys"' not in page
        assert "没有邮件服务器。" in nudge(browse(lin), person) and not LinkMailing.objects.exists()
    finally:
        mail_obstacle.provide(mail_obstacle_was)


def test_nobody_is_nudged_outside_the_communities_one_manages(
    community: Community, lin: Person, sun: Person, wang: Person, browse: Any, mail_works: Any
) -> None:
    elsewhere = make_community(sun, name="读书会")
    person = newly_entered(1, elsewhere)
    assert waits("absent", lin) == [] and waits("absent", sun) == ["石长根1"]
    assert "已经处理过了。" in nudge(browse(lin), person)
    assert browse(wang).post("/week/", {"section": "absent", "keys": [person.pk]}).status_code == 403
    assert not LinkMailing.objects.exists()


# -- requests to join -------------------------------------------------------------------------------------------------


def test_several_are_admitted_at_once_and_the_same_again_changes_nothing(
    community: Community, lin: Person, sun: Person, admin: Person, browse: Any
) -> None:
    requests = [JoinRequest.objects.create(community=community, person=person, note="想学") for person in (sun, admin)]
    assert waits("requests", lin) == ["孙立", "周航"]
    client, sent = browse(lin), {"section": "requests", "keys": [request.pk for request in requests]}
    assert "已同意 2 人加入。" in client.post("/week/", sent, follow=True).content.decode()
    assert community.memberships.filter(person__in=[sun, admin]).count() == 2
    assert "已经处理过了。" in client.post("/week/", sent, follow=True).content.decode()
    assert waits("requests", lin) == []


def test_who_may_not_come_back_is_named_and_the_others_are_admitted(
    community: Community, lin: Person, sun: Person, admin: Person, browse: Any
) -> None:
    add_members(community, {sun: Role.MEMBER}, by=lin)
    impose(community, sun, "remove", reason="卖茶叶", until=timezone.now() + dt.timedelta(days=3), by=lin)
    requests = [JoinRequest.objects.create(community=community, person=person) for person in (sun, admin)]
    sent = {"section": "requests", "keys": [request.pk for request in requests]}
    page = browse(lin).post("/week/", sent, follow=True).content.decode()
    assert "已同意 1 人加入。" in page and "孙立：" in page
    assert list(community.memberships.filter(person__in=[sun, admin]).values_list("person", flat=True)) == [admin.pk]


def test_requests_of_other_communities_are_not_decided(
    community: Community, lin: Person, sun: Person, wang: Person, browse: Any
) -> None:
    elsewhere = make_community(sun, name="读书会")
    request = JoinRequest.objects.create(community=elsewhere, person=wang)
    browse(lin).post("/week/", {"section": "requests", "keys": [request.pk]})
    request.refresh_from_db()
    assert request.decision == ""


def test_nothing_ticked_and_nonsense_change_nothing(community: Community, lin: Person, browse: Any) -> None:
    client = browse(lin)
    assert "先勾选一项。" in client.post("/week/", {"section": "requests"}, follow=True).content.decode()
    assert client.post("/week/", {"section": "needs", "keys": "1"}).status_code == 404
    assert client.post("/week/", {"section": "nonsense", "keys": "1"}).status_code == 404
    assert "先勾选一项。" in client.post("/week/", {"section": "requests", "keys": "x"}, follow=True).content.decode()


# -- gatherings -------------------------------------------------------------------------------------------------------


def test_a_gathering_without_speaker_waits_until_there_is_one(
    community: Community, lin: Person, wang: Person, xu: Person, browse: Any
) -> None:
    gathering = make_fixed(community, lin, title="没人讲的")
    Gathering.objects.filter(pk=gathering.pk).update(taken=3)
    assert waits("gatherings", lin) == ["没人讲的"]
    assert f"/gatherings/{gathering.pk}/nominations/" in browse(lin).get("/week/").content.decode()
    Gathering.objects.filter(pk=gathering.pk).update(sharer=wang)
    assert waits("gatherings", lin) == []


def test_a_gathering_without_audience_waits_until_somebody_is_invited_or_three_come(
    community: Community, lin: Person, wang: Person, xu: Person, browse: Any
) -> None:
    gathering = make_fixed(community, lin, sharer=wang, title="没人听的")
    Gathering.objects.filter(pk=gathering.pk).update(taken=2)
    assert waits("gatherings", lin) == ["没人听的"]
    page = browse(lin).get("/week/").content.decode()
    assert f"/gatherings/{gathering.pk}/audience/" in page and "2 人报名，还没邀请听众" in page
    Gathering.objects.filter(pk=gathering.pk).update(taken=3)
    assert waits("gatherings", lin) == []
    Gathering.objects.filter(pk=gathering.pk).update(taken=0)
    invite_audience(gathering, AudienceChoice(people=[xu]), by=lin)
    assert waits("gatherings", lin) == []


def test_past_gatherings_and_tea_chats_do_not_wait(community: Community, lin: Person) -> None:
    gathering = make_fixed(community, lin)
    Gathering.objects.filter(pk=gathering.pk).update(format=Format.TEA_CHAT)
    assert waits("gatherings", lin) == []
    Gathering.objects.filter(pk=gathering.pk).update(format=Format.EVENING, starts_at=ago(0.01))
    assert waits("gatherings", lin) == []


def test_lightning_talks_need_talks_instead_of_a_speaker(community: Community, lin: Person, wang: Person) -> None:
    gathering = make_fixed(community, lin, title="闪电", format=Format.LIGHTNING)
    Gathering.objects.filter(pk=gathering.pk).update(taken=3)
    assert waits("gatherings", lin) == ["闪电"]
    add_talk(gathering, title="一讲", speaker=wang, minutes=5, by=lin)
    assert waits("gatherings", lin) == []


# -- articles ---------------------------------------------------------------------------------------------------------


def overdue(community: Community, by: Person, title: str = "停机先看哪") -> Article:
    article = start_draft(library=library_of(community), title=title, markdown="看表", by=by)
    publish(article, by=by)
    Article.objects.filter(pk=article.pk).update(review_on=timezone.localdate() - dt.timedelta(days=3))
    return Article.objects.get(pk=article.pk)


def test_overdue_articles_are_reviewed_at_once_and_only_once(
    community: Community, lin: Person, wang: Person, browse: Any
) -> None:
    articles = [overdue(community, wang, title) for title in ("甲", "乙")]
    client, sent = browse(lin), {"section": "reviews", "keys": [article.pk for article in articles]}
    page = client.get("/week/").content.decode()
    assert "过期 3 天" in page and "责任人：王一帆" in page
    assert "已复核 2 篇，半年后再提醒。" in client.post("/week/", sent, follow=True).content.decode()
    client.post("/week/", sent)
    assert sorted(Review.objects.values_list("article", "by")) == sorted((article.pk, lin.pk) for article in articles)
    assert waits("reviews", lin) == []


def test_it_is_said_whose_article_it_is_and_that_they_have_been_told(
    community: Community, lin: Person, wang: Person, browse: Any
) -> None:
    article = overdue(community, wang)
    Article.objects.filter(pk=article.pk).update(review_told_on=article.review_on)
    assert "已提醒负责人：王一帆" in browse(lin).get("/week/").content.decode()
    Person.objects.filter(pk=wang.pk).update(is_active=False)
    assert "没有责任人" in browse(lin).get("/week/").content.decode()


def test_articles_of_other_libraries_are_not_reviewed(
    community: Community, lin: Person, sun: Person, browse: Any
) -> None:
    article = overdue(make_community(sun, name="读书会"), sun)
    browse(lin).post("/week/", {"section": "reviews", "keys": [article.pk]})
    assert not Review.objects.exists() and waits("reviews", lin) == []


# -- needs and newcomers ----------------------------------------------------------------------------------------------


def need_of(community: Community, by: Person, days: float, title: str = "停机") -> Need:
    need = voice_need(community, title=title, by=by)
    Need.objects.filter(pk=need.pk).update(at=ago(days))
    return need


def test_a_need_waits_after_a_week_until_it_gets_a_comment_or_a_topic(
    community: Community, lin: Person, wang: Person, xu: Person, browse: Any
) -> None:
    first, second = need_of(community, wang, 7.1, "停机"), need_of(community, wang, 8, "漏氟")
    need_of(community, wang, 6.9, "还早")
    set_support(second, on=True, by=xu)
    assert waits("needs", lin) == ["漏氟", "停机"]
    page = browse(lin).get("/week/").content.decode()
    assert (
        f"/communities/{community.slug}/topics/new/?need={second.pk}" in page and f"/needs/{first.pk}/#comments" in page
    )
    comment("need", first.pk, body="没人吗", by=wang)
    assert waits("needs", lin) == ["漏氟", "停机"]
    comment("need", first.pk, body="先看表", by=xu)
    make_topic(community, [Need.objects.get(pk=second.pk)], by=lin, title="漏氟", for_whom="新人", take_home="单子")
    assert waits("needs", lin) == []


def test_an_anonymous_need_waits_until_anybody_comments(community: Community, lin: Person, wang: Person) -> None:
    need = voice_need(community, title="不好意思问", by=wang, anonymous=True)
    Need.objects.filter(pk=need.pk).update(at=ago(9))
    assert waits("needs", lin) == ["不好意思问"]
    comment("need", need.pk, body="先看表", by=wang)
    assert waits("needs", lin) == []


def test_a_newcomers_question_waits_after_three_working_days_until_somebody_answers(
    community: Community, lin: Person, wang: Person, xu: Person
) -> None:
    late, young, old = (ask(community, title=title, by=by) for title, by in (("晚", xu), ("早", xu), ("老", wang)))
    Question.objects.filter(pk__in=[late.pk, old.pk]).update(at=ago(14))
    Question.objects.filter(pk=young.pk).update(at=ago(0.5))
    assert waits("newcomers", lin) == ["晚"]
    Membership.objects.filter(person=wang).update(joined_at=ago(20))
    assert set(waits("newcomers", lin)) == {"晚", "老"}
    answer(late, body="看表", by=wang)
    assert waits("newcomers", lin) == ["老"]


def test_a_newcomers_need_is_shown_before_the_week_is_over(community: Community, lin: Person, xu: Person) -> None:
    Membership.objects.filter(person=lin).update(joined_at=ago(10))
    need_of(community, xu, 6.9, "新人的")
    need_of(community, lin, 6.9, "自己的")
    assert waits("newcomers", lin) == ["新人的"] and waits("needs", lin) == []


def test_a_newcomers_message_waits_until_somebody_writes_or_reacts(
    community: Community, lin: Person, wang: Person, xu: Person
) -> None:
    def say(channel: Channel, body: str) -> Message:
        message = post(channel, body=body, by=xu)
        Message.objects.filter(pk=message.pk).update(at=ago(14))
        return Message.objects.get(pk=message.pk)

    one, two, few = (open_channel(community, name=name, by=lin) for name in ("一", "二", "三"))
    hidden = open_channel(community, name="悄悄", kind="private", people=[xu], by=lin)
    message = say(one, "有人吗")
    say(one, "没人吗")
    say(two, "备件在哪")
    liked = say(few, "大家好")
    say(hidden, "悄悄话")
    assert set(waits("newcomers", lin)) == {"有人吗", "备件在哪", "大家好"}
    post(two, body="二号柜", by=wang)
    react(liked, "👍", by=wang)
    assert waits("newcomers", lin) == ["有人吗"]
    post(one, body="在", by=wang, root=message)
    assert waits("newcomers", lin) == ["没人吗"]


# -- the cost ---------------------------------------------------------------------------------------------------------


def test_the_page_asks_the_same_number_of_queries_for_one_community_and_for_four(
    community: Community, lin: Person, wang: Person, xu: Person, sun: Person, browse: Any
) -> None:
    def fill(community: Community, number: int) -> None:
        newly_entered(number, community)
        JoinRequest.objects.create(community=community, person=sun)
        make_fixed(community, lin)
        overdue(community, wang)
        need_of(community, wang, 9)
        question = ask(community, title="晚", by=xu)
        Question.objects.filter(pk=question.pk).update(at=ago(14))
        message = post(open_channel(community, name=f"频道{number}", by=lin), body="有人吗", by=xu)
        Message.objects.filter(pk=message.pk).update(at=ago(14))

    def cost() -> int:
        client = browse(lin)
        client.get("/week/")
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get("/week/")
        return len(queries)

    fill(community, 0)
    few = cost()
    for number in range(1, 4):
        fill(make_community(lin, wang, xu, name=f"社区{number}", kind="professional"), number)
    assert cost() == few
    with translation.override("en"):
        assert few < 45
