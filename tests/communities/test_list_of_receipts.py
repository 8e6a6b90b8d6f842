"""Who has read an announcement, and who has not, is a file for those who may remind them."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from zhiliu.audit.models import Entry
from zhiliu.communities.announcing import announce_to, mark_announcement_read
from zhiliu.communities.joining import give_role, remove_member
from zhiliu.communities.models import Announcement, Community
from zhiliu.communities.role_permissions import Role
from zhiliu.directory.models import Department, Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def announcement(community: Community, lin: Person, wang: Person) -> Announcement:
    """Wang has read it; Lin, Xu and Zhao have not."""
    Person.objects.filter(pk=wang.pk).update(department=Department.objects.create(name="售后部"))
    made = announce_to(community, title="周三停机", body="三号机", by=lin)
    mark_announcement_read(made, by=wang)
    return made


def path_of(announcement: Announcement) -> str:
    return f"{announcement.get_absolute_url()}receipts/export/"


def test_the_file_says_who_has_read_it_when_and_who_has_not(
    announcement: Announcement, community: Community, lin: Person, xu: Person, sun: Person, browse: Any
) -> None:
    mark_announcement_read(announcement, by=sun)
    remove_member(community, xu, by=lin)
    client = browse(lin)
    answer = client.get(f"{path_of(announcement)}?as=csv")
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert lines[0] == "姓名,工号,部门,角色,阅读时间,是否已读"
    name, _number, department, _role, at, read = lines[1].split(",")
    assert (name, department, at[:10], read) == ("王一帆", "售后部", timezone.localdate().isoformat(), "已读")
    assert [line.split(",")[0] for line in lines[2:]] == ["林晓岚", "赵敏"]
    assert all(line.endswith(",,未读") for line in lines[2:])
    entry = Entry.objects.get(verb="directory.list_exported")
    assert (entry.subject, entry.by_id, entry.community_id) == ("公告“周三停机”的阅读情况", lin.pk, community.pk)


def test_the_page_offers_the_file_to_those_who_may_remind(
    announcement: Announcement, community: Community, lin: Person, wang: Person, xu: Person, browse: Any
) -> None:
    path = path_of(announcement)
    assert path in browse(lin).get(announcement.get_absolute_url()).content.decode()
    give_role(community, xu, Role.ADVISER, by=lin)
    disposition = browse(xu).get(path).headers["Content-Disposition"]
    assert disposition == f'attachment; filename="receipts-{announcement.pk}.xlsx"'
    assert path not in browse(wang).get(announcement.get_absolute_url()).content.decode()
    assert browse(wang).get(path).status_code == 403
    assert Entry.objects.filter(verb="directory.list_exported").count() == 1


def test_an_administrator_who_is_no_member_sees_the_receipts_too(
    announcement: Announcement, admin: Person, browse: Any
) -> None:
    client = browse(admin)
    assert path_of(announcement) in client.get(announcement.get_absolute_url()).content.decode()
    assert client.get(path_of(announcement)).status_code == 200
