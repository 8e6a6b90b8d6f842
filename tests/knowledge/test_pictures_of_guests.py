"""The server fetches pictures for colleagues: a guest is told so, not that they tried too often."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from zhiliu.directory.models import Attempt, Person
from zhiliu.files.models import Upload

pytestmark = pytest.mark.django_db


def test_a_guest_does_not_let_the_server_fetch_pictures(browse: Any, community: Any, zhao: Person) -> None:
    Person.objects.filter(pk=zhao.pk).update(language="en")
    answer = browse(zhao).post(reverse("knowledge:pictures"), {"url": "https://example.com/a.png"})
    assert (answer.status_code, answer.json()) == (403, {"error": "Guests can’t do this."})
    assert not Upload.objects.exists() and not Attempt.objects.exists()
