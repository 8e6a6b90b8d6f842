"""Detects content types by the first bytes. Only raw photos, variants of TIFF, need the file name."""

from __future__ import annotations

import io

RAW, UNKNOWN = "image/x-raw", "application/octet-stream"
# Types that can run scripts, or that libmagic reports for any text.
_TEXTS = ("text/html", "image/svg+xml", "application/xhtml+xml", "text/xml", "application/xml")
# Raw camera formats: download only, stored byte for byte.
_RAW_NAMES = (
    ".3fr", ".arw", ".cr2", ".cr3", ".crw", ".dcr", ".dng", ".erf", ".fff", ".iiq", ".kdc", ".mef", ".mos", ".mrw",
    ".nef", ".nrw", ".orf", ".pef", ".raf", ".raw", ".rw2", ".rwl", ".sr2", ".srf", ".srw", ".x3f",
)  # fmt: skip
_RAW_HEADS = (b"FUJIFILMCCD-RAW", b"FOVb", b"IIRO", b"IIRS", b"MMOR", b"IIU\0", b"\0MRM")
_TIFF = (b"II*\0", b"MM\0*")
_FIRST_BRANDS = {
    b"crx ": RAW,
    b"M4A ": "audio/mp4",
    b"M4B ": "audio/mp4",
    b"F4A ": "audio/mp4",
    b"qt  ": "video/quicktime",
}
_AVIF = {b"avif", b"avis"}
_HEIC = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"mif2", b"msf1", b"miaf"}
_FILMS = (b"iso", b"mp4", b"avc", b"hvc", b"hev", b"av01", b"dash", b"M4V", b"f4v", b"MSNV", b"cmf", b"XAVC", b"mmp4")
# Matroska's names of audio codecs, and the prefix of video codecs.
_SOUNDS, _FILM = (b"A_OPUS", b"A_VORBIS"), b"V_"


def type_of(head: bytes, name: str) -> str:
    """Return the content type found in the first bytes; text and unknown content get types that cannot run."""
    if special := _raw_type(head, name) or _recorded_type(head) or _box_type(head):
        return special
    detected = _by_magic(head, name)
    if not detected or detected in _TEXTS:
        return "text/plain" if _is_text(head) else UNKNOWN
    if detected == "video/quicktime" and _is_text(head):
        # A text whose second word is "free", "skip" or "wide" looks like one.
        return "text/plain"
    if detected == "image/x-ms-bmp":
        return "image/bmp" if b"\0" in head else "text/plain"
    return _sound_only(head) if detected == "video/webm" else detected


def _by_magic(head: bytes, name: str) -> str:
    import puremagic

    try:
        return str(puremagic.from_string(head, mime=True, filename=name))
    except (puremagic.PureError, ValueError):
        return ""


def _raw_type(head: bytes, name: str) -> str:
    """Return the type of raw photos; '' for anything else."""
    is_raw_tiff = head.startswith(_TIFF) and (head[8:10] == b"CR" or name.lower().endswith(_RAW_NAMES))
    return RAW if is_raw_tiff or head.startswith(_RAW_HEADS) else ""


def _recorded_type(head: bytes) -> str:
    """Return the type of recordings of phones and browsers other than MP4; '' for anything else."""
    if head.startswith(b"#!AMR"):
        return "audio/amr"
    if head.startswith(b"OggS"):
        return "video/ogg" if b"theora" in head[:200] else "audio/ogg"
    if head[4:8] in (b"moov", b"mdat", b"wide") and b"\0" in head[:4]:
        return "video/quicktime"
    return ""


def _box_type(head: bytes) -> str:
    """Return the type of the MP4 family by its brands: the first is the actual type, the others are compatible ones."""
    if head[4:8] == b"jP  ":
        return "image/jp2"
    if head[4:8] != b"ftyp":
        return ""
    first, brands = head[8:12], _brands(head)
    if first in _FIRST_BRANDS:
        return _FIRST_BRANDS[first]
    if first.startswith((b"3gp", b"3g2", b"3ge")):
        return "video/3gpp"
    if first.startswith(_FILMS):
        return _mp4_type(head)
    if _AVIF & brands:
        return "image/avif"
    if _HEIC & brands:
        return "image/heic"
    return "video/mp4" if any(brand.startswith(_FILMS) for brand in brands) else UNKNOWN


def _mp4_type(head: bytes) -> str:
    """Return the type of a general MP4 file: browsers record sound into one, and list its tracks before the data."""
    return "audio/mp4" if b"soun" in head and b"vide" not in head else "video/mp4"


def _brands(head: bytes) -> set[bytes]:
    end = min(int.from_bytes(head[:4], "big"), 200)
    return {head[at : at + 4] for at in (8, *range(16, end, 4))}


def _sound_only(head: bytes) -> str:
    """Return the type of a WebM file: its tracks are listed before the data."""
    return "audio/webm" if any(sound in head for sound in _SOUNDS) and _FILM not in head else "video/webm"


def _is_text(head: bytes) -> bool:
    try:
        io.TextIOWrapper(io.BytesIO(head[:8000]), encoding="utf-8", errors="strict").read()
    except UnicodeDecodeError:
        return False
    return b"\0" not in head
