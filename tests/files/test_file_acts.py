"""Files are stored, shown, shared and put away one at a time: by who may, within the limits, and told once."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.files.storage import default_storage

from tests.cast import fresh, make_community, make_person
from tests.files.test_files import keep, png
from zhiliu.activity.models import Activity
from zhiliu.communities.models import Community
from zhiliu.directory.models import Person
from zhiliu.files.linking import as_markdown
from zhiliu.files.models import File, FileVersion, SharedFile, Upload
from zhiliu.files.sharing import describe_file, remove_file, restore_file, share_file
from zhiliu.files.storing import stored_name, upload
from zhiliu.kit.errors import Forbidden, Refused
from zhiliu.kit.system.content_types import RAW, UNKNOWN, type_of

pytestmark = pytest.mark.django_db


def log(verb: str) -> list[int | None]:
    """Who did it, each time."""
    return list(Activity.objects.filter(verb=f"files.{verb}").order_by("pk").values_list("by_id", flat=True))


def put(community: Community, by: Person, name: str = "报价.xlsx", text: bytes = b"one", **more: Any) -> SharedFile:
    return share_file(community, upload(io.BytesIO(text), name=name, by=by, community=community), by=by, **more)


def rows() -> dict[int, tuple[str, str, str, bool]]:
    return {
        row.pk: (row.folder, row.name, row.note, row.removed_at is None) for row in SharedFile.objects.order_by("pk")
    }


# -- seen -------------------------------------------------------------------------------------------------------------


def test_an_upload_is_seen_by_its_owner_in_its_community_and_without_one_by_employees(
    community: Community, closed_community: Community, lin: Person, wang: Person, zhao: Person, sun: Person
) -> None:
    visitor = make_person("visitor", kind=Person.Kind.GUEST)
    uploads = {
        "nowhere": keep(b"1", "a.txt", lin),
        "open": keep(b"2", "a.txt", lin, community),
        "closed": keep(b"3", "a.txt", lin, closed_community),
        "guest's": keep(b"4", "a.txt", zhao, closed_community),
        "private": upload(io.BytesIO(b"5"), name="a.txt", by=lin, community=community, is_private=True),
    }
    seen = {
        person.handle: {
            name
            for name, item in uploads.items()
            if Upload.objects.visible_to(fresh(person)).filter(pk=item.pk).exists()
        }
        for person in (lin, wang, zhao, sun, visitor)
    }
    assert seen == {
        "lin": {"nowhere", "open", "closed", "guest's"},
        "wang": {"nowhere", "open", "closed", "guest's"},
        "zhao": {"open", "guest's"},
        "sun": {"nowhere", "open"},
        "visitor": set(),
    }


def test_shared_files_are_listed_where_their_community_is_seen(
    community: Community, closed_community: Community, lin: Person, sun: Person
) -> None:
    shown, hidden = put(community, lin), put(closed_community, lin)
    assert set(SharedFile.objects.visible_to(sun)) == {shown}
    assert set(SharedFile.objects.visible_to(fresh(lin))) == {shown, hidden}


def test_pictures_are_shown_in_texts_and_other_files_linked(lin: Person) -> None:
    picture, text = keep(png(), "图.png", lin), keep(b"x", "表[1].txt", lin)
    shown, linked = (item.get_absolute_url() for item in (picture, text))
    assert as_markdown([picture, text]) == f"![图.png]({shown})\n\n[表\\[1\\].txt]({linked})"


# -- shared -----------------------------------------------------------------------------------------------------------


def test_the_same_name_in_another_folder_community_or_after_removal_is_another_file(
    community: Community, lin: Person, wang: Person
) -> None:
    other = make_community(lin, wang, name="另一个")
    first = put(community, wang)
    files = [
        put(community, wang, text=b"2", folder="华东"),
        put(other, wang, text=b"3"),
        put(community, wang, text=b"4", name="别的.xlsx"),
    ]
    remove_file(first, by=wang)
    files.append(put(community, wang, text=b"5"))
    assert len({first.pk, *(item.pk for item in files)}) == 5
    assert (set(FileVersion.objects.values_list("number", flat=True)), log("file_shared")) == ({1}, [wang.pk] * 5)


def test_a_new_version_changes_one_file_and_is_told(community: Community, lin: Person, wang: Person) -> None:
    first, other = put(community, wang, note="对外"), put(community, wang, name="别的.xlsx")
    for _turn in range(3):
        put(community, lin, text=b"two")
    first.refresh_from_db()
    other.refresh_from_db()
    assert [(item.number, item.by, item.note) for item in (first, other)] == [(2, lin, "对外"), (1, wang, "")]
    assert log("file_shared") == [wang.pk, wang.pk, lin.pk]
    put(community, lin, text=b"three", note="改了")
    first.refresh_from_db()
    assert first.note == "改了"


def test_a_file_is_described_alone_keeps_its_own_name_and_takes_no_other(
    community: Community, lin: Person, wang: Person
) -> None:
    elsewhere = make_community(lin, wang, name="另一个")
    first, second, third = (
        put(community, wang),
        put(community, wang, name="旧.xlsx"),
        put(elsewhere, wang, name="新.xlsx"),
    )
    describe_file(first, name="报价.xlsx", folder="", note="对外", version=1, by=wang)
    for name, version, why in (("旧.xlsx", 2, "同名文件"), ("新名.xlsx", 1, "有人刚改过")):
        with pytest.raises(Refused, match=why):
            describe_file(first, name=name, folder="", note="", version=version, by=wang)
    assert rows() == {
        first.pk: ("", "报价.xlsx", "对外", True),
        second.pk: ("", "旧.xlsx", "", True),
        third.pk: ("", "新.xlsx", "", True),
    }
    # The same name in another folder or another community is free.
    describe_file(first, name="旧.xlsx", folder="模板", note="", version=2, by=wang)
    describe_file(second, name="新.xlsx", folder="", note="", version=1, by=wang)
    assert log("file_described") == [wang.pk] * 3


def test_a_file_is_removed_and_restored_alone_and_told_once_each(
    community: Community, lin: Person, wang: Person
) -> None:
    first, second = put(community, wang), put(community, wang, name="旧.xlsx")
    for _turn in range(3):
        remove_file(first, by=wang)
    removed = SharedFile.objects.get(pk=first.pk).removed_at
    remove_file(first, by=lin)
    assert SharedFile.objects.get(pk=first.pk).removed_at == removed
    assert (list(SharedFile.objects.there()), log("file_removed")) == ([second], [wang.pk])
    remove_file(second, by=wang)
    for _turn in range(3):
        restore_file(first, by=wang)
    assert (list(SharedFile.objects.there()), log("file_removed")) == ([first], [wang.pk] * 3)
    backs = [row.data.get("back", False) for row in Activity.objects.filter(verb="files.file_removed").order_by("pk")]
    assert backs == [False, False, True]


def test_who_does_not_tend_a_file_changes_nothing_of_it(community: Community, wang: Person, xu: Person) -> None:
    shared, gone = put(community, wang), put(community, wang, name="旧.xlsx")
    remove_file(gone, by=wang)
    before = rows()
    for act in (
        lambda: describe_file(shared, name="我的.xlsx", folder="", note="", version=1, by=xu),
        lambda: remove_file(shared, by=xu),
        lambda: restore_file(gone, by=xu),
    ):
        with pytest.raises(Forbidden):
            act()
    assert (rows(), log("file_described"), log("file_removed")) == (before, [], [wang.pk])


# -- stored -----------------------------------------------------------------------------------------------------------


def test_a_file_may_be_as_large_as_is_allowed(lin: Person, settings: Any) -> None:
    settings.UPLOAD_MAX_BYTES = 2 << 20
    assert keep(b"x" * (2 << 20), "a.bin", lin).file.size == 2 << 20
    with pytest.raises(Refused, match="2 MB"):
        keep(b"x" * ((2 << 20) + 1), "b.bin", lin)
    with pytest.raises(Refused, match="空"):
        keep(b"", "c.bin", lin)
    assert Upload.objects.count() == 1


def test_another_content_is_another_file_and_each_is_read_as_it_was(lin: Person) -> None:
    first, second, again = keep(b"one", "a.txt", lin), keep(b"two", "a.txt", lin), keep(b"one", "b.txt", lin)
    assert (first.file == again.file, first.file == second.file, File.objects.count()) == (True, False, 2)
    assert [default_storage.open(item.file.path).read() for item in (first, second)] == [b"one", b"two"]


@pytest.mark.parametrize(
    ("name", "content_type", "before", "stored"),
    [
        ("a.png", "image/png", "image/png", "a.png"),
        ("a.bmp", "image/png", "image/bmp", "a.png"),
        ("a.b.bmp", "image/jpeg", "image/bmp", "a.b.jpg"),
        ("画", "image/png", "image/bmp", "画.png"),
    ],
)
def test_a_name_ends_as_its_content_is(name: str, content_type: str, before: str, stored: str) -> None:
    assert stored_name(name, content_type, before) == stored


def box(first: bytes, *others: bytes) -> bytes:
    """The beginning of a file of the MP4 family."""
    size = 16 + 4 * len(others)
    return size.to_bytes(4, "big") + b"ftyp" + first + b"\0\0\0\0" + b"".join(others) + b"\0" * 8


@pytest.mark.parametrize(
    ("head", "name", "expected"),
    [
        (b"II*\0\x10\0\0\0CR\2\0", "a.tif", RAW),
        (b"II*\0\x08\0\0\0", "a.NEF", RAW),
        (b"MM\0*\0\0\0\x08", "a.dng", RAW),
        (b"FUJIFILMCCD-RAW 0201", "a.bin", RAW),
        (b"#!AMR\n", "a.bin", "audio/amr"),
        (b"OggS\0\2" + b"\0" * 22 + b"\1\x13OpusHead", "a.ogg", "audio/ogg"),
        (b"OggS\0\2" + b"\0" * 22 + b"\x80theora", "a.ogg", "video/ogg"),
        (b"\0\0\0\x20moov\0\0\0\0", "a.bin", "video/quicktime"),
        (b"\0\0\0\x08wide\0\0\0\0", "a.bin", "video/quicktime"),
        (b"\0\0\0\x0cjP  \r\n\x87\n", "a.jp2", "image/jp2"),
        (box(b"qt  "), "a.mov", "video/quicktime"),
        (box(b"M4A "), "a.m4a", "audio/mp4"),
        (box(b"crx "), "a.cr3", RAW),
        (box(b"3gp4"), "a.3gp", "video/3gpp"),
        (box(b"isom", b"mp42"), "a.mp4", "video/mp4"),
        (box(b"avif", b"mif1"), "a.avif", "image/avif"),
        (box(b"mif1", b"avif"), "a.avif", "image/avif"),
        (box(b"heic", b"mif1"), "a.heic", "image/heic"),
        (box(b"mif1", b"heic"), "a.heic", "image/heic"),
        (box(b"XXXX", b"isom"), "a.bin", "video/mp4"),
        (box(b"XXXX", b"YYYY"), "a.bin", UNKNOWN),
        (b"BM\x36\0\0\0\0\0\0\0", "a.bmp", "image/bmp"),
        (b"BMW is a car", "a.bmp", "text/plain"),
        ("普通文字".encode(), "a.txt", "text/plain"),
        (b"<html><body>x</body></html>", "a.html", "text/plain"),
        (b"<html>\0</html>", "a.html", UNKNOWN),
        (b"<html>\xff\xfe</html>", "a.html", UNKNOWN),
    ],
)
def test_what_a_file_is_shows_in_its_first_bytes(head: bytes, name: str, expected: str) -> None:
    assert type_of(head, name) == expected


@pytest.mark.parametrize(
    ("tracks", "expected"),
    [
        (b"A_OPUS", "audio/webm"),
        (b"A_VORBIS", "audio/webm"),
        (b"V_VP9 A_OPUS", "video/webm"),
        (b"V_VP9", "video/webm"),
        (b"", "video/webm"),
    ],
)
def test_a_recording_without_pictures_is_sound(tracks: bytes, expected: str) -> None:
    head = b"\x1aE\xdf\xa3\x87B\x82\x84webm\x18S\x80g\x01\xff\xff\x16T\xaek\x86" + tracks + b"\x1fC\xb6u"
    assert type_of(head, "录音.webm") == expected


@pytest.mark.parametrize(
    ("content_type", "is_picture", "is_sound", "is_unplayable"),
    [
        ("image/png", True, False, False),
        ("image/heic", False, False, False),
        ("audio/mp4", False, True, False),
        ("audio/amr", False, False, True),
        ("video/mp4", False, False, False),
        ("video/3gpp", False, False, True),
        ("text/plain", False, False, False),
    ],
)
def test_browsers_show_and_play_some_types(
    content_type: str, is_picture: bool, is_sound: bool, is_unplayable: bool
) -> None:
    file = File(content_type=content_type)
    assert (file.is_picture, file.is_sound, file.is_unplayable) == (is_picture, is_sound, is_unplayable)
