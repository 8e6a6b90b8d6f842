"""What pages of a community show and to whom; who is silent or too many; phases, merges and splits at their edges."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from django.utils import timezone, translation
from freezegun import freeze_time

from tests.cast import fresh, make_community, make_person
from zhiliu.activity.models import Activity
from zhiliu.communities.announcing import announce_to, mark_announcement_read
from zhiliu.communities.calendar_grid import month_of
from zhiliu.communities.joining import accept_rulebook, give_role
from zhiliu.communities.lifecycle.dormancy import AGAIN, ASLEEP, tell_asleep, tell_outgrown
from zhiliu.communities.lifecycle.merging import UNDO, merge_communities, undo_merge
from zhiliu.communities.lifecycle.phases import change_phase
from zhiliu.communities.lifecycle.splitting import USEFUL_SIZE, departments_of, split_community, undo_split
from zhiliu.communities.models import Community, HomeBlock, JoinRequest, Membership, MergeOrSplit, Opening, PhaseChange
from zhiliu.communities.occasions import add_occasion
from zhiliu.communities.queries import (
    community_list,
    home_page,
    home_sections,
    keepers,
    my_communities,
    newcomers,
    open_requests,
    pinned_announcement,
    rulebook_state,
    unread_members,
)
from zhiliu.communities.reach import ids_sharing_community, reach, readers
from zhiliu.communities.role_permissions import Admission, Permission, Role
from zhiliu.communities.starting import change_settings, free_slug, set_rulebook, start_community
from zhiliu.communities.templatetags.communities import mark
from zhiliu.directory.models import Department, Person
from zhiliu.kit.errors import Forbidden, Refused

pytestmark = pytest.mark.django_db
Phase = Community.Phase
SECOND, DAY = dt.timedelta(seconds=1), dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


def log(name: str) -> list[int | None]:
    """The community of each such fact."""
    rows = Activity.objects.filter(verb=f"communities.{name}").order_by("pk")
    return list(rows.values_list("community_id", flat=True))


@pytest.fixture
def pair(lin: Person, wang: Person, xu: Person, sun: Person) -> tuple[Community, Community]:
    """Two communities of Lin: Wang and Xu in the first, Xu and Sun in the second."""
    return make_community(lin, wang, xu, name="冷库组"), make_community(lin, xu, sun, name="制冷组")


# -- reach ------------------------------------------------------------------------------------------------------------


def test_a_manager_or_leader_is_the_same_in_all_communities_below_and_others_are_not(
    community: Community, lin: Person, wang: Person, xu: Person, sun: Person
) -> None:
    child = make_community(sun, name="华东", parent=None)
    grandchild = make_community(sun, name="上海")
    Community.objects.filter(pk=child.pk).update(parent=community, visibility="private")
    Community.objects.filter(pk=grandchild.pk).update(parent=child, visibility="private")
    Community.objects.filter(pk=make_community(sun, name="别处").pk).update(visibility="private")
    Membership.objects.filter(person=wang).update(role=Role.LEADER)
    Membership.objects.filter(person=xu).update(role=Role.ADVISER)
    below = {community.pk, child.pk, grandchild.pk}
    assert {person.handle: set(reach(fresh(person)).all_roles) for person in (lin, wang, xu)} == {
        "lin": below,
        "wang": below,
        "xu": {community.pk},
    }
    places = Community.objects.select_related(None)
    for person in (lin, wang, xu):
        seen = {place.pk for place in places if reach(fresh(person)).sees(place)}
        assert seen == set(places.filter(reach(fresh(person)).community_q("")).values_list("pk", flat=True))
        assert seen == (below if person != xu else {community.pk})
    assert reach(fresh(wang)).may(Permission.ARCHIVE, grandchild.pk)
    assert not reach(fresh(wang)).is_member(child)
    assert not reach(fresh(xu)).may(Permission.MODERATE, child.pk)


def test_search_is_asked_with_the_keys_of_what_one_reads(
    community: Community, closed_community: Community, wang: Person, zhao: Person, sun: Person, admin: Person
) -> None:
    keys = {person.handle: set(reach(fresh(person)).keys) for person in (wang, zhao, sun, admin)}
    own, closed = f"c{community.pk}", f"c{closed_community.pk}"
    assert keys == {
        "wang": {own, closed, f"p{wang.pk}", "employees"},
        "zhao": {own, f"p{zhao.pk}"},
        "sun": {f"p{sun.pk}", "employees"},
        "admin": {f"p{admin.pk}", "employees", "admins"},
    }
    assert readers(community) == ["employees", own, "admins"]
    assert readers(closed_community) == [closed, "admins"]


def test_who_shares_a_community_is_found_in_ones_own(
    community: Community, closed_community: Community, lin: Person, xu: Person, sun: Person
) -> None:
    make_community(sun, name="别处")
    assert set(ids_sharing_community(xu).values_list("person_id", flat=True)) == set(
        community.memberships.values_list("person_id", flat=True)
    )
    assert not ids_sharing_community(make_person("wu")).exists()


# -- pages ------------------------------------------------------------------------------------------------------------


def test_the_list_of_communities_holds_what_lives_and_says_which_are_ones_own(
    community: Community, closed_community: Community, lin: Person, wang: Person, xu: Person, sun: Person
) -> None:
    archived = make_community(lin, name="旧的")
    Community.objects.filter(pk=archived.pk).update(phase=Phase.ARCHIVED)
    mine = {
        person.handle: {row.name: row.is_mine for row in community_list(fresh(person))} for person in (wang, xu, sun)
    }  # type: ignore[attr-defined]
    first, second = community.name, closed_community.name
    assert mine["wang"] == {first: True, second: True}
    assert (mine["xu"][first], mine["sun"][first]) == (True, False)
    assert not mine["xu"].get(second, False)
    assert [item.name for item in my_communities(xu)] == [first]
    assert my_communities(sun) == []


def test_the_home_page_shows_texts_and_sections_as_they_are_arranged(community: Community, lin: Person) -> None:
    shown = len(home_page(community, lin))
    HomeBlock.objects.create(community=community, place=0, title="先看", text="三件事", html="<p>三件事</p>")
    HomeBlock.objects.create(community=community, place=1, title="藏着", text="不给看", html="<p>x</p>", is_hidden=True)
    HomeBlock.objects.create(community=community, place=2, key="gone.away")
    key = home_sections.names()[0]
    drawn = {
        name: section.draw(community, lin) for name in home_sections.names() if (section := home_sections.get(name))
    }
    HomeBlock.objects.create(community=community, place=3, key=key)
    page = home_page(community, lin)
    texts = [entry["block"].title for entry in page if entry["template"] == "communities/text_section.html"]
    assert (texts, len(page)) == (["先看"], shown + 1)
    HomeBlock.objects.filter(key=key).update(is_hidden=True)
    assert len(home_page(community, lin)) == shown + 1 - (drawn[key] is not None)


def test_roles_are_listed_in_their_order_and_plain_members_are_not(
    community: Community, lin: Person, wang: Person, xu: Person
) -> None:
    Membership.objects.filter(person=wang).update(role=Role.EXPERT)
    Membership.objects.filter(person=xu).update(role=Role.LEADER)
    assert [row.person for row in keepers(community)] == [lin, xu, wang]


def test_the_pinned_announcement_counts_members_who_read_it(
    community: Community, lin: Person, wang: Person, xu: Person, sun: Person
) -> None:
    old = announce_to(community, title="旧的", body="看", by=lin)
    mark_announcement_read(old, by=xu)
    new = announce_to(community, title="新的", body="看", by=lin)
    for person in (wang, sun):
        mark_announcement_read(new, by=person)
    shown = [pinned_announcement(community, person) for person in (wang, xu)]
    assert [(item["announcement"], item["read"], item["of"], item["mine"]) for item in shown if item] == [
        (new, 1, community.member_count, True),
        (new, 1, community.member_count, False),
    ]
    assert {row.person.handle for row in unread_members(new)} == {"lin", "xu", "zhao"}
    community.announcements.update(is_pinned=False)
    assert pinned_announcement(community, wang) is None


def test_the_rules_in_force_are_accepted_by_each_reader_anew(community: Community, lin: Person, wang: Person) -> None:
    first = community.rulebooks.get()
    accept_rulebook(first, by=wang)
    assert rulebook_state(community, wang) == (first, True)
    second = set_rulebook(community, "- 新的规矩", by=lin)
    accept_rulebook(second, by=lin)
    assert (rulebook_state(community, wang), rulebook_state(community, lin)) == ((second, False), (second, True))
    community.rulebooks.all().delete()
    assert rulebook_state(community, wang) == (None, True)


def test_requests_wait_until_decided_and_newcomers_are_new_for_a_month(
    community: Community, closed_community: Community, wang: Person, xu: Person, sun: Person
) -> None:
    waiting = JoinRequest.objects.create(community=community, person=sun)
    JoinRequest.objects.create(community=community, person=sun, decision="declined")
    JoinRequest.objects.create(community=closed_community, person=sun)
    assert list(open_requests(community)) == [waiting]
    now = timezone.now()
    community.memberships.update(joined_at=now - 31 * DAY)
    for person, age in ((wang, 30 * DAY - SECOND), (xu, 30 * DAY + SECOND)):
        community.memberships.filter(person=person).update(joined_at=now - age)
    with freeze_time(now):
        assert [row.person for row in newcomers(community)] == [wang]


def test_a_community_without_a_mark_has_the_first_letter_of_its_name(community: Community) -> None:
    shown = [str(mark(Community(name="售后", kind="help", mark=sign))) for sign in ("", "修")]
    assert [text.split(">")[1].split("<")[0] for text in shown] == ["售", "修"]


def test_a_month_shows_the_occasions_that_touch_it_and_links_them_for_who_edits(
    community: Community, closed_community: Community, lin: Person, wang: Person
) -> None:
    # November 2026 is shown from the 26th of October to the 6th of December.
    first, last = dt.date(2026, 10, 26), dt.date(2026, 12, 6)
    for place, title, begins, ends in (
        (community, "之前", first - DAY, first - DAY),
        (community, "开头", first - DAY, first),
        (community, "月中", dt.date(2026, 11, 5), dt.date(2026, 11, 6)),
        (community, "末尾", last, last + DAY),
        (community, "之后", last + DAY, last + DAY),
        (closed_community, "别处", dt.date(2026, 11, 5), dt.date(2026, 11, 5)),
    ):
        add_occasion(place, title=title, starts_on=begins, ends_on=ends, note="带笔" if title == "月中" else "", by=lin)
    with freeze_time(timezone.make_aware(dt.datetime(2026, 11, 25, 12))):
        month = month_of(community, fresh(lin), dt.date(2026, 11, 1))
        plain = month_of(community, fresh(wang), dt.date(2026, 11, 1))
    days = {day.date: [entry.title for entry in day.entries] for week in month.weeks for day in week if day.entries}
    assert days == {
        first: ["开头"],
        dt.date(2026, 11, 5): ["月中"],
        dt.date(2026, 11, 6): ["月中"],
        last: ["末尾"],
    }
    assert [day.date.day for day in month.busy] == [5, 6]
    assert [day.date for week in month.weeks for day in week if day.today] == [dt.date(2026, 11, 25)]
    entries = [next(entry for day in shown.busy for entry in day.entries) for shown in (month, plain)]
    assert [(bool(entry.url), entry.word) for entry in entries] == [(True, "带笔"), (False, "带笔")]


# -- starting and settings --------------------------------------------------------------------------------------------


def test_who_does_not_look_after_a_community_starts_none_below_it_and_changes_nothing(
    community: Community, lin: Person, wang: Person
) -> None:
    for act in (
        lambda: start_community(name="下面的", kind="help", by=wang, parent=community),
        lambda: change_settings(community, by=wang, name="我的"),
        lambda: set_rulebook(community, "- 我的规矩", by=wang),
    ):
        with pytest.raises(Forbidden, match="Who can"):
            act()
    assert list(Community.objects.values_list("name", flat=True)) == [community.name]
    assert community.rulebooks.count() == 1
    assert start_community(name="下面的", kind="help", by=lin, parent=community).parent == community


def test_settings_change_one_community_and_take_no_name_of_another(
    community: Community, closed_community: Community, lin: Person
) -> None:
    with pytest.raises(Refused, match="already exists") as refused:
        change_settings(community, by=lin, name=closed_community.name)
    before = len(log("community_changed"))
    change_settings(community, by=lin, name=community.name, purpose="互相帮")
    purposes = dict(Community.objects.values_list("pk", "purpose"))
    assert (refused.value.field, purposes) == ("name", {community.pk: "互相帮", closed_community.pk: ""})
    assert log("community_changed")[before:] == [community.pk]


def test_a_community_starts_with_the_mark_and_address_it_is_given_or_those_of_its_name(lin: Person) -> None:
    given = start_community(name="华东售后", kind="help", by=lin, slug="east", mark="东")
    own, again = (start_community(name=name, kind="help", by=lin) for name in ("制冷", "制冷！"))
    assert (given.slug, given.mark, own.mark) == ("east", "东", "制")
    assert len({given.slug, own.slug, again.slug}) == 3 and own.slug == "zhileng"
    assert free_slug("east") != "east" and free_slug("🔥")
    assert given.admission == "open" and given.member_count == 1


def test_the_colleagues_of_a_department_are_members_at_once(lin: Person, wang: Person, xu: Person) -> None:
    service = Department.objects.create(name="售后")
    Person.objects.filter(pk=wang.pk).update(department=service)
    community = start_community(name="售后", kind="help", by=lin, department=service)
    assert set(community.memberships.values_list("person__handle", flat=True)) == {"lin", "wang"}


# -- silent and too many ----------------------------------------------------------------------------------------------


def test_those_who_outgrew_their_size_are_told_once_in_three_months(
    community: Community, closed_community: Community
) -> None:
    now = timezone.now()
    Community.objects.filter(pk=community.pk).update(member_count=USEFUL_SIZE + 1)
    Community.objects.filter(pk=closed_community.pk).update(member_count=USEFUL_SIZE)
    with freeze_time(now):
        assert (tell_outgrown(), tell_outgrown()) == (1, 0)
    assert log("community_outgrown") == [community.pk]
    for later, count in ((AGAIN, 0), (AGAIN + SECOND, 1)):
        with freeze_time(now + later):
            assert tell_outgrown() == count
    assert log("community_outgrown") == [community.pk] * 2
    assert Community.objects.get(pk=closed_community.pk).size_told_at is None


def test_a_silent_community_is_told_after_sixty_days_unless_it_rests(
    community: Community, closed_community: Community, lin: Person
) -> None:
    resting = make_community(lin, name="歇着")
    Activity.objects.all().delete()
    now = timezone.now()
    Community.objects.filter(pk=community.pk).update(started_at=now - ASLEEP - SECOND)
    Community.objects.filter(pk=closed_community.pk).update(started_at=now - ASLEEP)
    Community.objects.filter(pk=resting.pk).update(started_at=now - 2 * ASLEEP, phase=Phase.DORMANT)
    with freeze_time(now):
        assert (tell_asleep(), tell_asleep()) == (1, 0)
    assert log("community_asleep") == [community.pk]


# -- phases -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after", "is_allowed"),
    [
        (Phase.INCUBATING, Phase.ACTIVE, True),
        (Phase.INCUBATING, Phase.ARCHIVED, True),
        (Phase.INCUBATING, Phase.DORMANT, False),
        (Phase.ACTIVE, Phase.DORMANT, True),
        (Phase.ACTIVE, Phase.INCUBATING, False),
        (Phase.DORMANT, Phase.ACTIVE, True),
        (Phase.ARCHIVED, Phase.ACTIVE, True),
        (Phase.ARCHIVED, Phase.DORMANT, False),
    ],
)
def test_a_phase_follows_another(community: Community, lin: Person, before: str, after: str, is_allowed: bool) -> None:
    Community.objects.filter(pk=community.pk).update(phase=before)
    if is_allowed:
        change_phase(community, after, by=lin)
    else:
        with pytest.raises(Refused, match="current phase"):
            change_phase(community, after, by=lin)
    assert Community.objects.get(pk=community.pk).phase == (after if is_allowed else before)
    told = [community.pk] * is_allowed
    assert (log("phase_changed"), PhaseChange.objects.count()) == (told, len(told))


def test_a_merged_community_changes_its_phase_no_more(pair: tuple[Community, Community], lin: Person) -> None:
    first, second = pair
    merge_communities(first, second, by=lin)
    with pytest.raises(Refused, match="current phase"):
        change_phase(Community.objects.get(pk=first.pk), Phase.ACTIVE, by=lin)
    assert Community.objects.get(pk=first.pk).phase == Phase.ARCHIVED


def test_what_an_opening_will_open_is_not_opened_by_hand(
    community: Community, closed_community: Community, lin: Person
) -> None:
    Community.objects.update(phase=Phase.INCUBATING)
    soon = timezone.now() + DAY
    opening = Opening.objects.create(community=community, parent=closed_community, opens_at=soon, by=lin)
    with pytest.raises(Refused, match="part of an opening plan"):
        change_phase(community, Phase.ACTIVE, by=lin)
    change_phase(closed_community, Phase.ACTIVE, by=lin)
    Opening.objects.filter(pk=opening.pk).update(opened_at=timezone.now())
    change_phase(community, Phase.ACTIVE, by=lin)
    Opening.objects.filter(pk=opening.pk).update(opened_at=None)
    change_phase(community, Phase.DORMANT, by=lin)
    assert set(Community.objects.values_list("phase", flat=True)) == {"active", "dormant"}


# -- merges and splits ------------------------------------------------------------------------------------------------


def test_a_merge_needs_two_that_stand_and_the_rights_in_both(
    pair: tuple[Community, Community], community: Community, lin: Person, wang: Person, sun: Person
) -> None:
    first, second = pair
    for place, person in ((first, wang), (second, sun)):
        give_role(place, person, Role.MANAGER, by=lin)
    for person in (wang, sun):
        with pytest.raises(Forbidden, match="Who can"):
            merge_communities(first, second, by=fresh(person))
    with pytest.raises(Refused, match="into itself"):
        merge_communities(first, first, by=lin)
    Community.objects.filter(pk=second.pk).update(phase=Phase.ARCHIVED)
    with pytest.raises(Refused, match="is archived"):
        merge_communities(first, second, by=lin)
    Community.objects.filter(pk=second.pk).update(phase=Phase.ACTIVE)
    assert (MergeOrSplit.objects.count(), log("communities_merged")) == (0, [])
    merge_communities(first, second, by=lin)
    for source, target in ((first, community), (community, first)):
        with pytest.raises(Refused, match="already been merged"):
            merge_communities(*(Community.objects.get(pk=item.pk) for item in (source, target)), by=lin)
    assert (MergeOrSplit.objects.count(), log("communities_merged")) == (1, [second.pk])


def test_an_archived_community_is_merged_and_stays_archived_when_that_is_undone(
    pair: tuple[Community, Community], lin: Person
) -> None:
    first, second = pair
    Community.objects.filter(pk=first.pk).update(phase=Phase.ARCHIVED)
    merge_or_split = merge_communities(first, second, by=lin)
    assert log("phase_changed") == []
    undo_merge(merge_or_split, by=lin)
    first.refresh_from_db()
    assert (first.phase, first.merged_into, log("phase_changed")) == (Phase.ARCHIVED, None, [])


def test_a_merge_is_undone_within_a_day_once_and_by_who_may(
    pair: tuple[Community, Community], lin: Person, wang: Person
) -> None:
    first, second = pair
    merge_or_split = merge_communities(first, second, by=lin)
    with pytest.raises(Forbidden, match="Who can"):
        undo_merge(merge_or_split, by=fresh(wang))
    with freeze_time(merge_or_split.at + UNDO + SECOND), pytest.raises(Refused, match="for one day only"):
        undo_merge(merge_or_split, by=fresh(lin))
    assert Community.objects.get(pk=first.pk).merged_into == second
    with freeze_time(merge_or_split.at + UNDO):
        for _turn in range(2):
            undo_merge(MergeOrSplit.objects.get(), by=fresh(lin))
    assert Community.objects.get(pk=first.pk).merged_into is None
    assert log("merge_or_split_undone") == [first.pk]


def test_roles_are_kept_in_a_merge_unless_the_other_community_gave_a_higher_one(
    pair: tuple[Community, Community], lin: Person, wang: Person, xu: Person, sun: Person
) -> None:
    first, second = pair
    wu = make_person("wu")
    Membership.objects.create(community=first, person=wu, role=Role.EXPERT)
    Membership.objects.create(community=second, person=wu, role=Role.ADVISER)
    first.memberships.filter(person=xu).update(role=Role.EXPERT)
    before = {place.pk: set(place.memberships.values_list("person", "role")) for place in pair}
    merge_or_split = merge_communities(first, second, by=lin)
    assert dict(second.memberships.values_list("person__handle", "role")) == {
        "lin": "manager",
        "wang": "member",
        "xu": "expert",
        "sun": "member",
        "wu": "adviser",
    }
    assert log("members_joined")[-1] == second.pk
    # Who came back by themselves meanwhile stays as they are.
    Membership.objects.create(community=first, person=wang, role=Role.LEADER)
    undo_merge(merge_or_split, by=lin)
    after = {place.pk: set(place.memberships.values_list("person", "role")) for place in pair}
    before[first.pk] = {(key, "leader" if key == wang.pk else role) for key, role in before[first.pk]}
    assert after == before
    counts = dict(Community.objects.values_list("pk", "member_count"))
    assert counts == {first.pk: 4, second.pk: 4}


@pytest.mark.parametrize(
    ("admission", "kept"),
    [
        (Admission.OPEN, "open"),
        (Admission.REQUEST, "request"),
        (Admission.INVITED, "request"),
        (Admission.RULE, "request"),
    ],
)
def test_a_new_community_of_a_split_is_entered_like_the_old_one_where_that_fits(
    community: Community, lin: Person, wang: Person, admission: str, kept: str
) -> None:
    Community.objects.filter(pk=community.pk).update(admission=admission)
    community.rulebooks.all().delete()
    target = split_community(community, name="除霜组", people=[wang], things={}, by=lin).target
    assert (target.admission, target.mark, target.rulebooks.count()) == (kept, "除", 0)


def test_a_split_takes_members_of_a_community_that_stands_and_is_for_who_looks_after_it(
    community: Community, closed_community: Community, lin: Person, wang: Person, sun: Person
) -> None:
    before = set(Community.objects.values_list("pk", flat=True))
    with pytest.raises(Forbidden, match="Who can"):
        split_community(community, name="除霜组", people=[wang], things={}, by=wang)
    with pytest.raises(Refused, match="Choose at least one member") as refused:
        split_community(community, name="除霜组", people=[sun], things={}, by=lin)
    assert refused.value.field == "people"
    with pytest.raises(Refused, match="already exists"):
        split_community(community, name=closed_community.name, people=[wang], things={}, by=lin)
    Community.objects.filter(pk=community.pk).update(phase=Phase.ARCHIVED)
    with pytest.raises(Refused, match="archived and read-only"):
        split_community(community, name="除霜组", people=[wang], things={}, by=lin)
    assert (set(Community.objects.values_list("pk", flat=True)), log("community_split")) == (before, [])


def test_managers_stay_in_the_old_community_and_a_split_is_undone_once(
    community: Community, lin: Person, wang: Person, xu: Person
) -> None:
    give_role(community, xu, Role.MANAGER, by=lin)
    before = set(community.memberships.values_list("person", "role"))
    merge_or_split = split_community(community, name="除霜组", people=[wang, xu], things={}, stay=False, by=lin)
    assert set(community.memberships.values_list("person__handle", flat=True)) == {"lin", "xu", "zhao"}
    target = merge_or_split.target
    assert dict(target.memberships.values_list("person__handle", "role")) == {
        "lin": "manager",
        "xu": "manager",
        "wang": "member",
    }
    assert log("community_split") == [community.pk]
    with pytest.raises(Forbidden, match="Who can"):
        undo_split(merge_or_split, by=fresh(wang))
    for _turn in range(2):
        undo_split(MergeOrSplit.objects.get(), by=lin)
    assert set(community.memberships.values_list("person", "role")) == before
    target.refresh_from_db()
    assert (target.merged_into, log("merge_or_split_undone")) == (community, [community.pk])


def test_departments_are_offered_for_a_split_largest_first(
    community: Community, closed_community: Community, lin: Person, wang: Person, xu: Person
) -> None:
    service, sales = (Department.objects.create(name=name) for name in ("售后", "销售"))
    Person.objects.filter(pk__in=[wang.pk, xu.pk]).update(department=service)
    Person.objects.filter(pk=lin.pk).update(department=sales)
    assert departments_of(community) == [(service.pk, "售后", 2), (sales.pk, "销售", 1)]
