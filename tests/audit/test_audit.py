"""Administrative acts are kept: who, what, when, from where, before and after; and nobody changes that."""

from __future__ import annotations

import csv
import datetime as dt
import io
import threading
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.db.utils import DatabaseError
from django.test import Client
from django.utils import timezone

from tests.cast import fresh
from zhiliu.audit.hash_chain import broken_at, seal
from zhiliu.audit.models import Entry
from zhiliu.audit.queries import acts, entries, entry_words
from zhiliu.communities.joining import give_role, join, leave, remove_member
from zhiliu.communities.models import Community
from zhiliu.communities.starting import change_settings
from zhiliu.directory.accounts import deactivate
from zhiliu.directory.managing.departments import add_department, change_department, remove_department
from zhiliu.directory.managing.people import change_person
from zhiliu.directory.models import Department, Person, Position, ProfileField, Room
from zhiliu.kit.contracts.audit import UNTOLD, current_client_info, field_words, started_as
from zhiliu.kit.errors import Forbidden

pytestmark = pytest.mark.django_db


def last(verb: str) -> Entry:
    return Entry.objects.filter(verb=verb).order_by("-pk")[0]


def test_a_changed_person_is_kept_with_what_differs_before_and_after(admin: Person, wang: Person) -> None:
    position = Position.objects.create(name="高级工程师", level=6)
    wang = fresh(wang)
    change_person(wang, version=wang.version, by=admin, name="王一凡", position=position)
    entry = last("directory.people_changed")
    assert (entry.by_id, entry.subject, entry.model) == (admin.pk, "王一凡", "directory.person")
    assert (entry.before["name"], entry.before["position"]) == ("王一帆", None)
    assert (entry.after["name"], entry.after["position"]) == ("王一凡", "高级工程师")
    assert "password" not in str(entry.before) + str(entry.after)


def test_a_department_is_kept_from_its_beginning_to_its_end(admin: Person, lin: Person) -> None:
    east = add_department(name="华东区", by=admin)
    change_department(east, name="华东大区", parent=None, head=lin, by=admin)
    remove_department(east, by=admin)
    kept = list(Entry.objects.filter(verb="directory.department_changed").order_by("pk"))
    assert [entry.ids["act"] for entry in kept] == ["added", "changed", "removed"]
    assert kept[0].before == {} and kept[0].after["name"] == "华东区"
    assert (kept[1].before, kept[1].after) == (
        {"name": "华东区", "head": None},
        {"name": "华东大区", "head": lin.name},
    )
    assert kept[2].after == {} and kept[2].before["name"] == "华东大区"


def test_a_refused_act_leaves_no_entry(wang: Person) -> None:
    before = Entry.objects.count()
    with pytest.raises(Forbidden):
        add_department(name="华东区", by=wang)
    assert Entry.objects.count() == before
    assert not Department.objects.filter(name="华东区").exists()


def test_an_act_that_is_rolled_back_leaves_no_entry(admin: Person) -> None:
    before = Entry.objects.count()
    with pytest.raises(RuntimeError), transaction.atomic():
        add_department(name="华东区", by=admin)
        raise RuntimeError
    assert Entry.objects.count() == before


def test_what_people_do_to_themselves_is_not_administrative(community: Community, sun: Person) -> None:
    before = Entry.objects.count()
    join(community, by=sun, accepts=community.rulebooks.first())
    leave(community, by=fresh(sun))
    assert Entry.objects.count() == before


def test_roles_settings_and_removals_in_communities_are_kept(community: Community, lin: Person, wang: Person) -> None:
    give_role(community, wang, "expert", by=lin)
    assert last("communities.role_given").before == {"role": "member"}
    assert last("communities.role_given").after == {"role": "expert"}
    change_settings(community, by=lin, visibility="private")
    assert last("communities.community_changed").before == {"visibility": "open"}
    remove_member(community, wang, by=lin)
    entry = last("communities.member_left")
    assert (entry.subject, entry.community_id) == (wang.name, community.pk)


def test_from_where_an_act_came_is_kept(admin: Person, browse: Any) -> None:
    browse(admin).post(
        "/administration/departments/new/",
        {"name": "华东区"},
        REMOTE_ADDR="10.1.2.3",
        HTTP_USER_AGENT="Firefox/140",
    )
    entry = last("directory.department_changed")
    assert (entry.door, entry.address, entry.agent) == ("page", "10.1.2.3", "Firefox/140")


def test_behind_our_proxy_only_what_the_proxy_itself_wrote_counts(
    admin: Person, browse: Any, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings.DECLARED, "behind_proxy", True)
    sent = {"HTTP_X_FORWARDED_FOR": "1.1.1.1, 10.9.9.9", "REMOTE_ADDR": "127.0.0.1"}
    browse(admin).post("/administration/departments/new/", {"name": "华东区"}, **sent)
    assert last("directory.department_changed").address == "10.9.9.9"


def test_without_a_proxy_nobody_can_choose_their_address(admin: Person, browse: Any) -> None:
    sent = {"HTTP_X_FORWARDED_FOR": "1.1.1.1", "REMOTE_ADDR": "10.1.2.3"}
    browse(admin).post("/administration/departments/new/", {"name": "华东区"}, **sent)
    assert last("directory.department_changed").address == "10.1.2.3"


def test_an_entry_can_neither_be_changed_nor_deleted(admin: Person) -> None:
    add_department(name="华东区", by=admin)
    seal()
    with pytest.raises(TypeError):
        Entry.objects.update(subject="x")
    with pytest.raises(TypeError):
        Entry.objects.all().delete()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE audit_entry SET subject = 'x'")
    assert last("directory.department_changed").subject == "华东区"


