"""Pictures lose place, device and owner, and formats of phones are shown, played or said."""

from __future__ import annotations

import io
from typing import Any

import pillow_heif
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image, ImageCms

from tests.files.test_files import keep, png
from zhiliu.directory.models import Person
from zhiliu.files.models import File
from zhiliu.files.storing import type_of
from zhiliu.files.tasks import make_previews
from zhiliu.kit.errors import Refused

pytestmark = pytest.mark.django_db(transaction=True)
pillow_heif.register_heif_opener()
PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
XMP = b"<x:xmpmeta><exif:GPSLatitude>31,14N</exif:GPSLatitude></x:xmpmeta>"


def photo(form: str, *, orientation: int = 6) -> bytes:
    """A photo of 40 x 30 pixels as a phone writes it: turned, with place, maker and owner."""
    picture = Image.new("RGB", (40, 30), "navy")
    exif = Image.Exif()
    exif[0x0112], exif[271], exif[315] = orientation, "SecretPhone", "OwnerName"
    exif.get_ifd(0x8825).update({1: "N", 2: (31.0, 14.0, 5.0), 29: "2026:01:02"})
    out = io.BytesIO()
    more: dict[str, Any] = {"exif": exif} if form != "TIFF" else {"tiffinfo": exif}
    if form in ("JPEG", "WEBP", "HEIF", "AVIF"):
        more["xmp"] = XMP
    picture.save(out, form, icc_profile=PROFILE, **more)
    return out.getvalue()


def served(content: bytes, name: str, by: Person, browse: Any) -> tuple[bytes, Any]:
    answer = browse(by).get(keep(content, name, by).get_absolute_url())
    return b"".join(answer.streaming_content), answer


def pixels(content: bytes) -> bytes:
    with Image.open(io.BytesIO(content)) as picture:
        return picture.convert("RGB").tobytes()


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "TIFF", "HEIF", "AVIF"])
def test_photos_lose_place_device_and_owner_and_keep_colours_and_orientation(
    form: str, lin: Person, browse: Any
) -> None:
    before = photo(form)
    assert b"SecretPhone" in before
    after, _answer = served(before, f"a.{form.lower()}", lin, browse)
    for secret in (b"SecretPhone", b"OwnerName", b"2026:01:02", b"GPSLatitude"):
        assert secret not in after
    with Image.open(io.BytesIO(after)) as picture:
        exif = picture.getexif()
        assert not exif.get_ifd(0x8825) and picture.info.get("icc_profile") == PROFILE
        # How a HEIF file is turned stands in the file itself; its EXIF counts for nothing.
        assert exif.get(0x0112, 1) == 6 or picture.size == (30, 40) or form == "HEIF"
    if form in ("JPEG", "PNG", "WEBP", "TIFF"):
        assert pixels(after) == pixels(before)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_the_size_that_is_reserved_follows_the_orientation(form: str, lin: Person) -> None:
    keep(photo(form), f"a.{form.lower()}", lin)
    assert File.objects.values_list("width", "height").get() == (30, 40)


def test_a_picture_that_stands_upright_keeps_its_size(lin: Person) -> None:
    keep(photo("JPEG", orientation=1), "a.jpg", lin)
    assert File.objects.values_list("width", "height").get() == (40, 30)


def test_what_hangs_behind_a_photo_is_cut_off(lin: Person, browse: Any) -> None:
    after, _answer = served(photo("JPEG") + b"ftypmp42 location +31.14", "a.jpg", lin, browse)
    assert b"location" not in after


@pytest.mark.parametrize("form", ["HEIF", "AVIF"])
def test_formats_browsers_do_not_show_become_jpeg(form: str, lin: Person) -> None:
    made = keep(photo(form), f"IMG_1.{form}", lin)
    assert (made.name, made.file.content_type, made.file.is_picture) == ("IMG_1.jpg", "image/jpeg", True)


def test_a_broken_phone_picture_is_refused(lin: Person) -> None:
    with pytest.raises(Refused) as refused:
        keep(photo("HEIF")[:300], "a.heic", lin)
    assert refused.value.reason == "图片已损坏，打不开。"


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b"\0\0\0\x20ftypM4A \0\0\0\0M4A mp42", "audio/mp4"),
        (b"\0\0\0\x14ftypqt  \0\0\0\0qt  ", "video/quicktime"),
        (b"\0\0\0\x08wide\0\0\1\0mdat", "video/quicktime"),
        (b"\0\0\0\x18ftyp3gp4\0\0\0\0isom3gp4", "video/3gpp"),
        (b"\0\0\0\x18ftypisom\0\0\0\0isommp42", "video/mp4"),
        (b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic", "image/heic"),
        (b"\0\0\0\x18ftypmif1\0\0\0\0mif1avif", "image/avif"),
        (b"#!AMR\n", "audio/amr"),
        (b"OggS\0\2" + b"\0" * 22 + b"\1\x13OpusHead", "audio/ogg"),
        (b"OggS\0\2" + b"\0" * 22 + b"\1*\x80theora", "video/ogg"),
    ],
)
def test_recordings_and_photos_of_phones_are_typed_by_their_brand(head: bytes, expected: str) -> None:
    assert type_of(head, "x") == expected


@pytest.mark.parametrize("name", ["x.js", "x.mjs", "x.css", "x.html", "x.svg", "x.json", "x.wasm", "x.txt", "x.csv"])
def test_nothing_is_served_as_a_type_that_could_run_or_style(name: str, lin: Person, browse: Any) -> None:
    made = keep(b"document.title = 'x'; /* body { color: red } */", name, lin)
    File.objects.filter(pk=made.file_id).update(content_type="application/javascript")
    headers = browse(lin).get(made.get_absolute_url()).headers
    assert headers["Content-Type"] == "application/octet-stream"
    assert headers["Content-Disposition"].startswith("attachment") and headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"


def test_pictures_without_anything_to_hide_stay_byte_for_byte(lin: Person, browse: Any) -> None:
    assert served(png(), "a.png", lin, browse)[0] == png()


def test_wide_pictures_have_smaller_versions(lin: Person) -> None:
    wide, out = Image.effect_noise((2000, 20), 80), io.BytesIO()
    wide.save(out, "PNG")
    made = keep(out.getvalue(), "a.png", lin)
    make_previews.call(made.file_id)
    previews = made.file.previews.order_by("width")
    assert [one.width for one in previews] == [480, 1440]
    for one in previews:
        with default_storage.open(one.path) as content, Image.open(content) as small:
            assert (small.format, small.size) == ("WEBP", (one.width, round(one.width / 100)))


def test_a_picture_no_smaller_version_can_be_made_of_is_shown_itself(lin: Person) -> None:
    wide, out = Image.effect_noise((2000, 20), 80), io.BytesIO()
    wide.save(out, "PNG")
    made = keep(out.getvalue(), "a.png", lin)
    made.file.previews.all().delete()
    default_storage.delete(made.file.path)
    default_storage.save(made.file.path, ContentFile(out.getvalue()[:400]))
    make_previews.call(made.file_id)
    assert not made.file.previews.exists()
