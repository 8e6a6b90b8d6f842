"""Removes private metadata from pictures: place, device, owner. Called in a confined child process.

Image data stay byte for byte; only metadata blocks are removed. Colour profile and orientation stay. Phone formats that
browsers cannot show become JPEG, Windows bitmaps PNG.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable, Iterator
from typing import Any

MAX_PIXELS = 60_000_000
TURNED = ("image/heic", "image/avif", "image/bmp")
_ORIENTATION, _FIRST_TURNED = 0x0112, 5


class BadPicture(Exception):
    """``code`` is ``damaged``, ``large`` or, if no preview can be made of it, ``moving``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def cleaned(content: bytes, content_type: str) -> tuple[bytes, str, int, int]:
    """Return a picture as it is stored: bytes, type, and its displayed width and height.

    Raises:
        BadPicture: it cannot be opened, or is absurdly large.
    """
    width, height, orientation = _measured(content)
    if content_type in TURNED:
        return _as_png(content) if content_type == "image/bmp" else _as_jpeg(content)
    clean = _CLEANERS.get(content_type)
    try:
        cleaned_bytes = clean(content, orientation) if clean else content
    except (struct.error, IndexError, ValueError):
        raise BadPicture("damaged") from None
    # Pillow opens TIFF files as they are displayed.
    if orientation >= _FIRST_TURNED and content_type != "image/tiff":
        width, height = height, width
    return cleaned_bytes, content_type, width, height


def _measured(content: bytes) -> tuple[int, int, int]:
    from PIL import Image, UnidentifiedImageError
    from pillow_heif import register_heif_opener

    register_heif_opener()
    try:
        with Image.open(io.BytesIO(content)) as picture:
            width, height = picture.size
            if width * height > MAX_PIXELS:
                raise BadPicture("large")
            picture.verify()
        # verify() leaves the image unusable, so it is opened again.
        with Image.open(io.BytesIO(content)) as picture:
            orientation = picture.getexif().get(_ORIENTATION, 1)
    except Image.DecompressionBombError:
        raise BadPicture("large") from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError):
        raise BadPicture("damaged") from None
    return width, height, orientation if orientation in range(1, 9) else 1


def _as_jpeg(content: bytes) -> tuple[bytes, str, int, int]:
    from PIL import Image, ImageOps

    try:
        with Image.open(io.BytesIO(content)) as picture:
            turned = ImageOps.exif_transpose(picture)
            profile, out = picture.info.get("icc_profile"), io.BytesIO()
            turned.convert("RGB").save(out, "JPEG", quality=92, icc_profile=profile, exif=b"")
    except (OSError, SyntaxError, ValueError):
        raise BadPicture("damaged") from None
    return out.getvalue(), "image/jpeg", *turned.size


def _as_png(content: bytes) -> tuple[bytes, str, int, int]:
    from PIL import Image

    try:
        with Image.open(io.BytesIO(content)) as picture:
            out = io.BytesIO()
            picture.save(out, "PNG")
    except (OSError, SyntaxError, ValueError):
        raise BadPicture("damaged") from None
    return out.getvalue(), "image/png", *picture.size


def smaller(content: bytes, width: int) -> bytes:
    """Return a picture as WebP, at most ``width`` pixels wide.

    Raises:
        BadPicture: it cannot be read, or is animated: a preview would not move.
    """
    from PIL import Image, ImageOps

    try:
        with Image.open(io.BytesIO(content)) as picture:
            if getattr(picture, "is_animated", False):
                raise BadPicture("moving")
            turned, out = ImageOps.exif_transpose(picture), io.BytesIO()
            turned.thumbnail((width, width * 4))
            turned.convert("RGBA" if "A" in turned.getbands() else "RGB").save(out, "WEBP", quality=82)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        raise BadPicture("damaged") from None
    return out.getvalue()


def squares(content: bytes, sides: tuple[int, ...]) -> list[bytes]:
    """Return the middle of a picture as WebP squares of the given sides in pixels, without metadata.

    Of an animation the first frame is taken.

    Raises:
        BadPicture: it cannot be read, or is absurdly large.
    """
    from PIL import Image, ImageOps

    _measured(content)
    try:
        with Image.open(io.BytesIO(content)) as picture:
            # JPEG pictures are read at a fraction of their size, which is five times as fast.
            picture.draft("RGB", (2 * max(sides), 2 * max(sides)))
            turned, profile = ImageOps.exif_transpose(picture), picture.info.get("icc_profile")
            if turned.has_transparency_data:
                turned = turned.convert("RGBA")
                turned = Image.alpha_composite(Image.new("RGBA", turned.size, "white"), turned)
            return [_square(turned.convert("RGB"), side, profile) for side in sides]
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        raise BadPicture("damaged") from None


