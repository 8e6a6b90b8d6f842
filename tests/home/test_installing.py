"""What browsers read before they offer to install the product."""

from __future__ import annotations

from io import BytesIO

import pytest
from django.test import Client
from PIL import Image

from zhiliu.directory.managing.organisation import set_logo
from zhiliu.directory.models import Organisation, Person
from zhiliu.home.installing import ICONS

pytestmark = pytest.mark.django_db


def picture(colour: str, size: tuple[int, int]) -> bytes:
    stored = BytesIO()
    Image.new("RGB", size, colour).save(stored, "PNG")
    return stored.getvalue()


def test_the_app_has_the_name_of_the_organisation(admin: Person, client: Client) -> None:
    Organisation(name="岭东冷链").save()
    manifest = client.get("/manifest.webmanifest").json()
    assert (manifest["name"], manifest["short_name"], manifest["display"]) == ("岭东冷链", "岭东冷链", "standalone")
    assert [icon.get("purpose", "any") for icon in manifest["icons"]] == ["any", "any", "maskable"]
    assert all(client.get(shortcut["url"]).status_code == 302 for shortcut in manifest["shortcuts"])


@pytest.mark.parametrize("name", list(ICONS))
def test_the_icon_is_the_logo_in_the_middle_of_a_white_square(name: str, admin: Person, client: Client) -> None:
    Organisation(name="岭东冷链").save()
    assert client.get(f"/icon/{name}.png").headers["Location"] == f"/static/app-{name}.png"
    set_logo(picture("red", (400, 100)), by=admin)
    answer = client.get(f"/icon/{name}.png")
    icon = Image.open(BytesIO(answer.content)).convert("RGB")
    side, share = ICONS[name]
    assert (answer.headers["Content-Type"], icon.size) == ("image/png", (side, side))
    edge = round(side * (1 - share) / 2)
    middle = side // 2
    red, white = (255, 0, 0), (255, 255, 255)
    assert [icon.getpixel((x, middle)) for x in (edge - 2, edge + 2)] == [white, red]
    assert [icon.getpixel((middle, y)) for y in (0, middle)] == [white, red]


def test_an_unknown_icon_is_none(db: None, client: Client) -> None:
    assert client.get("/icon/1000.png").status_code == 404


def test_the_worker_stands_at_the_top_and_the_offline_page_needs_no_sign_in(db: None, client: Client) -> None:
    worker = client.get("/service-worker.js")
    assert worker.headers["Content-Type"] == "text/javascript"
    assert b"push" in b"".join(worker)  # type: ignore[arg-type]
    assert "现在没有网络" in client.get("/offline/").content.decode()
