"""Communities are started, joined, looked after."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cast import fresh, make_person
from zhiliu.activity.models import Activity
from zhiliu.audit.models import Entry
from zhiliu.communities.announcing import announce_to, mark_announcement_read, remind_unread, starter_draft
from zhiliu.communities.joining import (
    accept_rulebook,
    add_members,
    decide_request,
    give_role,
    join,
    leave,
    remove_member,
)
from zhiliu.communities.models import Community, JoinRequest, Membership, Receipt
from zhiliu.communities.reach import reach
from zhiliu.communities.role_permissions import KINDS, MAY, Kind, Permission, Role
from zhiliu.communities.rules import can_admit, can_edit_home, can_moderate, can_set_up, may
from zhiliu.communities.starting import change_settings, set_rulebook, start_community
from zhiliu.directory.models import Person
from zhiliu.kit.errors import Forbidden, Refused
from zhiliu.notifications.models import Notification

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("kind", Kind.values)
def test_each_kind_brings_its_template(kind: str, lin: Person) -> None:
    community = start_community(name=f"社区 {kind}", kind=kind, by=lin)
    template = KINDS[kind]
    assert set(community.features) == {str(feature) for feature in template.features}
    assert community.admission == template.admission
    assert community.rulebooks.get().text.count("- ") == len(template.rules)
    assert not community.announcements.exists()
    assert starter_draft(community, lin).title == str(template.starter[0])  # type: ignore[union-attr]
    assert community.memberships.get().role == Role.MANAGER
    assert community.rulebooks.get().consents.get().person == lin


def test_a_name_is_taken_once(lin: Person, community: Community) -> None:
    with pytest.raises(Refused):
        start_community(name=community.name, kind="help", by=lin)
    assert Community.objects.count() == 1


def test_a_guest_cannot_start_one(zhao: Person) -> None:
    with pytest.raises(Forbidden):
        start_community(name="客人的", kind="help", by=zhao)


def test_joining_an_open_one_needs_yes_to_the_rules_in_force(community: Community, lin: Person, sun: Person) -> None:
    with pytest.raises(Refused):
        join(community, by=sun)
    old = community.rulebooks.first()
    set_rulebook(community, "- 新的规矩", by=lin)
    with pytest.raises(Refused):
        join(community, by=sun, accepts=old)
    assert not Membership.objects.filter(person=sun).exists()
    join(community, by=sun, accepts=community.rulebooks.first())
    join(community, by=sun)
    assert Membership.objects.filter(person=sun).count() == 1
    assert Community.objects.get(pk=community.pk).member_count == 5


def test_joining_a_closed_one_is_a_request_that_is_decided_once(
    closed_community: Community, lin: Person, sun: Person, wang: Person
) -> None:
    rules = closed_community.rulebooks.first()
    request = join(closed_community, by=sun, accepts=rules, note="想听报价")
    assert join(closed_community, by=sun, accepts=rules) == request
    assert isinstance(request, JoinRequest)
    with pytest.raises(Forbidden):
        decide_request(request, admit=True, by=wang)
    decide_request(request, admit=False, by=lin)
    decided = decide_request(request, admit=True, by=lin)
    assert decided.decision == JoinRequest.Decision.DECLINED
    assert not Membership.objects.filter(person=sun).exists()


def test_guests_are_invited_and_never_join_by_themselves(
    community: Community, closed_community: Community, zhao: Person
) -> None:
    with pytest.raises(Refused):
        join(closed_community, by=zhao, accepts=closed_community.rulebooks.first())


def test_the_only_manager_cannot_leave(community: Community, lin: Person, wang: Person) -> None:
    with pytest.raises(Refused):
        leave(community, by=lin)
    give_role(community, wang, Role.MANAGER, by=lin)
    leave(community, by=lin)
    leave(community, by=lin)
    assert not Membership.objects.filter(community=community, person=lin).exists()


def test_a_guest_is_given_no_role(community: Community, lin: Person, zhao: Person) -> None:
    with pytest.raises(Refused):
        give_role(community, zhao, Role.EXPERT, by=lin)
    assert Membership.objects.get(person=zhao).role == Role.MEMBER


@pytest.mark.parametrize("role", Role.values)
def test_a_role_may_what_the_table_says_and_the_reason_names_who_may(
    role: str, community: Community, lin: Person, wang: Person
) -> None:
    give_role(community, wang, role, by=lin)
    person = fresh(wang)
    for act in Permission:
        rule = may(act)
        assert rule(person, community) == (act in MAY[role]), (role, act)
        if act not in MAY[role]:
            assert str(rule.why_not(person, community))


def test_a_manager_looks_after_the_communities_below(community: Community, lin: Person, sun: Person) -> None:
    child = start_community(name="华东值班", kind="help", by=lin, parent=community, visibility="private")
    give_role(child, lin, Role.MANAGER, by=lin)
    make_person("boss")
    boss = Person.objects.get(handle="boss")
    add_members(community, {boss: Role.LEADER}, by=lin)
    assert can_admit(fresh(boss), child)
    assert reach(fresh(boss)).sees(child)
    assert not reach(fresh(sun)).sees(child)


def test_an_archived_community_can_be_read_but_not_changed(community: Community, lin: Person) -> None:
    change_settings(community, by=lin, phase=Community.Phase.ARCHIVED)
    assert not can_moderate(fresh(lin), community)
    assert "归档" in str(can_edit_home.why_not(fresh(lin), community))
    assert can_set_up(fresh(lin), community)


def test_a_new_rulebook_is_a_version_and_the_same_text_is_not(community: Community, lin: Person) -> None:
    set_rulebook(community, "- 新的规矩", by=lin)
    set_rulebook(community, "- 新的规矩", by=lin)
    assert [book.version for book in community.rulebooks.all()] == [2, 1]


def test_of_new_rules_members_who_have_not_accepted_them_are_told_once(
    community: Community, lin: Person, wang: Person, catch_up: Any
) -> None:
    catch_up()
    Notification.objects.all().delete()
    rulebook = set_rulebook(community, "- 新的规矩", by=lin)
    assert set_rulebook(community, "- 新的规矩", by=lin) == rulebook
    for person in (lin, wang):
        accept_rulebook(rulebook, by=person)
    catch_up()
    told = Notification.objects.filter(notice="communities.rules").values_list("person__handle", flat=True)
    assert sorted(told) == ["xu", "zhao"]
    entry = Entry.objects.filter(verb="communities.rulebook_set").latest("pk")
    first = community.rulebooks.get(version=1)
    assert (entry.by_id, entry.before, entry.after) == (lin.pk, {"text": first.text}, {"text": "- 新的规矩"})


def test_announcements_are_read_once_and_reminded_once_a_day(
    community: Community, lin: Person, wang: Person, catch_up: Any
) -> None:
    announcement = announce_to(community, title="周五停电", body="**停电**两小时", by=lin)
    mark_announcement_read(announcement, by=wang)
    mark_announcement_read(announcement, by=wang)
    assert Receipt.objects.count() == 1
    remind_unread(announcement, by=lin)
    with pytest.raises(Refused):
        remind_unread(announcement, by=lin)
    catch_up()
    reminded = Notification.objects.filter(notice="communities.reminded").values_list("person__handle", flat=True)
    assert set(reminded) == {"xu", "zhao"}


def test_only_the_newest_announcement_is_pinned(community: Community, lin: Person) -> None:
    announce_to(community, title="一", body="1", by=lin)
    announce_to(community, title="二", body="2", by=lin)
    assert [announcement.title for announcement in community.announcements.filter(is_pinned=True)] == ["二"]


def test_outsiders_meet_a_door_and_other_pages_are_not_there(
    closed_community: Community, sun: Person, browse: Any
) -> None:
    client, base = browse(sun), closed_community.get_absolute_url()
    assert "申请加入" in client.get(base).content.decode()
    for page in ("members/", "announcements/", "rules/", "settings/"):
        assert client.get(base + page).status_code == 404, page


def test_who_may_not_is_told_who_may(community: Community, wang: Person, browse: Any) -> None:
    answer = browse(wang).get(community.get_absolute_url() + "settings/")
    assert answer.status_code == 403
    assert "社区经理" in answer.content.decode()


def test_a_form_sent_twice_acts_once(community: Community, lin: Person, browse: Any) -> None:
    client, url = browse(lin), community.get_absolute_url() + "announcements/new/"
    sent = {"title": "周五停电", "body": "两小时", "_once": "same-token"}
    first, second = client.post(url, sent), client.post(url, sent)
    assert first.headers["Location"] == second.headers["Location"]
    assert community.announcements.filter(title="周五停电").count() == 1


def test_a_removed_member_is_out(community: Community, lin: Person, wang: Person, closed_community: Community) -> None:
    remove_member(closed_community, wang, by=lin)
    assert not reach(fresh(wang)).sees(closed_community)
    assert Activity.objects.filter(verb="communities.member_left").count() == 1


def test_members_are_listed_with_a_fixed_number_of_questions(
    community: Community, lin: Person, browse: Any, django_assert_num_queries: Any
) -> None:
    client, url = browse(lin), community.get_absolute_url() + "members/"
    counts = []
    for extra in (0, 3):
        for number in range(extra):
            add_members(community, {make_person(f"m{number}"): Role.MEMBER}, by=lin)
        client.get(url)
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as asked:
            client.get(url)
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 16