def _square(picture: Any, side: int, profile: bytes | None) -> bytes:
    from PIL import ImageOps

    out = io.BytesIO()
    ImageOps.fit(picture, (side, side)).save(out, "WEBP", quality=84, icc_profile=profile or b"", exif=b"")
    return out.getvalue()


def _only_orientation(orientation: int) -> bytes:
    """Return EXIF data with the orientation and nothing else."""
    return b"II*\0\x08\0\0\0\x01\0" + struct.pack("<HHIHHI", _ORIENTATION, 3, 1, orientation, 0, 0)


# ---- JPEG ------------------------------------------------------------------------------------------------------------


def _clean_jpeg(content: bytes, orientation: int) -> bytes:
    out = [b"\xff\xd8"]
    exif = b"Exif\0\0" + _only_orientation(orientation)
    if orientation != 1:
        out.append(b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif)
    out += [part for marker, part in _jpeg_parts(content) if _is_shown(marker, part)]
    return b"".join([*out, b"\xff\xd9"])


def _is_shown(marker: int, part: bytes) -> bool:
    """Return True for needed segments: of the application segments JFIF, the colour profile and Adobe's colours."""
    if marker == 0xE2:
        return part[4:].startswith(b"ICC_PROFILE\0")
    return marker in (0xE0, 0xEE) or not (0xE0 <= marker <= 0xEF or marker == 0xFE)


