"""Files a community shares: versions, folders, taking away and bringing back."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.cast import make_community
from zhiliu.activity.models import Activity
from zhiliu.communities.models import Community, Membership
from zhiliu.directory.models import Person
from zhiliu.files.facts import FileShared
from zhiliu.files.models import FileVersion, SharedFile, Upload
from zhiliu.files.notification_types import FileIsThere
from zhiliu.files.object_types import SharedFileKind, SharedFileType
from zhiliu.files.sharing import describe_file, remove_file, restore_file, share_file
from zhiliu.files.storing import upload
from zhiliu.kit.errors import Forbidden, Refused

pytestmark = pytest.mark.django_db


def put(community: Community, by: Person, name: str = "报价模板.xlsx", text: bytes = b"one", **more: Any) -> SharedFile:
    """Upload and share."""
    return share_file(community, upload(io.BytesIO(text), name=name, by=by, community=community), by=by, **more)


def test_the_same_name_again_is_the_next_version(community: Community, lin: Person, wang: Person) -> None:
    shared = put(community, wang, note="对外报价用")
    again = put(community, lin, text=b"two")
    assert again.pk == shared.pk and again.number == 2 and again.note == "对外报价用" and again.by == lin
    assert [version.number for version in again.versions.all()] == [2, 1]
    other = put(community, lin, text=b"two", folder="华东")
    assert other.pk != shared.pk and SharedFile.objects.count() == 2


def test_the_same_content_again_changes_nothing(community: Community, wang: Person) -> None:
    shared = put(community, wang)
    facts = Activity.objects.count()
    assert put(community, wang).pk == shared.pk
    assert FileVersion.objects.count() == 1 and Activity.objects.count() == facts


def test_who_is_no_member_or_has_no_such_feature_is_refused(community: Community, lin: Person, sun: Person) -> None:
    with pytest.raises(Forbidden):
        put(community, sun)
    Community.objects.filter(pk=community.pk).update(features=["needs"])
    community.refresh_from_db()
    with pytest.raises(Forbidden):
        put(community, lin)
    assert not SharedFile.objects.exists()


def test_who_put_it_here_and_moderators_tend_it(community: Community, lin: Person, wang: Person, xu: Person) -> None:
    shared = put(community, wang)
    with pytest.raises(Forbidden):
        describe_file(shared, name="我的.xlsx", folder="", note="", version=1, by=xu)
    with pytest.raises(Forbidden):
        remove_file(shared, by=xu)
    describe_file(shared, name="报价.xlsx", folder="模板", note="", version=1, by=wang)
    with pytest.raises(Refused):
        describe_file(shared, name="旧的.xlsx", folder="", note="", version=1, by=lin)
    shared.refresh_from_db()
    assert (shared.name, shared.folder, shared.removed_at) == ("报价.xlsx", "模板", None)


def test_a_removed_file_is_found_nowhere_and_comes_back(community: Community, lin: Person, wang: Person) -> None:
    shared = put(community, wang)
    for _ in range(2):
        remove_file(shared, by=lin)
    assert SharedFileKind().visible(wang, [shared.pk]) == set()
    assert list(SharedFileType().documents([shared.pk])) == []
    for _ in range(2):
        restore_file(shared, by=lin)
    assert SharedFileKind().visible(wang, [shared.pk]) == {shared.pk}
    assert [document.title for document in SharedFileType().documents([shared.pk])] == ["报价模板.xlsx"]


def test_a_name_taken_meanwhile_is_not_overwritten(community: Community, wang: Person) -> None:
    old = put(community, wang)
    remove_file(old, by=wang)
    new = put(community, wang, text=b"two")
    assert new.pk != old.pk
    with pytest.raises(Refused):
        restore_file(old, by=wang)
    other = put(community, wang, name="别的.xlsx")
    with pytest.raises(Refused):
        describe_file(other, name="报价模板.xlsx", folder="", note="", version=1, by=wang)
    assert sorted(SharedFile.objects.there().values_list("name", flat=True)) == sorted(["报价模板.xlsx", "别的.xlsx"])


def test_files_of_a_closed_community_are_out_of_reach(lin: Person, wang: Person, sun: Person) -> None:
    closed = make_community(lin, wang, name="闭门", visibility="private")
    shared = put(closed, wang)
    client = Client()
    client.force_login(sun)
    base = f"/communities/{closed.slug}/files/"
    for address in (base, f"{base}{shared.pk}/", f"{base}{shared.pk}/edit/", shared.upload.get_absolute_url()):
        assert client.get(address).status_code == 404
    assert client.post(f"{base}{shared.pk}/removal/").status_code == 404
    assert SharedFileKind().visible(sun, [shared.pk]) == set()
    shared.refresh_from_db()
    assert shared.removed_at is None


@pytest.mark.parametrize(("content", "says"), [(b"#!AMR\n", True), (b"a,b\n", False)])
def test_sound_no_browser_plays_is_said_to_be_so(
    community: Community, wang: Person, browse: Any, content: bytes, says: bool
) -> None:
    shared = put(community, wang, name="语音.amr", text=content)
    page = browse(wang).get(f"/communities/{community.slug}/files/{shared.pk}/").content.decode()
    assert ("浏览器播放不了这种格式" in page) is says


def test_a_file_of_another_community_is_not_reached_through_mine(
    community: Community, lin: Person, wang: Person
) -> None:
    other = make_community(lin, wang, name="另一个")
    shared = put(other, wang)
    client = Client()
    client.force_login(wang)
    assert client.get(f"/communities/{community.slug}/files/{shared.pk}/").status_code == 404


def test_only_those_who_want_everything_are_told(community: Community, wang: Person, xu: Person) -> None:
    Membership.objects.filter(person=xu).update(involvement=Membership.Involvement.EVERYTHING)
    shared = put(community, wang)
    fact = FileShared(shared_file_id=shared.pk, community_id=community.pk, by_id=wang.pk)
    assert list(FileIsThere().recipients(fact)) == [xu.pk]
    remove_file(shared, by=wang)
    assert not FileIsThere().still_wanted(fact)


def test_files_go_in_through_the_page_once(community: Community, wang: Person) -> None:
    client = Client()
    client.force_login(wang)
    base = f"/communities/{community.slug}/files/"
    assert client.get(base).status_code == 200

    def send() -> Any:
        contents = [SimpleUploadedFile("一.txt", b"1"), SimpleUploadedFile("二.txt", b"2")]
        return client.post(f"{base}new/", {"file": contents, "folder": "表格", "note": "", "_once": "x"})

    assert send().status_code == 302
    assert send().status_code == 302
    assert list(SharedFile.objects.order_by("name").values_list("name", "folder")) == [
        ("一.txt", "表格"),
        ("二.txt", "表格"),
    ]
    assert Upload.objects.count() == 2
    empty = client.post(f"{base}new/", {"folder": "", "note": "", "_once": "y"})
    assert empty.status_code == 200 and "banner bad" in empty.content.decode()
    page = client.get(f"{base}?folder=表格&q=一").content.decode()
    assert "一.txt" in page and "二.txt" not in page
    shared_file = SharedFile.objects.get(name="一.txt")
    undo = client.post(f"{base}{shared_file.pk}/removal/", follow=True).content.decode()
    assert f"{base}{shared_file.pk}/removal/?back=1" in undo
    client.post(f"{base}{shared_file.pk}/removal/?back=1")
    assert SharedFile.objects.there().count() == 2


def test_the_list_asks_as_often_with_three_files_as_with_one(community: Community, wang: Person) -> None:
    client = Client()
    client.force_login(wang)

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(f"/communities/{community.slug}/files/").status_code == 200
        return len(asked)

    put(community, wang)
    queries()
    query = queries()
    for number in range(2):
        put(community, wang, name=f"{number}.txt", text=b"%d" % number)
    assert queries() == query
