"""The list of members is searched, ordered and taken along, and many roles change with one save."""

from __future__ import annotations

import io
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from tests.cast import fresh
from zhiliu.audit.models import Entry
from zhiliu.communities.joining import change_roles
from zhiliu.communities.models import Community, Membership
from zhiliu.communities.role_permissions import Role
from zhiliu.directory.models import Person
from zhiliu.kit.errors import Forbidden, Refused


@pytest.fixture(autouse=True)
def _pages_in_english(settings: Any) -> None:
    settings.LANGUAGE_CODE = "en"


def role_of(community: Community, person: Person) -> str | None:
    return Membership.objects.filter(community=community, person=person).values_list("role", flat=True).first()


def key(community: Community, person: Person) -> int:
    return Membership.objects.get(community=community, person=person).pk


def form(community: Community, **wished: tuple[Person, str]) -> dict[str, str]:
    """What the page sends: for each member the role it showed and the one that is chosen."""
    data = {}
    for person, role in wished.values():
        row = Membership.objects.get(community=community, person=person)
        data |= {f"was-{row.pk}": row.role, f"role-{row.pk}": role}
    return data


def test_many_roles_change_with_one_save(
    community: Community, lin: Person, wang: Person, xu: Person, browse: Any
) -> None:
    data = form(community, a=(wang, Role.EXPERT), b=(xu, Role.MEMBER), c=(lin, Role.MANAGER))
    answer = browse(lin).post(f"/communities/{community.slug}/members/roles/", data, follow=True)
    assert "1 member changed" in answer.content.decode()
    assert [role_of(community, person) for person in (lin, wang, xu)] == [Role.MANAGER, Role.EXPERT, Role.MEMBER]


def test_an_empty_role_removes_and_nonsense_changes_nothing(
    community: Community, lin: Person, wang: Person, xu: Person, browse: Any
) -> None:
    data = form(community, a=(wang, ""), b=(xu, "emperor")) | {"role-x": "expert", "role-": "expert"}
    browse(lin).post(f"/communities/{community.slug}/members/roles/", data)
    assert role_of(community, wang) is None
    assert role_of(community, xu) == Role.MEMBER


def test_the_only_manager_hands_over_in_one_step(community: Community, lin: Person, wang: Person) -> None:
    change_roles(community, {lin: Role.MEMBER, wang: Role.MANAGER}, by=lin)
    assert (role_of(community, lin), role_of(community, wang)) == (Role.MEMBER, Role.MANAGER)


def test_where_one_is_refused_nothing_changes(community: Community, lin: Person, wang: Person, zhao: Person) -> None:
    Person.objects.filter(pk=zhao.pk).update(kind=Person.Kind.GUEST)
    with pytest.raises(Refused, match="Guests can’t have a role"):
        change_roles(community, {wang: Role.EXPERT, fresh(zhao): Role.EXPERT}, by=lin)
    assert role_of(community, wang) == Role.MEMBER


def test_members_change_no_roles(community: Community, wang: Person, xu: Person) -> None:
    with pytest.raises(Forbidden):
        change_roles(community, {xu: Role.EXPERT}, by=wang)
    with pytest.raises(Forbidden):
        change_roles(community, {xu: ""}, by=wang)
    assert role_of(community, xu) == Role.MEMBER


def test_a_member_of_another_community_is_not_touched(
    community: Community, closed_community: Community, lin: Person, wang: Person, browse: Any
) -> None:
    data = form(closed_community, a=(wang, Role.EXPERT))
    browse(lin).post(f"/communities/{community.slug}/members/roles/", data)
    assert role_of(closed_community, wang) == Role.MEMBER


def shown(page: str) -> list[str]:
    """The handles of the members, in the order of the list."""
    rows = page.split('id="rows"')[1].split("</ul>")[0]
    return [part.split("/")[0] for part in rows.split('class="title" href="/people/')[1:]]


def test_the_list_is_filtered_by_role_and_ordered(
    community: Community, lin: Person, wang: Person, xu: Person, browse: Any
) -> None:
    change_roles(community, {wang: Role.EXPERT}, by=lin)
    path = f"/communities/{community.slug}/members/"
    assert shown(browse(lin).get(path, {"role": "expert"}).content.decode()) == [wang.handle]
    newest, first, named = (
        shown(browse(lin).get(path, {"sort": sort}).content.decode()) for sort in ("nonsense", "first", "name")
    )
    assert first == newest[::-1] and first[0] == lin.handle
    assert set(named) == set(first)


def test_the_file_holds_what_the_list_shows_and_the_audit_knows_of_it(
    community: Community, lin: Person, wang: Person, browse: Any
) -> None:
    Person.objects.filter(pk=wang.pk).update(name="=1+1", employee_number="0042")
    change_roles(community, {fresh(wang): Role.EXPERT}, by=lin)
    answer = browse(lin).get(f"/communities/{community.slug}/members/export/", {"role": "expert"})
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(answer.getvalue())).get_sheet_by_index(0).to_python()
    assert [(row[0], row[5], row[6]) for row in sheet[1:]] == [("=1+1", "0042", wang.email)]
    entry = Entry.objects.get(verb="directory.list_exported")
    assert (entry.by_id, entry.subject) == (lin.pk, f"Members of {community.name}")


def test_a_member_takes_no_list_along(community: Community, wang: Person, browse: Any) -> None:
    assert browse(wang).get(f"/communities/{community.slug}/members/export/").status_code == 403
    assert "export/" not in browse(wang).get(f"/communities/{community.slug}/members/").content.decode()
    assert not Entry.objects.filter(verb="directory.list_exported").exists()


def test_roles_that_export_get_the_file_and_see_its_link(
    community: Community, wang: Person, xu: Person, browse: Any
) -> None:
    path = f"/communities/{community.slug}/members/"
    for role, gets_it in ((Role.SPONSOR, True), (Role.ADVISER, True), (Role.EXPERT, False), (Role.MEMBER, False)):
        Membership.objects.filter(person=wang).update(role=role)
        client = browse(fresh(wang))
        assert client.get(f"{path}export/").status_code == (200 if gets_it else 403)
        assert (f"{path}export/" in client.get(path).content.decode()) is gets_it
        # Addresses are for those who admit people.
        assert not gets_it or "@example.com" not in client.get(f"{path}export/", {"as": "csv"}).getvalue().decode()