def _jpeg_parts(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield markers with their bytes, up to the end of the first picture: what phones append is left out."""
    at = 2
    while True:
        while content[at] == 0xFF and content[at + 1] == 0xFF:
            at += 1
        if content[at] != 0xFF:
            raise ValueError("no marker")
        marker = content[at + 1]
        if marker == 0xD9:
            return
        (size,) = struct.unpack_from(">H", content, at + 2)
        end = at + 2 + size
        if marker == 0xDA:
            end = _end_of_scan(content, end)
        yield marker, content[at:end]
        at = end
        if at >= len(content) - 1:
            return


def _end_of_scan(content: bytes, at: int) -> int:
    while (at := content.find(b"\xff", at)) >= 0 and at + 1 < len(content):
        if content[at + 1] != 0 and not 0xD0 <= content[at + 1] <= 0xD7:
            return at
        at += 2
    return len(content)


# ---- PNG -------------------------------------------------------------------------------------------------------------

_SHOWN_IN_PNG = {
    b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT", b"bKGD", b"pHYs", b"acTL", b"fcTL", b"fdAT", b"cICP",
    b"mDCV", b"cLLI",
}  # fmt: skip


def _clean_png(content: bytes, orientation: int) -> bytes:
    out, at = [content[:8]], 8
    while at < len(content):
        size, name = struct.unpack_from(">I4s", content, at)
        # A capital first letter marks a chunk that is required to show the picture.
        if name in _SHOWN_IN_PNG or name[:1].isupper():
            out.append(content[at : at + 12 + size])
        if name == b"IHDR" and orientation != 1:
            exif = b"eXIf" + _only_orientation(orientation)
            out.append(struct.pack(">I", len(exif) - 4) + exif + struct.pack(">I", zlib.crc32(exif)))
        if name == b"IEND":
            break
        at += 12 + size
    return b"".join(out)


# ---- WebP ------------------------------------------------------------------------------------------------------------

_EXIF_FLAG, _XMP_FLAG = 0x08, 0x04


def _clean_webp(content: bytes, orientation: int) -> bytes:
    parts, at = [], 12
    while at + 8 <= len(content):
        name, size = struct.unpack_from("<4sI", content, at)
        part = bytearray(content[at : at + 8 + size + (size & 1)])
        if name == b"VP8X":
            part[8] &= ~(_EXIF_FLAG | _XMP_FLAG)
            part[8] |= _EXIF_FLAG if orientation != 1 else 0
        if name in _SHOWN_IN_WEBP:
            parts.append(bytes(part))
        at += 8 + size + (size & 1)
    if orientation != 1:
        exif = _only_orientation(orientation)
        parts.append(b"EXIF" + struct.pack("<I", len(exif)) + exif)
    body = b"".join(parts)
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


_SHOWN_IN_WEBP = {b"VP8X", b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF", b"ICCP"}


# ---- GIF -------------------------------------------------------------------------------------------------------------

_PICTURE, _EXTENSION, _END_OF_GIF = 0x2C, 0x21, 0x3B
_TIMES, _APPLICATION = 0xF9, 0xFF
# Application extensions to keep: loop count and colour profile.
_SHOWN_IN_GIF = (b"NETSCAPE2.0", b"ANIMEXTS1.0", b"ICCRGBG1012")


def _clean_gif(content: bytes, _orientation: int) -> bytes:
    at = 13 + _colours(content[10])
    out = [content[:at]]
    while content[at] != _END_OF_GIF:
        end = _end_of_block(content, at)
        if content[at] == _PICTURE or _is_shown_in_gif(content, at):
            out.append(content[at:end])
        at = end
        if at >= len(content):
            # Truncated: browsers show what is there.
            break
    return b"".join([*out, bytes([_END_OF_GIF])])


def _is_shown_in_gif(content: bytes, at: int) -> bool:
    kind = content[at + 1]
    return kind == _TIMES or (kind == _APPLICATION and content[at + 3 : at + 14] in _SHOWN_IN_GIF)


def _colours(flags: int) -> int:
    """Return the size of the following colour table in bytes."""
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _end_of_block(content: bytes, at: int) -> int:
    if content[at] == _PICTURE:
        at += 11 + _colours(content[at + 9])
    elif content[at] == _EXTENSION:
        at += 2
    else:
        raise ValueError("no block")
    while at < len(content) and content[at]:
        at += 1 + content[at]
    return at + 1


# ---- TIFF ------------------------------------------------------------------------------------------------------------

# Maker, model, software, time, artist, computer, XMP, IPTC, Photoshop, EXIF, GPS; description and copyright stay.
_TOLD_IN_TIFF = {271, 272, 305, 306, 315, 316, 700, 33723, 34377, 34665, 34853, 50341, 37724}
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}


def _clean_tiff(content: bytes, _orientation: int) -> bytes:
    """Remove entries from each directory and overwrite their data; nothing else moves."""
    order = "<" if content[:2] == b"II" else ">"
    output = bytearray(content)
    (at,) = struct.unpack_from(f"{order}I", content, 4)
    visited: set[int] = set()
    while at and at not in visited:
        visited.add(at)
        at = _clean_list(output, at, order)
    return bytes(output)


def _clean_list(content: bytearray, at: int, order: str) -> int:
    """Clean one directory of entries; return the position of the next."""
    (count,) = struct.unpack_from(f"{order}H", content, at)
    entries = [bytes(content[at + 2 + 12 * n : at + 14 + 12 * n]) for n in range(count)]
    (following,) = struct.unpack_from(f"{order}I", content, at + 2 + 12 * count)
    remaining = []
    for entry in entries:
        tag, kind, number, value = struct.unpack(f"{order}HHII", entry)
        if tag not in _TOLD_IN_TIFF:
            remaining.append(entry)
            continue
        if tag in (34665, 34853):
            _wipe_list(content, value, order)
        _wipe(content, value, _SIZES.get(kind, 1) * number)
    new = struct.pack(f"{order}H", len(remaining)) + b"".join(remaining) + struct.pack(f"{order}I", following)
    content[at : at + 6 + 12 * count] = new.ljust(6 + 12 * count, b"\0")
    return int(following)


def _wipe_list(content: bytearray, at: int, order: str) -> None:
    (count,) = struct.unpack_from(f"{order}H", content, at)
    for n in range(count):
        _tag, kind, number, value = struct.unpack_from(f"{order}HHII", content, at + 2 + 12 * n)
        _wipe(content, value, _SIZES.get(kind, 1) * number)
    content[at : at + 6 + 12 * count] = bytes(len(content[at : at + 6 + 12 * count]))


def _wipe(content: bytearray, at: int, size: int) -> None:
    if size > 4 and at + size <= len(content):
        content[at : at + size] = bytes(size)


_CLEANERS: dict[str, Callable[[bytes, int], bytes]] = {
    "image/jpeg": _clean_jpeg,
    "image/png": _clean_png,
    "image/webp": _clean_webp,
    "image/gif": _clean_gif,
    "image/tiff": _clean_tiff,
}
PICTURES = (*_CLEANERS, *TURNED)