def test_the_database_refuses_to_delete_an_entry(admin: Person) -> None:
    from importlib import import_module

    add_department(name="华东区", by=admin)
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            # Taken away for tests, which empty all tables between them.
            cursor.execute(import_module("zhiliu.audit.migrations.0001_initial").SQLITE[1])
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            cursor.execute("DELETE FROM audit_entry")
        if connection.vendor == "sqlite":
            cursor.execute("DROP TRIGGER audit_keeps_entries")
    assert Entry.objects.filter(verb="directory.department_changed").exists()


def test_the_chain_of_seals_is_whole_and_shows_a_change_behind_its_back(admin: Person) -> None:
    for name in ("华东区", "华南区", "华北区"):
        add_department(name=name, by=admin)
    while seal():
        pass
    assert broken_at() is None
    victim = Entry.objects.get(subject="华南区")
    with connection.cursor() as cursor:
        cursor.execute(
            "DROP TRIGGER audit_keeps_words"
            if connection.vendor == "sqlite"
            else "ALTER TABLE audit_entry DISABLE TRIGGER audit_keeps_words"
        )
        cursor.execute("UPDATE audit_entry SET subject = %s WHERE id = %s", ["华西区", victim.pk])
    assert broken_at() == victim.place
    assert not seal()


def test_sealing_goes_on_where_it_stopped(admin: Person) -> None:
    add_department(name="华东区", by=admin)
    seal()
    add_department(name="华南区", by=admin)
    seal()
    places = list(Entry.objects.order_by("place").values_list("place", flat=True))
    assert places == list(range(1, len(places) + 1))
    assert broken_at() is None


def test_only_administrators_see_the_audit(admin: Person, lin: Person, browse: Any) -> None:
    assert browse(lin).get("/administration/audit/").status_code == 403
    assert browse(lin).post("/administration/audit/export/").status_code == 403
    assert browse(admin).get("/administration/audit/").status_code == 200


def test_it_is_searched_by_text_person_act_and_day(admin: Person, lin: Person, wang: Person) -> None:
    add_department(name="华东区", by=admin)
    deactivate(wang, by=admin)
    assert [entry.verb for entry in entries(text="华东")] == ["directory.department_changed"]
    assert {entry.verb for entry in entries(who="zhouhang")} == {
        "directory.department_changed",
        "directory.person_left",
    }
    assert [entry.subject for entry in entries(verb="directory.person_left")] == [wang.name]
    day = timezone.localdate(last("directory.person_left").at)
    before, after = day - dt.timedelta(days=1), day + dt.timedelta(days=1)
    left = "directory.person_left"
    assert [entries(verb=left, since=item, until=item).count() for item in (before, day, after)] == [0, 1, 0]


def test_the_page_shows_before_and_after_in_words(
    admin: Person, community: Community, lin: Person, browse: Any
) -> None:
    change_settings(community, by=lin, visibility="private")
    page = browse(admin).get("/administration/audit/", {"verb": "communities.community_changed"}).content.decode()
    assert "社区设置变更" in page and "全体同事可看" in page and "仅成员" in page and lin.name in page


def test_forged_filters_show_everything_instead_of_an_error(admin: Person, browse: Any) -> None:
    add_department(name="华东区", by=admin)
    answer = browse(admin).get("/administration/audit/", {"verb": "x", "since": "nonsense", "who": "\x00"})
    assert answer.status_code == 200


def test_the_export_holds_every_entry_and_is_an_entry_itself(admin: Person, browse: Any) -> None:
    add_department(name="=华东区", by=admin)
    answer = browse(admin).post("/administration/audit/export/?verb=directory.department_changed")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert [row[3] for row in rows[1:]] == ["'=华东区"] * (len(rows) - 1)
    assert last("audit.audit_exported").after == {"entries": 1}


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_asks_a_fixed_number_of_questions(
    admin: Person, browse: Any, count: int, django_assert_num_queries: Any
) -> None:
    for number in range(count):
        add_department(name=f"{number} 区", by=admin)
    client: Client = browse(admin)
    client.get("/administration/audit/?verb=directory.department_changed")
    with django_assert_num_queries(8):
        client.get("/administration/audit/?verb=directory.department_changed")


def test_every_act_and_every_field_has_words() -> None:
    assert len(acts()) > 20
    audited: list[Any] = [Person, Department, Position, Room, ProfileField, Community]
    audited += [apps.get_model("directory", name) for name in ("Location", "WorkHours", "SpecialDay")]
    names = {field.name for model in audited for field in model._meta.concrete_fields} - UNTOLD
    assert names <= set(field_words)


def test_an_entry_about_somebody_who_is_gone_still_tells(admin: Person) -> None:
    entry = Entry.objects.create(verb="gone.away", by_id=99_999_999, door="job", before={"x": [1]}, after={})
    shown_entry = entry_words([entry])[0]
    assert (shown_entry.what, shown_entry.who, shown_entry.lines) == ("gone.away", None, [("x", "1", "")])


def test_outside_requests_an_act_comes_from_what_the_process_was_started_as() -> None:
    seen: list[str] = []
    started_as("job")
    try:
        thread = threading.Thread(target=lambda: seen.append(current_client_info().door))
        thread.start()
        thread.join()
    finally:
        started_as("system")
    assert (seen, current_client_info().door) == (["job"], "system")
