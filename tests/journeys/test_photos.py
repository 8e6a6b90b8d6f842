"""A photo: chosen, moved into the square, seen by others, and removed by an administrator with a reason."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from .conftest import Enter, Product
from .test_the_loop import open_path, press

pytestmark = pytest.mark.journey
FACE = "#main .page-head .avatar img.photo"


def wide_picture() -> bytes:
    """Twice as wide as high: red on the left, blue on the right."""
    wide = Image.new("RGB", (800, 400), "red")
    wide.paste("blue", (400, 0, 800, 400))
    out = io.BytesIO()
    wide.save(out, "PNG")
    return out.getvalue()


def colour(page: Page, selector: str) -> list[int]:
    """Return the colour in the middle of a picture on the page, once it is loaded."""
    found: Any = page.eval_on_selector(
        selector,
        """async (picture) => {
            await picture.decode();
            const canvas = new OffscreenCanvas(1, 1), context = canvas.getContext("2d");
            const middle = picture.naturalWidth / 2;
            context.drawImage(picture, middle, middle, 1, 1, 0, 0, 1, 1);
            return [...context.getImageData(0, 0, 1, 1).data].slice(0, 3);
        }""",
    )
    return list(found)


def test_a_photo_is_cropped_shown_and_removed_with_a_reason(enter: Enter, product: Product) -> None:
    xu, wang, admin = enter("xu", width=390), enter("wang"), enter("admin")
    open_path(xu, "/people/xu/")
    press(xu, "#main .page-head a.avatar")
    xu.set_input_files("input[name=photo]", {"name": "me.png", "mimeType": "image/png", "buffer": wide_picture()})
    canvas = xu.locator("canvas.photo-canvas")
    expect(canvas).to_be_visible()
    # The picture is dragged to the right with the mouse, and further with the keys: its left part remains.
    box = canvas.bounding_box()
    assert box is not None
    xu.mouse.move(box["x"] + 60, box["y"] + 60)
    xu.mouse.down()
    xu.mouse.move(box["x"] + 100, box["y"] + 60, steps=4)
    xu.mouse.up()
    canvas.focus()
    for _time in range(12):
        xu.keyboard.press("ArrowRight")
    press(xu, ".form-foot .button.main")
    assert colour(xu, ".photo-large")[0] > 240

    # Others see it in lists, small and at once.
    open_path(wang, "/people/?q=徐小满")
    expect(wang.locator("#rows img.photo")).to_have_attribute("width", "36")
    assert colour(wang, "#rows img.photo")[0] > 240
    open_path(wang, "/people/xu/photo/")
    expect(wang.locator("a[href*='kind=photo']")).to_be_visible()

    # An administrator removes it; the person reads why.
    open_path(admin, "/people/xu/photo/")
    admin.fill("input[name=reason]", "请用本人的照片")
    press(admin, "form[action$='/removal/'] button")
    expect(admin.locator("#main img.photo-large")).to_have_count(0)
    open_path(wang, "/people/xu/")
    expect(wang.locator(FACE)).to_have_count(0)
    open_path(xu, "/inbox/")
    expect(xu.locator(".item:has-text('请用本人的照片')").first).to_contain_text("移除了你的照片")
