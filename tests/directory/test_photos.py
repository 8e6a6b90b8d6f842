"""Photos of people: who sets, sees and removes them, and what becomes of hostile pictures."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation
from PIL import Image

from tests.cast import fresh, make_person
from tests.files.test_pictures import photo as phone_photo
from zhiliu.activity.models import Activity
from zhiliu.audit.models import Entry
from zhiliu.communities.models import Community
from zhiliu.directory.accounts import deactivate, reactivate
from zhiliu.directory.bulk_import.people import dismiss_people
from zhiliu.directory.models import Organisation, Person, Photo
from zhiliu.directory.photo_import import MOST, import_photos
from zhiliu.directory.photos import hide_photo, remove_photo, restore_photo, set_photo
from zhiliu.directory.tasks import delete_removed_photos
from zhiliu.kit.errors import Forbidden, Refused
from zhiliu.moderation.deciding import decide_thing, undo
from zhiliu.moderation.models import Decision, Report
from zhiliu.moderation.reporting import report
from zhiliu.notifications.models import Notification
from zhiliu.notifications.presentation import show

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def english() -> Iterator[None]:
    """Read refusals and notices in English."""
    with translation.override("en"):
        yield


def picture(form: str = "PNG", size: tuple[int, int] = (40, 30), colour: str = "navy", **options: Any) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, form, **options)
    return out.getvalue()


def halves() -> bytes:
    """A picture three times as wide as high: red, green, blue."""
    wide = Image.new("RGB", (300, 100), "red")
    wide.paste("lime", (100, 0, 200, 100))
    wide.paste("blue", (200, 0, 300, 100))
    out = io.BytesIO()
    wide.save(out, "PNG")
    return out.getvalue()


def give_photo(person: Person, content: bytes = b"") -> Photo:
    return set_photo(person, io.BytesIO(content or picture()), by=person)


def opened(photo: Photo, side: int) -> Image.Image:
    with default_storage.open(photo.path(side)) as content:
        return Image.open(io.BytesIO(content.read()))


def allow(photos: str) -> None:
    Organisation(name="岭东冷链", photos=photos).save()


def texts_of(person: Person) -> list[str]:
    return [
        item.sentence
        for item in show(Notification.objects.filter(person=person, kind__in=("photo", "decision")), person)
    ]


def address(photo: Photo, side: int = 96) -> str:
    return f"/people/photos/{photo.pk}/{side}.webp"


# ---- adding ----------------------------------------------------------------------------------------------------------


def test_the_middle_of_a_picture_is_kept_as_squares_in_two_sizes(wang: Person) -> None:
    photo = give_photo(wang, halves())
    assert fresh(wang).photo == photo
    for side in (96, 480):
        small = opened(photo, side)
        assert (small.format, small.size) == ("WEBP", (side, side))
        for corner in ((2, 2), (side - 3, side - 3)):
            red, green, blue = small.convert("RGB").getpixel(corner)  # type: ignore[misc]
            assert green > 200 and red < 60 and blue < 60


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "HEIF", "AVIF", "GIF", "BMP", "TIFF"])
def test_pictures_of_phones_and_browsers_become_photos_without_their_data(form: str, wang: Person) -> None:
    content = picture(form) if form in ("GIF", "BMP") else phone_photo(form)
    photo = give_photo(wang, content)
    with default_storage.open(photo.path(96)) as stored:
        written = stored.read()
    assert b"SecretPhone" not in written and b"OwnerName" not in written and b"GPSLatitude" not in written


def test_a_turned_photo_stands_upright(wang: Person) -> None:
    exif = Image.Exif()
    # The camera was held so that the top of the picture lies at its right.
    exif[0x0112] = 6
    lying = Image.new("RGB", (100, 100), "white")
    lying.paste("black", (0, 0, 50, 100))
    out = io.BytesIO()
    lying.save(out, "JPEG", exif=exif)
    upright = opened(give_photo(wang, out.getvalue()), 96).convert("L")
    assert upright.getpixel((48, 8)) < 60 and upright.getpixel((48, 88)) > 200  # type: ignore[operator]


def test_a_moving_or_transparent_picture_becomes_a_still_one_on_white(wang: Person) -> None:
    clear = Image.new("RGBA", (30, 30), (0, 0, 0, 0))
    out = io.BytesIO()
    clear.save(out, "GIF", save_all=True, append_images=[Image.new("RGBA", (30, 30), "red")], transparency=0)
    small = opened(give_photo(wang, out.getvalue()), 96)
    assert not getattr(small, "is_animated", False) and small.mode == "RGB"
    clear_png = io.BytesIO()
    clear.save(clear_png, "PNG")
    assert opened(give_photo(wang, clear_png.getvalue()), 96).getpixel((5, 5)) == (255, 255, 255)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "not a picture"),
        (b"%PDF-1.7 nothing", "not a picture"),
        (picture()[:60], "damaged"),
        (picture("PNG", (9000, 9000), compress_level=9), "too many pixels"),
        (b"\x89PNG" + b"0" * (20 << 20), "larger than 20 MB"),
    ],
    ids=["svg", "pdf", "broken", "bomb", "heavy"],
)
def test_what_is_no_usable_picture_is_refused_and_changes_nothing(
    content: bytes, reason: str, wang: Person, english: None
) -> None:
    before = give_photo(wang)
    with pytest.raises(Refused, match=reason):
        give_photo(wang, content)
    assert fresh(wang).photo == before and Photo.objects.count() == 1


def test_a_new_photo_replaces_the_old_one(wang: Person) -> None:
    old, new = give_photo(wang), give_photo(wang, halves())
    old.refresh_from_db()
    assert fresh(wang).photo == new and old.removed_at is not None and new.removed_at is None


def test_only_the_person_and_administrators_set_a_photo(wang: Person, lin: Person, admin: Person) -> None:
    with pytest.raises(Forbidden):
        set_photo(wang, io.BytesIO(picture()), by=lin)
    assert fresh(wang).photo is None
    photo = set_photo(wang, io.BytesIO(picture()), by=admin)
    assert photo.by == admin
    assert Entry.objects.filter(verb="directory.photo_changed").count() == 1


def test_what_people_do_to_their_own_photo_is_not_in_the_audit(wang: Person) -> None:
    give_photo(wang)
    remove_photo(wang, by=wang)
    assert Activity.objects.filter(verb__startswith="directory.photo").count() == 2
    assert not Entry.objects.filter(verb__startswith="directory.photo").exists()


def test_nobody_gets_a_photo_while_they_leave(wang: Person, admin: Person) -> None:
    stale = fresh(wang)
    deactivate(wang, by=admin)
    with pytest.raises(Refused, match="在职的人"):
        set_photo(stale, io.BytesIO(picture()), by=stale)
    assert fresh(wang).photo is None and not Photo.objects.exists()


# ---- removing --------------------------------------------------------------------------------------------------------


def test_removing_twice_is_removing_once(wang: Person) -> None:
    photo = give_photo(wang)
    remove_photo(wang, by=wang, reason="x")
    remove_photo(wang, by=wang)
    photo.refresh_from_db()
    assert fresh(wang).photo is None and photo.reason == ""
    assert Activity.objects.filter(verb="directory.photo_removed").count() == 1


def test_a_moderator_removes_a_photo_with_a_reason_that_the_person_reads(
    community: Community, lin: Person, wang: Person, sun: Person, catch_up: Any, english: None
) -> None:
    photo = give_photo(wang)
    with pytest.raises(Forbidden, match="moderators"):
        remove_photo(wang, by=sun, reason="不合适")
    with pytest.raises(Refused, match="Say why"):
        remove_photo(wang, by=lin)
    assert fresh(wang).photo == photo
    remove_photo(wang, by=lin, reason="不是本人")
    catch_up()
    assert fresh(wang).photo is None
    assert texts_of(wang) == ["林晓岚 removed your photo: 不是本人"]
    assert Entry.objects.get(verb="directory.photo_removed").after == {"reason": "不是本人"}


def test_files_of_removed_photos_are_deleted_after_a_day_and_reasons_stay(
    community: Community, lin: Person, wang: Person, xu: Person, catch_up: Any
) -> None:
    shown, own, told = give_photo(xu), give_photo(wang), give_photo(wang)
    remove_photo(wang, by=lin, reason="不是本人")
    catch_up()
    delete_removed_photos.call()
    assert all(default_storage.exists(photo.path(96)) for photo in (shown, own, told))
    Photo.objects.exclude(removed_at=None).update(removed_at=timezone.now() - dt.timedelta(days=1, minutes=1))
    delete_removed_photos.call()
    assert [default_storage.exists(photo.path(480)) for photo in (shown, own, told)] == [True, False, False]
    assert list(Photo.objects.order_by("pk").values_list("pk", "key")) == [(shown.pk, shown.key), (told.pk, None)]
    assert len(texts_of(wang)) == 1


def test_the_photo_goes_with_the_leaver(wang: Person, xu: Person, admin: Person) -> None:
    photos = [give_photo(wang), give_photo(xu)]
    deactivate(wang, by=admin)
    dismiss_people([xu.pk], by=admin)
    assert [fresh(person).photo for person in (wang, xu)] == [None, None]
    assert Photo.objects.filter(pk__in=[photo.pk for photo in photos], removed_at=None).count() == 0
    reactivate(wang, by=admin)
    assert fresh(wang).photo is None


# ---- reports ---------------------------------------------------------------------------------------------------------


def test_a_reported_photo_is_taken_down_and_put_back_by_an_undo(
    community: Community, lin: Person, wang: Person, admin: Person, catch_up: Any, english: None
) -> None:
    photo = give_photo(wang)
    report("photo", photo.pk, reason=Report.Reason.OTHER, by=lin)
    decision = decide_thing("photo", photo.pk, leave=False, by=admin, words="请换一张本人的")
    catch_up()
    assert fresh(wang).photo is None
    assert texts_of(wang) == ["Your photo was removed. 请换一张本人的"]
    undo(decision, by=admin)
    assert fresh(wang).photo == photo
    assert texts_of(wang) == ["Your photo is being reviewed again"]
    undo(decision, by=admin)
    assert Activity.objects.filter(verb="directory.photo_removed").count() == 2


def test_a_photo_is_hidden_once_and_restored_alone(wang: Person, xu: Person, admin: Person) -> None:
    first, second, others = give_photo(wang), give_photo(wang), give_photo(xu)
    for _time in range(2):
        hide_photo(second, by=admin)
        hide_photo(others, by=admin)
    assert Activity.objects.filter(verb="directory.photo_removed").count() == 2
    restore_photo(second, by=admin)
    assert list(Photo.objects.filter(removed_at=None)) == [second] and first != second
    assert (fresh(wang).photo, fresh(xu).photo) == (second, None)


@pytest.mark.parametrize("before", ["removed", "replaced", "removed with a reason"])
def test_an_undo_shows_no_photo_that_the_decision_did_not_hide(
    before: str, community: Community, lin: Person, wang: Person, admin: Person
) -> None:
    photo = give_photo(wang)
    report("photo", photo.pk, reason=Report.Reason.OTHER, by=lin)
    if before == "replaced":
        give_photo(wang)
    remove_photo(wang, by=admin if "reason" in before else wang, reason="请换一张" if "reason" in before else "")
    decision = decide_thing("photo", photo.pk, leave=False, by=admin)
    undo(decision, by=admin)
    assert fresh(wang).photo is None
    assert not Photo.objects.filter(removed_at=None).exists()


def test_an_undo_leaves_a_photo_that_came_meanwhile(wang: Person, admin: Person) -> None:
    old = give_photo(wang)
    hide_photo(old, by=admin)
    new = give_photo(wang)
    restore_photo(old, by=admin)
    old.refresh_from_db()
    assert fresh(wang).photo == new and old.removed_at is not None


def test_a_report_of_a_photo_waits_for_administrators_and_shows_whose_it_is(
    community: Community, lin: Person, wang: Person, admin: Person, browse: Any
) -> None:
    photo = give_photo(wang)
    answer = browse(lin).post(
        "/moderation/reports/new/", {"kind": "photo", "id": photo.pk, "reason": "other", "words": ""}
    )
    assert answer.status_code == 302 and Report.objects.get().author == wang
    assert "王一帆的照片" in browse(admin).get("/moderation/").content.decode()
    assert "王一帆的照片" not in browse(lin).get("/moderation/").content.decode()
    assert not Decision.objects.exists()


def test_nobody_reports_their_own_photo_or_one_that_is_gone(wang: Person, lin: Person, browse: Any) -> None:
    photo = give_photo(wang)
    with pytest.raises(Refused):
        report("photo", photo.pk, reason=Report.Reason.OTHER, by=wang)
    remove_photo(wang, by=wang)
    assert browse(lin).get(f"/moderation/reports/new/?kind=photo&id={photo.pk}").status_code == 404


# ---- seeing ----------------------------------------------------------------------------------------------------------


def test_a_photo_is_served_small_and_for_good_to_who_sees_the_person(
    wang: Person, lin: Person, sun: Person, community: Community, client: Client, browse: Any
) -> None:
    photo = give_photo(wang)
    answer = browse(lin).get(address(photo))
    content = b"".join(answer.streaming_content)
    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("image/webp", "nosniff")
    assert answer["Cache-Control"] == "private, max-age=31536000, immutable"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert Image.open(io.BytesIO(content)).size == (96, 96) and len(content) < 4000
    assert client.get(address(photo)).status_code == 302
    stranger = make_person("guest", kind=Person.Kind.GUEST)
    assert browse(stranger).get(address(photo)).status_code == 404
    assert browse(make_person("zhao2", kind=Person.Kind.GUEST)).get("/people/wang/photo/").status_code == 404
    assert browse(sun).get(address(photo, 480)).status_code == 200
    assert browse(sun).get(address(photo, 95)).status_code == 404


def test_guests_see_photos_in_their_communities(community: Community, wang: Person, zhao: Person, browse: Any) -> None:
    assert browse(zhao).get(address(give_photo(wang))).status_code == 200


def test_an_earlier_or_missing_photo_is_not_served(wang: Person, lin: Person, browse: Any) -> None:
    old, new = give_photo(wang), give_photo(wang)
    assert browse(lin).get(address(old)).status_code == 404
    default_storage.delete(new.path(96))
    assert browse(lin).get(address(new)).status_code == 404


def test_without_photos_people_are_their_names_and_nothing_is_served(wang: Person, lin: Person, browse: Any) -> None:
    photo = give_photo(wang)
    page = browse(lin).get("/people/").content.decode()
    assert f'src="{address(photo)}" width="36" height="36" alt="" loading="lazy"' in page
    allow("off")
    assert 'class="photo"' not in browse(lin).get("/people/").content.decode()
    assert browse(lin).get(address(photo)).status_code == 404
    assert "公司没有开启照片" in browse(wang).get("/people/wang/photo/").content.decode()
    allow("everyone")
    assert address(photo) in browse(lin).get("/people/").content.decode()


def test_a_changed_photo_is_seen_at_once_in_every_kept_row(
    community: Community, wang: Person, lin: Person, browse: Any
) -> None:
    client = browse(lin)
    pages = ("/people/", f"/communities/{community.slug}/members/")
    for _time in range(2):
        photo = give_photo(wang)
        assert [address(photo) in client.get(page).content.decode() for page in pages] == [True, True]
    assert address(give_photo(lin)) in client.get("/").content.decode()


def test_photos_cost_lists_no_queries(community: Community, lin: Person, wang: Person, xu: Person, browse: Any) -> None:
    client = browse(lin)
    pages = ("/people/", f"/communities/{community.slug}/members/", "/inbox/", "/")

    def counts() -> list[int]:
        numbers = []
        for page in pages:
            client.get(page)
            with CaptureQueriesContext(
                connection,
            ) as queries:
                client.get(page)
            numbers.append(len(queries))
        return numbers

    before = counts()
    for person in (lin, wang, xu):
        give_photo(person)
    assert counts() == before


# ---- pages -----------------------------------------------------------------------------------------------------------


def sent(content: bytes, name: str = "me.png") -> dict[str, Any]:
    return {"photo": SimpleUploadedFile(name, content)}


def test_a_photo_is_chosen_and_removed_on_its_page(wang: Person, browse: Any) -> None:
    client = browse(wang)
    assert "添加照片" in client.get("/people/wang/profile/").content.decode()
    assert client.post("/people/wang/photo/", sent(picture())).status_code == 302
    photo = fresh(wang).photo
    assert photo is not None
    page = client.get("/people/wang/photo/").content.decode()
    assert (
        address(photo, 480) in page and "移除照片" in page and "kind=photo" not in page and 'name="reason"' not in page
    )
    assert "更换照片" in client.get("/people/wang/profile/").content.decode()
    assert client.post("/people/wang/photo/removal/").status_code == 302
    assert fresh(wang).photo is None


def test_what_is_refused_is_said_on_the_form(wang: Person, browse: Any) -> None:
    page = browse(wang).post("/people/wang/photo/", sent(b"text", "me.jpg")).content.decode()
    assert "这不是图片" in page
    assert fresh(wang).photo is None


def test_others_look_report_and_as_moderators_remove(
    community: Community, wang: Person, lin: Person, sun: Person, browse: Any
) -> None:
    photo = give_photo(wang)
    page = browse(sun).get("/people/wang/photo/").content.decode()
    assert f"kind=photo&amp;id={photo.pk}" in page and "移除照片" not in page and 'type="file"' not in page
    assert browse(sun).post("/people/wang/photo/", sent(picture())).status_code == 403
    assert browse(sun).post("/people/wang/photo/removal/", {"reason": "x"}).status_code == 403
    moderator = browse(lin)
    assert 'name="reason"' in moderator.get("/people/wang/photo/").content.decode()
    assert moderator.post("/people/wang/photo/removal/", {"reason": ""}).status_code == 200
    assert fresh(wang).photo == photo
    assert moderator.post("/people/wang/photo/removal/", {"reason": "不是本人"}).status_code == 302
    assert fresh(wang).photo is None


def test_administrators_say_where_photos_come_from(wang: Person, admin: Person, browse: Any) -> None:
    allow("admins")
    assert "照片由管理员统一上传" in browse(wang).get("/people/wang/photo/").content.decode()
    assert browse(wang).post("/people/wang/photo/", sent(picture())).status_code == 403
    assert browse(admin).post("/people/wang/photo/", sent(picture())).status_code == 302
    assert fresh(wang).photo is not None


# ---- many at once ----------------------------------------------------------------------------------------------------


def packed(files: dict[str, bytes]) -> io.BytesIO:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    out.seek(0)
    return out


def test_photos_are_imported_by_number_and_the_rest_is_named(wang: Person, xu: Person, admin: Person) -> None:
    files = {
        "photos/": b"",
        "photos/N-wang.jpg": picture("JPEG"),
        "N-xu.png": b"broken",
        "N-nobody.jpg": picture("JPEG"),
        "__MACOSX/N-wang.jpg": b"",
        ".DS_Store": b"",
    }
    outcome = import_photos(packed(files), by=admin)
    assert outcome.added == [wang] and outcome.unknown == ["N-nobody.jpg"]
    assert [name for name, _reason in outcome.unread] == ["N-xu.png"]
    assert fresh(wang).photo is not None and fresh(xu).photo is None
    assert Entry.objects.get(verb="directory.photos_imported").after == {"photos": "王一帆"}


def test_of_two_pictures_for_one_person_the_first_is_taken_and_the_other_named(
    wang: Person, admin: Person, english: None
) -> None:
    outcome = import_photos(packed({"N-wang.jpg": picture("JPEG"), "N-wang.png": picture()}), by=admin)
    assert outcome.added == [wang]
    assert outcome.unread == [("N-wang.png", "Another picture in this file is for the same person.")]
    assert Entry.objects.get(verb="directory.photos_imported").after == {"photos": "王一帆"}


def test_a_storage_that_fails_is_no_damaged_picture(
    wang: Person, admin: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_arguments: Any) -> str:
        raise PermissionError("read-only")

    monkeypatch.setattr(default_storage, "save", fail)
    with pytest.raises(PermissionError):
        import_photos(packed({"N-wang.jpg": picture("JPEG")}), by=admin)


def test_an_import_is_for_administrators_and_for_zip_files(wang: Person, admin: Person, english: None) -> None:
    with pytest.raises(Forbidden, match="administrators"):
        import_photos(packed({"N-wang.png": picture()}), by=wang)
    with pytest.raises(Refused, match="not a ZIP"):
        import_photos(io.BytesIO(b"text"), by=admin)
    with pytest.raises(Refused, match="at most 200"):
        import_photos(packed({f"{number}.jpg": b"" for number in range(MOST + 1)}), by=admin)
    allow("off")
    with pytest.raises(Forbidden, match="switched off"):
        import_photos(packed({"N-wang.png": picture()}), by=admin)
    assert fresh(wang).photo is None and not Entry.objects.filter(verb="directory.photos_imported").exists()


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_a_file_that_cannot_be_unpacked_is_named_and_the_others_are_taken(
    method: int, wang: Person, xu: Person, admin: Person
) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("N-wang.png", picture(size=(300, 300)), method)
        archive.writestr("N-xu.png", picture())
    content = bytearray(out.getvalue())
    start = content.find(b"N-wang.png") + len("N-wang.png")
    content[start : start + 60] = b"\xff" * 60
    outcome = import_photos(io.BytesIO(content), by=admin)
    assert outcome.added == [xu]
    assert [name for name, _reason in outcome.unread] == ["N-wang.png"]


def test_a_zip_file_whose_list_cannot_be_read_is_refused(admin: Person, english: None) -> None:
    content = packed({"照片.png": picture()}).read()
    no_text = content.replace("照片".encode(), b"\xff" * 6)
    listed = content.rfind(b"PK\1\2")
    of_tomorrow = content[: listed + 6] + b"\x63" + content[listed + 7 :]
    for damaged in (no_text, of_tomorrow):
        with pytest.raises(Refused, match="not a ZIP"):
            import_photos(io.BytesIO(damaged), by=admin)


def test_an_import_of_nothing_leaves_no_trace(admin: Person) -> None:
    assert import_photos(packed({"N-nobody.jpg": picture()}), by=admin).added == []
    assert not Entry.objects.filter(verb__startswith="directory.photo").exists()


def test_the_page_of_the_import_says_what_became_of_each_file(wang: Person, admin: Person, browse: Any) -> None:
    client = browse(admin)
    assert "用 ZIP 文件批量导入" in client.get("/administration/organisation/").content.decode()
    file = ContentFile(packed({"N-wang.png": picture(), "7.png": b""}).read(), name="photos.zip")
    page = client.post("/administration/people/photos/import/", {"packed": file}).content.decode()
    assert "已添加 1 张照片" in page and "没有同事用这个工号" in page and "7.png" in page
    assert browse(wang).get("/administration/people/photos/import/").status_code == 403
    allow("off")
    assert "公司没有开启照片" in client.get("/administration/people/photos/import/").content.decode()
