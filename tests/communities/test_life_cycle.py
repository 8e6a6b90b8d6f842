"""Communities rest, are archived and revived; merged and split with nothing lost; and it can be undone for a day."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from tests.cast import fresh, make_community
from zhiliu.communities import community_content as kept
from zhiliu.communities.announcing import announce_to
from zhiliu.communities.facts import CommunityOutgrown
from zhiliu.communities.joining import give_role
from zhiliu.communities.lifecycle import dormancy
from zhiliu.communities.lifecycle.dormancy import tell_asleep, tell_outgrown
from zhiliu.communities.lifecycle.merging import merge_communities, preview_merge, undo_merge
from zhiliu.communities.lifecycle.phases import change_phase
from zhiliu.communities.lifecycle.splitting import USEFUL_SIZE, split_community, undo_split
from zhiliu.communities.models import Announcement, Community, Membership, MergeOrSplit, PhaseChange
from zhiliu.communities.role_permissions import Role
from zhiliu.directory.models import Department, Person
from zhiliu.files.models import SharedFile
from zhiliu.files.sharing import share_file
from zhiliu.files.storing import upload
from zhiliu.gatherings.models import Gathering
from zhiliu.kit.errors import Forbidden, Refused
from zhiliu.knowledge.drafting import library_of
from zhiliu.knowledge.models import Article, Folder, Library
from zhiliu.needs.models import Need, Topic
from zhiliu.polls.models import Poll

pytestmark = pytest.mark.django_db
Phase = Community.Phase

# Models that keep the community they happened in, and stay there when it moves: the history does not change.
HISTORY = {
    "activity.Activity",
    "audit.Entry",
    "communities.Membership",
    "communities.JoinRequest",
    "communities.Rulebook",
    "communities.HomeBlock",
    # How people came, come and may come in: the target has its own doors.
    "communities.AdmissionRule",
    "communities.AdmissionChange",
    "communities.OptOut",
    "communities.InvitationLink",
    "communities.Invitation",
    "communities.WaitingPlace",
    "communities.Opening",
    "communities.PhaseChange",
    # How one community is moderated is not how the other wants to be.
    "moderation.Policy",
    "moderation.CannedResponse",
    "communities.MergeOrSplit",
    "notifications.Notification",
}


def fill(community: Community, by: Person) -> dict[str, Any]:
    """One of everything, hanging together."""
    topic = Topic.objects.create(community=community, title="冷库除霜", by=by)
    need = Need.objects.create(community=community, title="除霜太慢", by=by, topic=topic)
    lone = Need.objects.create(community=community, title="报价单找不到", by=by)
    people = {"by": by, "sharer": by, "host": by}
    gathering = Gathering.objects.create(community=community, title="除霜一小时", topic=topic, **people)
    library = library_of(community)
    folder = Folder.objects.create(library=library, name="除霜")
    below = Folder.objects.create(library=library, name="电热", parent=folder)
    article = Article.objects.create(library=library, folder=below, title="电热除霜", draft_title="电热除霜", by=by)
    other = Article.objects.create(library=library, title="报价", draft_title="报价", by=by)
    closes = timezone.now() + dt.timedelta(days=3)
    poll = Poll.objects.create(community=community, question="几点？", closes_at=closes, by=by)
    note = announce_to(community, title="通知", body="看这里", by=by, starting=True)
    return {
        "topic": topic,
        "need": need,
        "lone": lone,
        "gathering": gathering,
        "folder": folder,
        "below": below,
        "article": article,
        "other": other,
        "poll": poll,
        "note": note,
    }


def where(things: dict[str, Any]) -> dict[str, int]:
    """The community of each thing as the database has it."""
    found = {}
    for name, thing in things.items():
        thing.refresh_from_db()
        found[name] = thing.library.community_id if hasattr(thing, "library") else thing.community_id
    return found


@pytest.fixture
def pair(lin: Person, wang: Person, xu: Person, sun: Person) -> tuple[Community, Community]:
    """Two communities of Lin: Wang and Xu in the first, Xu and Sun in the second."""
    first = make_community(lin, wang, xu, name="冷库组", kind="professional")
    second = make_community(lin, xu, sun, name="制冷组", kind="professional")
    return first, second


def test_every_model_that_belongs_to_a_community_can_move() -> None:
    answered = {model for belonging in kept.belongings for model in belonging.models}
    forgotten = []
    for model in apps.get_models():
        fields = model._meta.get_fields()
        to_one = any(getattr(field, "related_model", None) is Community and not field.auto_created for field in fields)
        tied = to_one or any(field.name == "community_id" for field in model._meta.concrete_fields)
        if tied and model not in answered and model._meta.label not in HISTORY:
            forgotten.append(model._meta.label)
    assert forgotten == []


def test_a_community_rests_is_archived_and_revived(community: Community, lin: Person) -> None:
    change_phase(community, Phase.DORMANT, by=lin, why="夏天人少")
    change_phase(community, Phase.ARCHIVED, by=lin)
    change_phase(community, Phase.ACTIVE, by=lin)
    steps = list(PhaseChange.objects.order_by("pk").values_list("before", "after", "why"))
    assert steps == [("active", "dormant", "夏天人少"), ("dormant", "archived", ""), ("archived", "active", "")]
    assert community.phase == "active"


def test_a_phase_that_does_not_follow_is_refused(community: Community, lin: Person) -> None:
    change_phase(community, Phase.ARCHIVED, by=lin)
    with pytest.raises(Refused):
        change_phase(community, Phase.DORMANT, by=lin)
    community.refresh_from_db()
    assert (community.phase, PhaseChange.objects.count()) == ("archived", 1)


def test_the_same_phase_again_changes_nothing(community: Community, lin: Person) -> None:
    assert change_phase(community, Phase.ACTIVE, by=lin) is None
    assert not PhaseChange.objects.exists()


def test_members_cannot_archive(community: Community, wang: Person) -> None:
    with pytest.raises(Forbidden):
        change_phase(community, Phase.ARCHIVED, by=wang)
    assert not PhaseChange.objects.exists()


def test_merging_takes_everything_along(pair: tuple[Community, Community], lin: Person, wang: Person) -> None:
    first, second = pair
    things = fill(first, lin)
    give_role(first, wang, Role.EXPERT, by=lin)
    merge_communities(first, second, by=lin)
    assert set(where(things).values()) == {second.pk}
    assert things["article"].folder_id == things["below"].pk
    roles = dict(second.memberships.values_list("person__handle", "role"))
    assert roles == {"lin": "manager", "wang": "expert", "xu": "member", "sun": "member"}
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.phase, first.merged_into_id, first.member_count, second.member_count) == ("archived", second.pk, 0, 4)
    assert not any(keys for key, keys in kept.all_of(first).items())


def test_the_preview_says_what_the_merge_does(pair: tuple[Community, Community], lin: Person) -> None:
    first, second = pair
    fill(first, lin)
    preview = preview_merge(first, second)
    merge_communities(first, second, by=lin)
    second.refresh_from_db()
    assert (preview.members, preview.both, preview.after) == (3, 2, second.member_count)
    moved = {row.key: row.count for row in MergeOrSplit.objects.get().moved.exclude(key="members")}
    assert sum(part.count for part in preview.parts) == sum(moved.values())


def test_what_has_a_namesake_in_the_target_keeps_both(pair: tuple[Community, Community], lin: Person) -> None:
    first, second = pair
    fill(first, lin)
    Folder.objects.create(library=library_of(second), name="除霜")
    merge_communities(first, second, by=lin)
    names = set(Folder.objects.filter(library__community=second, parent=None).values_list("name", flat=True))
    assert names == {"除霜", "冷库组 · 除霜"}


def test_merging_twice_is_harmless(pair: tuple[Community, Community], lin: Person) -> None:
    first, second = pair
    community = merge_communities(first, second, by=lin)
    assert merge_communities(first, second, by=lin) == community
    assert MergeOrSplit.objects.count() == 1


def test_a_merge_needs_both_managers_rights(pair: tuple[Community, Community], wang: Person, lin: Person) -> None:
    first, second = pair
    give_role(first, wang, Role.MANAGER, by=lin)
    with pytest.raises(Forbidden):
        merge_communities(first, second, by=fresh(wang))
    assert not MergeOrSplit.objects.exists()


def test_a_community_is_not_merged_into_itself_or_into_an_archived_one(
    pair: tuple[Community, Community], lin: Person
) -> None:
    first, second = pair
    with pytest.raises(Refused):
        merge_communities(first, first, by=lin)
    change_phase(second, Phase.ARCHIVED, by=lin)
    with pytest.raises(Refused):
        merge_communities(first, second, by=lin)
    assert not MergeOrSplit.objects.exists()


def test_old_links_lead_to_the_same_page_of_the_target(
    pair: tuple[Community, Community], lin: Person, wang: Person, browse: Any
) -> None:
    first, second = pair
    merge_communities(first, second, by=lin)
    answer = browse(wang).get(f"/communities/{first.slug}/members/?q=x")
    assert (answer.status_code, answer.url) == (302, f"/communities/{second.slug}/members/?q=x")
    assert browse(wang).get(f"/communities/{first.slug}/").url == f"/communities/{second.slug}/"


def test_undoing_a_merge_puts_everything_back(pair: tuple[Community, Community], lin: Person, wang: Person) -> None:
    first, second = pair
    things = fill(first, lin)
    give_role(first, wang, Role.EXPERT, by=lin)
    before = {community.pk: sorted(community.memberships.values_list("person_id", "role")) for community in pair}
    merge_or_split = merge_communities(first, second, by=lin)
    later = Need.objects.create(community=second, title="合并之后的", by=lin)
    undo_merge(merge_or_split, by=lin)
    assert set(where(things).values()) == {first.pk}
    assert things["article"].folder_id == things["below"].pk
    assert {
        community.pk: sorted(community.memberships.values_list("person_id", "role")) for community in pair
    } == before
    first.refresh_from_db()
    assert (first.phase, first.merged_into_id) == ("active", None)
    later.refresh_from_db()
    assert later.community_id == second.pk


def test_undoing_twice_is_harmless_and_after_a_day_refused(pair: tuple[Community, Community], lin: Person) -> None:
    first, second = pair
    merge_or_split = merge_communities(first, second, by=lin)
    undo_merge(merge_or_split, by=lin)
    merge_or_split.refresh_from_db()
    undo_merge(merge_or_split, by=lin)
    again = merge_communities(fresh_community(first), fresh_community(second), by=lin)
    MergeOrSplit.objects.filter(pk=again.pk).update(at=timezone.now() - dt.timedelta(hours=25))
    again.refresh_from_db()
    with pytest.raises(Refused):
        undo_merge(again, by=lin)
    first.refresh_from_db()
    assert first.merged_into_id == second.pk


def test_undoing_one_merge_leaves_the_others_as_they_are(
    pair: tuple[Community, Community], community: Community, lin: Person
) -> None:
    first, second = pair
    other = merge_communities(first, second, by=lin)
    undone = merge_communities(community, fresh_community(second), by=lin)
    undo_merge(undone, by=lin)
    assert list(MergeOrSplit.objects.filter(undone_at=None)) == [other]
    assert (fresh_community(first).merged_into_id, fresh_community(community).merged_into_id) == (second.pk, None)


def fresh_community(community: Community) -> Community:
    return Community.objects.get(pk=community.pk)


def test_somebody_who_left_after_the_merge_does_not_come_back(
    pair: tuple[Community, Community], lin: Person, wang: Person
) -> None:
    first, second = pair
    merge_or_split = merge_communities(first, second, by=lin)
    Person.objects.filter(pk=wang.pk).update(is_active=False)
    undo_merge(merge_or_split, by=lin)
    assert not first.memberships.filter(person=wang).exists()


def test_shared_files_of_the_same_name_are_both_kept(pair: tuple[Community, Community], lin: Person) -> None:
    first, second = pair
    for community, text in ((first, b"first"), (second, b"second")):
        made_of = upload(SimpleUploadedFile("清单.txt", text), name="清单.txt", by=lin, community=community)
        share_file(community, made_of, by=lin)
    merge_or_split = merge_communities(first, second, by=lin)
    names = set(SharedFile.objects.filter(community=second).values_list("name", flat=True))
    assert names == {"清单.txt", "冷库组 · 清单.txt"}
    undo_merge(merge_or_split, by=lin)
    assert SharedFile.objects.get(community=first).name == "清单.txt"


def test_a_split_takes_chosen_people_and_what_follows_a_topic(
    community: Community, lin: Person, wang: Person, xu: Person
) -> None:
    things = fill(community, lin)
    merge_or_split = split_community(
        community, name="除霜组", people=[wang], things={"topics": {things["topic"].pk}}, by=lin
    )
    new = merge_or_split.target
    went = {name for name, place in where(things).items() if place == new.pk}
    assert went == {"topic", "need", "gathering"}
    assert dict(new.memberships.values_list("person__handle", "role")) == {"lin": "manager", "wang": "member"}
    assert community.memberships.filter(person=wang).exists()
    assert new.rulebooks.get().text == community.rulebooks.first().text  # type: ignore[union-attr]
    assert (new.kind, new.member_count) == (community.kind, 2)


def test_a_split_takes_folders_with_all_below(community: Community, lin: Person, wang: Person) -> None:
    things = fill(community, lin)
    merge_or_split = split_community(
        community, name="除霜组", people=[wang], things={"folders": {things["folder"].pk}}, by=lin
    )
    went = {name for name, place in where(things).items() if place == merge_or_split.target_id}
    assert went == {"folder", "below", "article"}
    assert things["article"].folder_id == things["below"].pk


def test_those_who_go_can_leave_the_old_community(community: Community, lin: Person, wang: Person) -> None:
    split_community(community, name="除霜组", people=[wang, lin], things={}, stay=False, by=lin)
    left = set(community.memberships.values_list("person__handle", flat=True))
    assert left == {"lin", "xu", "zhao"}


def test_a_split_of_strangers_or_under_a_taken_name_is_refused(
    community: Community, lin: Person, sun: Person, wang: Person
) -> None:
    before = Community.objects.count()
    with pytest.raises(Refused):
        split_community(community, name="除霜组", people=[sun], things={}, by=lin)
    with pytest.raises(Refused):
        split_community(community, name=community.name, people=[wang], things={}, by=lin)
    assert (Community.objects.count(), Membership.objects.filter(person=sun).count()) == (before, 0)


def test_things_of_another_community_do_not_go_along(
    community: Community, closed_community: Community, lin: Person, wang: Person
) -> None:
    things = fill(closed_community, lin)
    wanted = {"topics": {things["topic"].pk}, "folders": {things["folder"].pk}}
    split_community(community, name="除霜组", people=[wang], things=wanted, by=lin)
    assert set(where(things).values()) == {closed_community.pk}


def test_undoing_a_split_brings_back_what_came_since(
    community: Community, lin: Person, wang: Person, sun: Person
) -> None:
    things = fill(community, lin)
    merge_or_split = split_community(
        community, name="除霜组", people=[wang], things={"topics": {things["topic"].pk}}, stay=False, by=lin
    )
    later = Need.objects.create(community=merge_or_split.target, title="分出来之后的", by=wang)
    Membership.objects.create(community=merge_or_split.target, person=sun)
    undo_split(merge_or_split, by=lin)
    later.refresh_from_db()
    assert set(where(things).values()) == {community.pk}
    assert later.community_id == community.pk
    assert set(community.memberships.values_list("person__handle", flat=True)) == {"lin", "wang", "xu", "zhao", "sun"}
    merge_or_split.target.refresh_from_db()
    assert (merge_or_split.target.phase, merge_or_split.target.merged_into_id) == ("archived", community.pk)


def test_merged_things_are_found_in_their_new_place(
    pair: tuple[Community, Community], lin: Person, catch_up: Any, browse: Any, sun: Person
) -> None:
    first, second = pair
    Community.objects.filter(pk=first.pk).update(visibility="private")
    Community.objects.filter(pk=second.pk).update(visibility="private")
    first.refresh_from_db()
    fill(first, lin)
    from zhiliu.search.indexing import build_index

    build_index()
    catch_up()
    assert not found_by(browse(sun))
    merge_communities(first, fresh_community(second), by=lin)
    catch_up()
    assert found_by(browse(sun))


def found_by(client: Any) -> bool:
    """Whether the need of :func:`fill` is among the results."""
    need = Need.objects.get(title="除霜太慢")
    return need.get_absolute_url() in client.get("/search/", {"q": "除霜太慢"}).content.decode()


def test_keepers_of_a_large_community_are_told_once(community: Community, lin: Person, catch_up: Any) -> None:
    Community.objects.filter(pk=community.pk).update(member_count=USEFUL_SIZE + 1)
    assert (tell_outgrown(), tell_outgrown()) == (1, 0)
    catch_up()
    assert lin.notifications.filter(notice="communities.outgrown").count() == 1  # type: ignore[attr-defined]


def test_a_silent_community_is_noticed_and_one_with_life_is_not(
    community: Community, closed_community: Community, lin: Person
) -> None:
    from zhiliu.activity.models import Activity

    long_ago = timezone.now() - dt.timedelta(days=90)
    Community.objects.update(started_at=long_ago)
    Activity.objects.filter(community_id=closed_community.pk).update(at=long_ago)
    assert (tell_asleep(), tell_asleep()) == (1, 0)
    assert Community.objects.get(sleep_told_at__isnull=False) == closed_community


def test_the_pages_lead_through_a_merge(pair: tuple[Community, Community], lin: Person, browse: Any) -> None:
    first, second = pair
    client = browse(lin)
    page = client.get(f"/communities/{first.slug}/merge/", {"target": second.slug})
    assert "3" in page.content.decode()
    assert not MergeOrSplit.objects.exists()
    answer = client.post(f"/communities/{first.slug}/merge/", {"target": second.slug})
    assert answer.url == f"/communities/{second.slug}/life/"
    merge_or_split = MergeOrSplit.objects.get()
    assert client.get(answer.url).status_code == 200
    client.post(f"/communities/{second.slug}/life/{merge_or_split.pk}/undoing/")
    first.refresh_from_db()
    assert first.merged_into_id is None


def test_the_pages_lead_through_a_split(community: Community, lin: Person, wang: Person, browse: Any) -> None:
    service = Department.objects.create(name="售后")
    Person.objects.filter(pk=wang.pk).update(department=service)
    client = browse(lin)
    sent = {"name": "除霜组", "departments": [service.pk], "stay": "on"}
    look = client.post(f"/communities/{community.slug}/split/", {**sent, "look": "1"})
    assert wang.name in look.content.decode()
    assert not MergeOrSplit.objects.exists()
    answer = client.post(f"/communities/{community.slug}/split/", sent)
    made = MergeOrSplit.objects.get().target
    assert answer.url == made.get_absolute_url()
    assert set(made.memberships.values_list("person__handle", flat=True)) == {"lin", "wang"}


def test_outsiders_get_404_and_members_403(closed_community: Community, wang: Person, sun: Person, browse: Any) -> None:
    for name in ("life", "merge", "split"):
        path = f"/communities/{closed_community.slug}/{name}/"
        assert (browse(sun).get(path).status_code, browse(wang).get(path).status_code) == (404, 403)


def test_a_merge_of_another_community_cannot_be_undone_from_here(
    pair: tuple[Community, Community], community: Community, lin: Person, browse: Any
) -> None:
    merge_or_split = merge_communities(*pair, by=lin)
    assert browse(lin).post(f"/communities/{community.slug}/life/{merge_or_split.pk}/undoing/").status_code == 404


def test_announcements_and_libraries_move_too(pair: tuple[Community, Community], lin: Person) -> None:
    first, second = pair
    fill(first, lin)
    merge_or_split = merge_communities(first, second, by=lin)
    assert not Announcement.objects.filter(community=first).exists()
    assert Library.objects.filter(community=first).exists()
    undo_merge(merge_or_split, by=lin)
    assert Announcement.objects.filter(community=first, title="通知").exists()


def test_what_another_process_told_first_is_not_counted(
    community: Community,
) -> None:
    rows = Community.objects.filter(pk=community.pk)
    rows.update(size_told_at=timezone.now())
    assert dormancy._tell(rows, "size_told_at", CommunityOutgrown) == 0
