"""Pictures lose place, device and owner, and formats of phones are shown, played or said."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import pillow_heif
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image, ImageCms, ImageSequence

from tests.files.test_files import keep, png
from zhiliu.directory.models import Person
from zhiliu.files.models import File
from zhiliu.files.tasks import make_previews
from zhiliu.kit.errors import Refused
from zhiliu.kit.system.content_types import type_of
from zhiliu.kit.system.pictures import cleaned

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


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
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
    upload = keep(photo(form), f"IMG_1.{form}", lin)
    assert (upload.name, upload.file.content_type, upload.file.is_picture) == ("IMG_1.jpg", "image/jpeg", True)


def test_a_broken_phone_picture_is_refused(lin: Person) -> None:
    with pytest.raises(Refused) as refused:
        keep(photo("HEIF")[:300], "a.heic", lin)
    assert refused.value.reason == "图片已损坏，打不开。"


def webm(*codecs: bytes) -> bytes:
    """As a browser records it: what it is, its tracks, and the beginning of what they hold."""
    head = b"\x1aE\xdf\xa3\x9fB\x86\x81\1B\xf7\x81\1B\xf2\x81\4B\xf3\x81\x08B\x82\x84webmB\x87\x81\4B\x85\x81\2"
    return head + b"\x18S\x80g\1\xff\x16T\xaek\xbf" + b"".join(b"\xae\x86" + codec for codec in codecs) + b"\x1fC\xb6u"


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
        (b"\0\0\0\x18ftypmiaf\0\0\0\0miafheix", "image/heic"),
        (b"\0\0\0\x20ftypmif1\0\0\0\0mif1miafMA1Bavif", "image/avif"),
        (b"\0\0\0\x18ftypMA1B\0\0\0\0mif1avif", "image/avif"),
        (b"\0\0\0\x18ftypXYZ1\0\0\0\0isommp42", "video/mp4"),
        (b"\0\0\0\x18ftypXYZ1\0\0\0\0XYZ1XYZ2", "application/octet-stream"),
        (b"\0\0\0\x0cjP  \r\n\x87\n\0\0\0\x14ftypjp2 ", "image/jp2"),
        (webm(b"A_OPUS"), "audio/webm"),
        (webm(b"A_VORBIS"), "audio/webm"),
        (webm(b"V_VP9"), "video/webm"),
        (webm(b"A_OPUS", b"V_AV1"), "video/webm"),
        (b"BMW is a car", "text/plain"),
        (b"#!AMR\n", "audio/amr"),
        (b"OggS\0\2" + b"\0" * 22 + b"\1\x13OpusHead", "audio/ogg"),
        (b"OggS\0\2" + b"\0" * 22 + b"\1*\x80theora", "video/ogg"),
    ],
)
def test_recordings_and_photos_of_phones_are_typed_by_their_brand(head: bytes, expected: str) -> None:
    assert type_of(head, "x") == expected


CANON = b"\0\0\0\x18ftypcrx \0\0\0\1crx isom"
TIFF = b"II*\0\x08\0\0\0\1\0\x0f\1\2\0\4\0\0\0NIK\0\0\0\0\0"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.cr3", CANON),
        ("a.mp4", CANON),
        ("a", b"II*\0\x10\0\0\0CR\2\0" + bytes(20)),
        *((f"DSC_1{ending}", TIFF) for ending in (".NEF", ".arw", ".dng", ".pef", ".srw")),
        ("a", b"FUJIFILMCCD-RAW 0201"),
        ("a", b"IIRO\x08\0\0\0"),
        ("a", b"IIU\0\x18\0\0\0"),
    ],
)
def test_raw_photos_are_only_downloaded_and_stay_as_they_are(
    name: str, content: bytes, lin: Person, browse: Any
) -> None:
    after, answer = served(content, name, lin, browse)
    file = File.objects.get()
    assert (file.content_type, file.is_picture, file.is_unplayable) == ("image/x-raw", False, False)
    assert after == content and answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Content-Type"] == "application/octet-stream"


@pytest.mark.parametrize("mode", ["RGB", "P", "1", "L"])
def test_what_windows_paints_becomes_png(mode: str, lin: Person, browse: Any) -> None:
    picture, out = Image.new("RGB", (40, 30), "navy").convert(mode), io.BytesIO()
    picture.save(out, "BMP")
    upload = keep(out.getvalue(), "画.bmp", lin)
    assert (upload.name, upload.file.content_type, upload.file.width, upload.file.height) == (
        "画.png",
        "image/png",
        40,
        30,
    )
    answer = browse(lin).get(upload.get_absolute_url())
    assert pixels(b"".join(answer.streaming_content)) == pixels(out.getvalue())


@pytest.mark.parametrize("form", ["PNG", "GIF", "BMP", "WEBP"])
@pytest.mark.parametrize("side", [8_000, 15_000])
def test_a_picture_with_too_many_pixels_is_called_too_large(form: str, side: int, lin: Person) -> None:
    size = {"PNG": (16, ">I"), "GIF": (6, "<H"), "BMP": (18, "<I"), "WEBP": (26, "<H")}[form]
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "navy").save(out, form)
    content = bytearray(out.getvalue())
    for n in range(2):
        struct.pack_into(size[1], content, size[0] + n * struct.calcsize(size[1]), side)
    if form == "PNG":
        struct.pack_into(">I", content, 29, zlib.crc32(content[12:29]))
    with pytest.raises(Refused) as refused:
        keep(bytes(content), f"a.{form.lower()}", lin)
    assert refused.value.reason == "图片像素太多，缩小后再试。"


def moving(form: str, *, width: int = 40) -> bytes:
    """Three frames, with a comment and XMP."""
    frames, out = [Image.effect_noise((width, 30), n * 30 + 9).convert("RGB") for n in range(3)], io.BytesIO()
    more: dict[str, Any] = {"comment": b"OwnerName"} if form == "GIF" else {"xmp": XMP, "lossless": True}
    frames[0].save(out, form, save_all=True, append_images=frames[1:], duration=[50, 60, 70], loop=3, **more)
    if form != "GIF":
        return out.getvalue()
    return out.getvalue()[:-1] + b"!\xff\x0bXMP DataXMP" + bytes([len(XMP)]) + XMP + b"\0;after GPSLatitude"


def frames(content: bytes) -> list[tuple[bytes, Any]]:
    with Image.open(io.BytesIO(content)) as picture:
        return [
            (image.convert("RGB").tobytes(), image.info.get("duration")) for image in ImageSequence.Iterator(picture)
        ]


@pytest.mark.parametrize("form", ["GIF", "WEBP"])
def test_what_moves_goes_on_moving_and_loses_what_is_told(form: str, lin: Person, browse: Any) -> None:
    before = moving(form)
    after, _answer = served(before, f"a.{form.lower()}", lin, browse)
    assert b"GPSLatitude" in before and (b"OwnerName" in before) == (form == "GIF")
    assert b"GPSLatitude" not in after and b"OwnerName" not in after and b"XMP" not in after
    assert frames(after) == frames(before) and len(frames(after)) == 3
    with Image.open(io.BytesIO(after)) as picture:
        assert picture.info["loop"] == 3


@pytest.mark.parametrize("form", ["GIF", "WEBP"])
def test_what_moves_has_no_smaller_version_that_stands_still(form: str, lin: Person) -> None:
    upload = keep(moving(form, width=600), f"a.{form.lower()}", lin)
    make_previews.call(upload.file_id)
    assert not upload.file.previews.exists()


def test_a_gif_that_is_cut_off_is_shown_as_far_as_it_goes(lin: Person) -> None:
    whole = moving("GIF")
    assert cleaned(whole[:-80], "image/gif")[0][-1:] == b";"


@pytest.mark.parametrize("name", ["x.js", "x.mjs", "x.css", "x.html", "x.svg", "x.json", "x.wasm", "x.txt", "x.csv"])
def test_nothing_is_served_as_a_type_that_could_run_or_style(name: str, lin: Person, browse: Any) -> None:
    upload = keep(b"document.title = 'x'; /* body { color: red } */", name, lin)
    File.objects.filter(pk=upload.file_id).update(content_type="application/javascript")
    headers = browse(lin).get(upload.get_absolute_url()).headers
    assert headers["Content-Type"] == "application/octet-stream"
    assert headers["Content-Disposition"].startswith("attachment") and headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"


def test_pictures_without_anything_to_hide_stay_byte_for_byte(lin: Person, browse: Any) -> None:
    assert served(png(), "a.png", lin, browse)[0] == png()


def test_wide_pictures_have_smaller_versions(lin: Person) -> None:
    wide, out = Image.effect_noise((2000, 20), 80), io.BytesIO()
    wide.save(out, "PNG")
    upload = keep(out.getvalue(), "a.png", lin)
    make_previews.call(upload.file_id)
    previews = upload.file.previews.order_by("width")
    assert [preview.width for preview in previews] == [480, 1440]
    for preview in previews:
        with default_storage.open(preview.path) as content, Image.open(content) as small:
            assert (small.format, small.size) == ("WEBP", (preview.width, round(preview.width / 100)))


def test_a_picture_no_smaller_version_can_be_made_of_is_shown_itself(lin: Person) -> None:
    wide, out = Image.effect_noise((2000, 20), 80), io.BytesIO()
    wide.save(out, "PNG")
    upload = keep(out.getvalue(), "a.png", lin)
    upload.file.previews.all().delete()
    default_storage.delete(upload.file.path)
    default_storage.save(upload.file.path, ContentFile(out.getvalue()[:400]))
    make_previews.call(upload.file_id)
    assert not upload.file.previews.exists()
