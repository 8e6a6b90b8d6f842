"""Drawn portraits of a few people: plain shapes in quiet colours, always the same for the same person."""

from __future__ import annotations

import io
import random

from zhiliu.directory.photos import show_photo, stored_photo

from .stage import SEED, Stage

# Who has a portrait, and whether their hair is long.
PEOPLE = {"lin": True, "wang": False, "jiang-shuyi": True, "qian-muzhi": False, "ke-yifei": False, "cai-yun": True}
SIDE = 480
GROUNDS = ("#CFE0DD", "#E6D9C4", "#D5DCE8", "#E8D5D5", "#D9E2CB", "#DDD5E6")
SKINS = ("#F0CFB2", "#E3B78F", "#D9A57C", "#F4D9C2")
HAIRS = ("#2B2A2E", "#3D2F28", "#55504D", "#1F2430")
CLOTHES = ("#2F5B93", "#0B6A6E", "#7A4A5F", "#4C5B45", "#8A6A2F", "#46514D")


def build(stage: Stage) -> None:
    """Give some principals a portrait."""
    for number, (key, is_long) in enumerate(PEOPLE.items()):
        person = stage.people[key]
        show_photo(stored_photo(person, io.BytesIO(portrait(number, is_long=is_long)), by=person))


def portrait(number: int, *, is_long: bool) -> bytes:
    """Return a portrait as PNG.

    Args:
        is_long: whether the hair covers the ears.
    """
    from PIL import Image, ImageDraw

    chance = random.Random(SEED + number)
    picture = Image.new("RGB", (SIDE, SIDE), GROUNDS[number % len(GROUNDS)])
    draw = ImageDraw.Draw(picture)
    skin, hair = chance.choice(SKINS), chance.choice(HAIRS)
    if is_long:
        draw.rounded_rectangle((146, 116, 334, 352), 92, fill=hair)
    draw.ellipse((78, 338, 402, 640), fill=CLOTHES[number % len(CLOTHES)])
    draw.rounded_rectangle((206, 280, 274, 366), 30, fill=skin)
    draw.ellipse((156, 128, 324, 318), fill=skin)
    # The hair above the forehead.
    draw.chord((148, 106, 332, 306), 180, 360 - chance.randrange(0, 24), fill=hair)
    for eye in (206, 262):
        draw.ellipse((eye, 224, eye + 12, 238), fill="#33302E")
    draw.arc((214, 244, 266, 282), 20, 160, fill="#8C4B3F", width=6)
    if chance.random() < 0.4:
        for glass in (188, 244):
            draw.ellipse((glass, 208, glass + 48, 254), outline="#33302E", width=5)
        draw.line((236, 230, 244, 230), fill="#33302E", width=5)
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()
