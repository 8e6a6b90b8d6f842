"""Needs are voiced, supported, merged, and become topics."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import make_person
from zhiliu.activity.models import Activity
from zhiliu.communities.models import Community
from zhiliu.directory.models import Person
from zhiliu.kit.errors import Forbidden, Refused
from zhiliu.kit.models import SubmittedForm
from zhiliu.lineage.linking import reached
from zhiliu.lineage.models import Link
from zhiliu.lineage.timeline import timeline_of
from zhiliu.needs.merging import merge_needs, undo_need_merge
from zhiliu.needs.models import Need, Support, Topic
from zhiliu.needs.topics import checklist, edit_topic, make_topic, vote_for_topic
from zhiliu.needs.voicing import close_need, edit_need, reopen_need, set_support, voice_need
from zhiliu.notifications.models import Notification, Preference
from zhiliu.notifications.presentation import show

pytestmark = pytest.mark.django_db


@pytest.fixture
def need(community: Community, wang: Person) -> Need:
    return voice_need(community, title="压缩机半夜停机，先看哪一个", by=wang)


def test_an_anonymous_need_keeps_nobody_anywhere(community: Community, xu: Person, browse: Any) -> None:
    answer = browse(xu).post(
        "/needs/new/", {"community": community.slug, "title": "老师傅不肯教", "anonymous": "on", "_once": "tok"}
    )
    assert answer.status_code == 302
    need = Need.objects.get()
    assert (need.by, need.is_anonymous) == (None, True)
    assert (need.at.astimezone().minute, need.at.second) == (0, 0)
    rows = Activity.objects.filter(verb__startswith="needs.")
    assert [(row.verb, row.by_id, row.thing_id, row.data) for row in rows] == [
        ("needs.anonymous_need_voiced", None, None, {})
    ]
    assert {field.name for field in SubmittedForm._meta.get_fields()} == {"token", "location", "on"}
    assert not Link.objects.filter(by_id=xu.pk).exists()


def test_support_counts_once_and_can_be_taken_back(need: Need, lin: Person, xu: Person, wang: Person) -> None:
    for _ in range(2):
        set_support(need, on=True, by=lin)
    set_support(need, on=True, by=xu)
    assert need.support_count == 2
    set_support(need, on=False, by=xu)
    assert Need.objects.get(pk=need.pk).support_count == 1
    with pytest.raises(Refused):
        set_support(need, on=True, by=wang)


def test_the_author_is_told_once_with_a_count(need: Need, lin: Person, xu: Person, wang: Person, catch_up: Any) -> None:
    set_support(need, on=True, by=lin)
    set_support(need, on=True, by=xu)
    catch_up()
    row = Notification.objects.get(person=wang, notice="needs.supported")
    assert (row.count, row.by_id) == (2, xu.pk)


def test_a_merged_need_takes_its_supporters_along_and_gives_them_back(
    need: Need, community: Community, lin: Person, xu: Person, wang: Person, sun: Person
) -> None:
    other = voice_need(community, title="半夜停机怎么办", by=xu)
    set_support(other, on=True, by=lin)
    set_support(need, on=True, by=lin)
    set_support(other, on=True, by=sun)
    merge = merge_needs(other, need, by=lin)
    assert merge_needs(other, need, by=lin) == merge
    assert set(Support.objects.filter(need=need).values_list("by__handle", flat=True)) == {"lin", "xu", "sun"}
    assert Need.objects.get(pk=need.pk).support_count == 3
    with pytest.raises(Refused):
        set_support(Need.objects.get(pk=other.pk), on=True, by=wang)
    undo_need_merge(merge, by=lin)
    assert set(Support.objects.filter(need=need).values_list("by__handle", flat=True)) == {"lin"}
    assert Need.objects.get(pk=other.pk).state == Need.State.OPEN
    assert Need.objects.get(pk=other.pk).support_count == 2


def test_merging_is_for_moderators_within_one_community(
    need: Need, closed_community: Community, community: Community, lin: Person, wang: Person, xu: Person
) -> None:
    other = voice_need(community, title="半夜停机怎么办", by=xu)
    with pytest.raises(Forbidden):
        merge_needs(other, need, by=wang)
    elsewhere = voice_need(closed_community, title="别处的", by=wang)
    with pytest.raises(Refused):
        merge_needs(elsewhere, need, by=lin)
    with pytest.raises(Refused):
        merge_needs(need, need, by=lin)
    assert Need.objects.filter(state=Need.State.MERGED).count() == 0


def make(community: Community, needs: list[Need], by: Person, **fields: Any) -> Topic:
    values = {"title": "半夜停机，先看哪三样", "for_whom": "值夜的人", "take_home": "一张单子", **fields}
    return make_topic(community, needs, by=by, **values)


def test_needs_become_a_topic_with_their_merged_ones_and_the_line_shows_it(
    need: Need, community: Community, lin: Person, xu: Person, wang: Person, catch_up: Any
) -> None:
    twin = voice_need(community, title="半夜停机怎么办", by=xu)
    merge_needs(twin, need, by=lin)
    topic = make(community, [need], lin)
    assert set(Link.objects.values_list("source_id", flat=True)) == {need.pk, twin.pk}
    line = timeline_of(("need", need.pk), wang)
    assert [station.state for station in line.stations] == ["here", "done", "todo", "todo", "todo", "todo"]
    assert line.stations[1].url == topic.get_absolute_url()
    back = timeline_of(("topic", topic.pk), wang)
    assert back.stations[0].count_sources == 2
    assert reached([("need", need.pk)]) == {("need", need.pk): 1}
    catch_up()
    inbox_rows = Notification.objects.filter(notice="needs.became_topic").values_list("person__handle", flat=True)
    assert set(inbox_rows) == {"wang", "xu"}


def test_a_need_becomes_a_topic_once(need: Need, community: Community, lin: Person) -> None:
    make(community, [need], lin)
    with pytest.raises(Refused):
        make(community, [need], lin)
    assert Topic.objects.count() == 1


def test_the_checklist_tells_what_is_missing(need: Need, community: Community, lin: Person) -> None:
    topic = make(community, [need], lin, small_enough=True, pains="值夜的人，每周两次")
    assert [item.is_done for item in checklist(topic)] == [True, False, True, False, False]


def test_a_change_made_meanwhile_is_not_overwritten(need: Need, wang: Person, browse: Any) -> None:
    version = need.version
    edit_need(need, title="先改的", body="", by=wang, version=version)
    with pytest.raises(Refused):
        edit_need(need, title="后改的", body="", by=wang, version=version)
    answer = browse(wang).post(f"/needs/{need.pk}/edit/", {"title": "后改的", "body": "我的话", "version": version})
    page = answer.content.decode()
    assert "先改的" in page and "后改的" in page and "我的话" in page
    assert Need.objects.get(pk=need.pk).title == "先改的"
    again = browse(wang).post(
        f"/needs/{need.pk}/edit/", {"title": "合在一起", "body": "我的话", "version": version + 1}
    )
    assert again.status_code == 302
    assert Need.objects.get(pk=need.pk).title == "合在一起"


def test_topics_are_voted_for_once(need: Need, community: Community, lin: Person, xu: Person) -> None:
    topic = make(community, [need], lin)
    for _ in range(2):
        votes = vote_for_topic(topic, on=True, by=xu)
    assert (votes.count, votes.mine) == (1, True)
    assert Topic.objects.get().vote_count == 1


def test_topics_are_changed_with_the_version_they_were_seen_in(need: Need, community: Community, lin: Person) -> None:
    topic = make(community, [need], lin)
    edit_topic(topic, by=lin, version=topic.version, pains="每周")
    with pytest.raises(Refused):
        edit_topic(topic, by=lin, version=1, pains="每天")
    assert Topic.objects.get().pains == "每周"


def test_closing_gives_a_reason_and_is_for_moderators(need: Need, lin: Person, wang: Person) -> None:
    with pytest.raises(Forbidden):
        close_need(need, reason="做不了", by=wang)
    assert close_need(need, reason="厂家已换件", by=lin).reason == "厂家已换件"


def test_other_peoples_communities_are_not_there(
    closed_community: Community, wang: Person, sun: Person, zhao: Person, browse: Any
) -> None:
    need = voice_need(closed_community, title="底价怎么谈", by=wang)
    topic = make(closed_community, [need], wang)
    for person in (sun, zhao):
        client = browse(person)
        for path in (f"/needs/{need.pk}/", f"/topics/{topic.pk}/", f"/communities/{closed_community.slug}/needs/"):
            assert client.get(path).status_code == 404, path
        assert client.post(f"/needs/{need.pk}/support/", {"on": "1"}).status_code == 404
        assert client.get("/needs/99999999999999999999/").status_code == 404
    assert Support.objects.count() == 0


def test_naughty_strings_go_through_the_form_and_come_back_as_text(
    shared_data: Path, community: Community, wang: Person, browse: Any
) -> None:
    client = browse(wang)
    strings = list(json.loads((shared_data / "naughty-strings.json").read_text()))
    for text in strings:
        answer = client.post(f"/communities/{community.slug}/needs/new/", {"title": text[:200], "body": text})
        assert answer.status_code in (200, 302), text
    assert Need.objects.count() > len(strings) // 3
    page = client.get(f"/communities/{community.slug}/needs/").content.decode()
    assert "<script>alert" not in page


def test_lists_ask_a_fixed_number_of_questions(community: Community, lin: Person, wang: Person, browse: Any) -> None:
    client, counts = browse(lin), []
    paths = [
        f"/communities/{community.slug}/needs/",
        f"/communities/{community.slug}/topics/",
        community.get_absolute_url(),
    ]
    for round_ in range(2):
        for number in range(1 + round_ * 2):
            need = voice_need(community, title=f"需求 {round_} {number}", by=make_person(f"p{round_}{number}"))
            topic_need = voice_need(community, title=f"题 {round_} {number}", by=wang)
            make(community, [topic_need], lin)
            set_support(need, on=True, by=lin)
        for path in paths:
            client.get(path)
        with CaptureQueriesContext(connection) as asked:
            for path in paths:
                assert client.get(path).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_author_and_supporters_learn_that_a_need_was_closed_and_why(
    need: Need, lin: Person, wang: Person, xu: Person, catch_up: Any
) -> None:
    set_support(need, on=True, by=xu)
    for _ in range(2):
        close_need(need, reason="上个月修好了", by=lin)
    assert Activity.objects.filter(verb="needs.need_closed").count() == 1
    catch_up()
    rows = Notification.objects.filter(notice="needs.closed").order_by("person_id")
    assert [(row.person, row.count, row.details) for row in rows] == [
        (wang, 1, {"open": False}),
        (xu, 1, {"open": False}),
    ]
    assert "林晓岚" in show([rows[0]], wang)[0].sentence
    reopen_need(need, by=lin)
    catch_up()
    assert {row.details["open"] for row in Notification.objects.filter(notice="needs.closed")} == {True}


def test_the_mail_about_a_closed_need_says_why(
    need: Need, lin: Person, wang: Person, catch_up: Any, run_jobs: Any
) -> None:
    Preference.objects.create(person=wang, group="mine", mail="now")
    close_need(need, reason="上个月修好了", by=lin)
    catch_up()
    run_jobs()
    assert ["上个月修好了" in message.body for message in mail.outbox if need.title in message.subject] == [True]


def test_nobody_is_told_that_an_anonymous_need_was_closed_but_its_supporters(
    community: Community, lin: Person, wang: Person, xu: Person, catch_up: Any
) -> None:
    need = voice_need(community, title="老师傅不肯教", by=wang, anonymous=True)
    set_support(need, on=True, by=xu)
    close_need(need, reason="换了带教", by=lin)
    catch_up()
    assert [row.person for row in Notification.objects.filter(notice="needs.closed")] == [xu]


def test_the_former_address_leads_to_the_form_with_its_community(
    community: Community, wang: Person, browse: Any
) -> None:
    answer = browse(wang).get(f"/communities/{community.slug}/needs/new/", {"title": "除霜 & 停机"})
    sent = urlsplit(answer.url)
    assert (sent.path, parse_qs(sent.query)) == (
        "/needs/new/",
        {"title": ["除霜 & 停机"], "community": [community.slug]},
    )
    page = browse(wang).get(answer.url).content.decode()
    assert "除霜 &amp; 停机" in page and f'<option value="{community.slug}" selected>' in page


def test_a_form_that_is_still_open_at_the_former_address_arrives(
    community: Community, wang: Person, browse: Any
) -> None:
    browse(wang).post(f"/communities/{community.slug}/needs/new/", {"title": "老师傅不肯教"})
    need = Need.objects.get()
    assert (need.community, need.title, need.by) == (community, "老师傅不肯教", wang)


def test_nobody_voices_a_need_where_needs_are_switched_off(community: Community, wang: Person, browse: Any) -> None:
    Community.objects.filter(pk=community.pk).update(features=["talk"])
    with pytest.raises(Forbidden, match="没有开启需求"):
        voice_need(Community.objects.get(pk=community.pk), title="老师傅不肯教", by=wang)
    page = browse(wang).get("/needs/new/").content.decode()
    assert "你还没有加入社区" in page and 'id="id_title"' not in page
    assert not Need.objects.exists()
