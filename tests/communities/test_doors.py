"""What doors of communities show to whom."""

from __future__ import annotations

from typing import Any

import pytest

from zhiliu.directory.models import Person

pytestmark = pytest.mark.django_db


def test_guests_are_not_shown_a_form_they_may_not_send(zhao: Person, lin: Person, browse: Any) -> None:
    assert browse(zhao).get("/communities/new/").status_code == 403
    assert browse(lin).get("/communities/new/").status_code == 200


def test_the_gallery_is_not_there_where_people_work(lin: Person, browse: Any, settings: Any) -> None:
    assert browse(lin).get("/gallery/").status_code == 404
    settings.DEMO = True
    assert browse(lin).get("/gallery/").status_code == 200
