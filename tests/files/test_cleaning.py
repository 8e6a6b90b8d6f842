"""Each picture format is cleaned part by part: what shows it stays byte for byte, what tells something goes."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import pytest
from PIL import Image

from tests.files.test_pictures import photo, pixels
from zhiliu.kit.system.pictures import BadPicture, cleaned


def picture(form: str, **more: Any) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "navy").save(out, form, **more)
    return out.getvalue()


def orientation_of(content: bytes) -> int:
    with Image.open(io.BytesIO(content)) as opened:
        return int(opened.getexif().get(0x0112, 1))


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("orientation", [1, 4, 5, 8])
def test_a_cleaned_photo_says_how_it_is_turned_and_nothing_else(form: str, orientation: int) -> None:
    before = photo(form, orientation=orientation)
    after, kind, width, height = cleaned(before, f"image/{form.lower()}")
    assert (kind, orientation_of(after), pixels(after)) == (f"image/{form.lower()}", orientation, pixels(before))
    assert (width, height) == ((30, 40) if orientation >= 5 else (40, 30))
    assert not any(secret in after for secret in (b"SecretPhone", b"OwnerName", b"2026:01:02", b"GPSLatitude"))


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "GIF", "TIFF"])
def test_a_picture_cleaned_again_stays_byte_for_byte(form: str) -> None:
    kind = f"image/{form.lower()}"
    before = photo(form) if form != "GIF" else picture("GIF", comment=b"OwnerName")
    once = cleaned(before, kind)[0]
    assert once != before and cleaned(once, kind)[0] == once


# -- JPEG -------------------------------------------------------------------------------------------------------------


def test_bytes_that_fill_the_space_before_a_marker_are_skipped() -> None:
    plain = cleaned(picture("JPEG"), "image/jpeg")[0]
    filled = plain[:2] + b"\xff\xff\xff" + plain[2:]
    assert cleaned(filled, "image/jpeg")[0] == plain


def test_what_stands_between_two_segments_and_is_none_makes_a_photo_damaged() -> None:
    plain = picture("JPEG")
    size = struct.unpack(">H", plain[4:6])[0]
    broken = plain[: 4 + size] + b"\0" + plain[4 + size :]
    with pytest.raises(BadPicture) as refused:
        cleaned(broken, "image/jpeg")
    assert refused.value.code == "damaged"


def test_marks_within_the_lines_of_a_photo_do_not_end_it() -> None:
    # Restart marks, from D0 to D7, stand in the data of the picture after every block.
    noise = io.BytesIO()
    Image.effect_noise((400, 300), 90).save(noise, "JPEG", quality=95, restart_marker_blocks=1)
    before = noise.getvalue()
    assert all(bytes([0xFF, mark]) in before for mark in (0xD0, 0xD7))
    after = cleaned(before + b"hidden behind it", "image/jpeg")[0]
    assert after == before


def test_a_photo_without_an_end_is_kept_to_its_last_byte() -> None:
    before = picture("JPEG", quality=95)
    assert cleaned(before[:-2], "image/jpeg")[0] == before


# -- PNG --------------------------------------------------------------------------------------------------------------


def chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


@pytest.mark.parametrize(
    ("name", "content", "stays"),
    [
        (b"gAMA", struct.pack(">I", 45455), True),
        (b"pHYs", struct.pack(">IIB", 2835, 2835, 1), True),
        (b"tEXt", b"Author\0OwnerName", False),
        (b"tIME", struct.pack(">H5B", 2026, 1, 2, 3, 4, 5), False),
        (b"prVt", b"OwnerName", False),
    ],
)
def test_of_the_chunks_of_a_png_those_stay_that_show_it(name: bytes, content: bytes, *, stays: bool) -> None:
    plain = picture("PNG")
    told = plain[:33] + chunk(name, content) + plain[33:]
    assert cleaned(told, "image/png")[0] == (told if stays else plain)


def test_what_hangs_behind_a_png_is_cut_off() -> None:
    plain = picture("PNG")
    assert cleaned(plain + b"OwnerName", "image/png")[0] == plain


# -- WebP -------------------------------------------------------------------------------------------------------------


def webp(*parts: tuple[bytes, bytes]) -> bytes:
    body = b"".join(
        name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) & 1) for name, content in parts
    )
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


def webp_parts(content: bytes) -> list[tuple[bytes, bytes]]:
    parts, at = [], 12
    while at < len(content):
        name, size = struct.unpack_from("<4sI", content, at)
        parts.append((name, content[at + 8 : at + 8 + size]))
        at += 8 + size + size % 2
    return parts


@pytest.mark.parametrize("owner", [b"OwnerName", b"OwnerNames"])
def test_of_the_parts_of_a_webp_those_stay_that_show_it(owner: bytes) -> None:
    ((name, data),) = webp_parts(picture("WEBP", lossless=True))
    # Of its flags, 4 announces XMP, 8 EXIF, and 16 that parts of it let through what is behind.
    head = struct.pack("<I", 4 | 8 | 16) + (39).to_bytes(3, "little") + (29).to_bytes(3, "little")
    told = webp((b"VP8X", head), (b"XMP ", owner), (name, data), (b"PRIV", owner))
    after = cleaned(told, "image/webp")[0]
    assert webp_parts(after) == [(b"VP8X", struct.pack("<I", 16) + head[4:]), (name, data)]
    assert pixels(after) == pixels(told) and struct.unpack("<I", after[4:8])[0] == len(after) - 8


def test_a_turned_webp_says_so_in_its_flags() -> None:
    after = cleaned(photo("WEBP", orientation=6), "image/webp")[0]
    parts = dict(webp_parts(after))
    assert parts[b"VP8X"][0] & 0b1100 == 8 and list(parts)[-1] == b"EXIF"
    upright = dict(webp_parts(cleaned(photo("WEBP", orientation=1), "image/webp")[0]))
    assert upright[b"VP8X"][0] & 0b1100 == 0 and b"EXIF" not in upright


# -- GIF --------------------------------------------------------------------------------------------------------------


def application(name: bytes, content: bytes) -> bytes:
    return b"!\xff\x0b" + name + bytes([len(content)]) + content + b"\0"


@pytest.mark.parametrize(
    ("block", "stays"),
    [
        (application(b"NETSCAPE2.0", b"\1\3\0"), True),
        (application(b"XMP DataXMP", b"OwnerName"), False),
        (b"!\xfe\x09OwnerName\0", False),
        (b"!\xf9\x04\0\x0a\0\0\0", True),
    ],
)
def test_of_the_blocks_of_a_gif_those_stay_that_show_it(block: bytes, *, stays: bool) -> None:
    plain = cleaned(picture("GIF"), "image/gif")[0]
    at = plain.index(b",", 13 + (3 << ((plain[10] & 7) + 1)))
    told = plain[:at] + block + plain[at:]
    assert cleaned(told, "image/gif")[0] == (told if stays else plain)
    assert cleaned(told + b"OwnerName", "image/gif")[0] == (told if stays else plain)


def test_a_gif_without_an_end_gets_one() -> None:
    plain = cleaned(picture("GIF"), "image/gif")[0]
    assert cleaned(plain[:-1], "image/gif")[0] == plain
    # Cut off behind the last of its lines, too.
    assert cleaned(plain[:-2], "image/gif")[0] == plain[:-2] + b";"


# -- TIFF -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("order", ["<", ">"])
def test_a_tiff_loses_entries_and_the_lists_they_lead_to(order: str) -> None:
    pack = struct.Struct(f"{order}HHII").pack
    pixel, maker, camera = b"\x80", b"SecretPhone\0", b"SecretLens\0\0"
    start = 8 + 2 + 12 * 8 + 4
    entries = [
        pack(256, 4, 1, 1),
        pack(257, 4, 1, 1),
        pack(258, 4, 1, 8),
        pack(262, 4, 1, 1),
        pack(271, 2, len(maker), start + 4),
        pack(273, 4, 1, start),
        pack(279, 4, 1, 1),
        pack(34665, 4, 1, start + 4 + len(maker)),
    ]
    below = struct.pack(f"{order}H", 1) + pack(42036, 2, len(camera), start + 4 + len(maker) + 18) + b"\0" * 4
    head = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(f"{order}I", 8)
    content = head + struct.pack(f"{order}H", 8) + b"".join(entries) + b"\0" * 4 + pixel + b"\0" * 3
    content += maker + below + camera
    after = cleaned(content, "image/tiff")[0]
    assert (len(after), pixels(after)) == (len(content), pixels(content))
    assert b"Secret" in content and b"Secret" not in after
    (count,) = struct.unpack_from(f"{order}H", after, 8)
    tags = [struct.unpack_from(f"{order}H", after, 10 + 12 * number)[0] for number in range(count)]
    assert tags == [256, 257, 258, 262, 273, 279]
