"""What is typed into a form is kept until the server took it: what it says about that, and which forms are left out."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from zhiliu.comments.models import Comment
from zhiliu.kit.web.middleware import ARRIVED
from zhiliu.knowledge.models import Article

pytestmark = pytest.mark.django_db
DRAFT = "3f1c2f0e-8f2a-4d53-9f0a-6a5a2a1b9c11"
OTHER = "9a0b2f0e-8f2a-4d53-9f0a-6a5a2a1b9c22"


@pytest.fixture
def door(article: Article) -> str:
    return reverse("comments:comments", args=["article", article.pk])


@pytest.fixture
def page(article: Article) -> str:
    return f"http://testserver{article.get_absolute_url()}?from=inbox"


def told(client: Client) -> str:
    """The drafts the page is told of."""
    return client.cookies[ARRIVED].value if ARRIVED in client.cookies else ""


def test_what_was_taken_is_told(browse: Any, xu: Any, door: str) -> None:
    client = browse(xu)
    client.post(door, {"body": "照做了，有用。", "_draft": DRAFT})
    assert told(client) == DRAFT
    assert Comment.objects.get().body == "照做了，有用。"


def test_several_are_told_until_the_page_has_read_it(browse: Any, xu: Any, door: str) -> None:
    client = browse(xu)
    client.post(door, {"body": "一", "_draft": DRAFT})
    client.post(door, {"body": "二", "_draft": OTHER})
    assert told(client) == f"{DRAFT}.{OTHER}"


def test_a_form_that_comes_back_with_errors_took_nothing(browse: Any, wang: Any, article: Article) -> None:
    client = browse(wang)
    client.post(reverse("knowledge:review", args=[article.pk]), {"next_on": "gestern", "_draft": DRAFT})
    assert told(client) == ""


@pytest.mark.parametrize("headers", [{}, {"HTTP_HX_REQUEST": "true"}])
def test_a_refusal_took_nothing(browse: Any, wang: Any, draft: Article, headers: dict[str, str]) -> None:
    client = browse(wang)
    answer = client.post(
        reverse("knowledge:publication", args=[draft.pk]), {"version": "999", "_draft": DRAFT}, **headers
    )
    assert answer.status_code in (204, 302)
    assert told(client) == ""


def test_without_a_session_nothing_is_taken(client: Client, door: str, page: str) -> None:
    client.post(door, {"body": "照做了", "_draft": DRAFT}, HTTP_REFERER=page)
    assert told(client) == ""
    assert not Comment.objects.exists()


def test_only_ids_are_told(browse: Any, xu: Any, door: str) -> None:
    client = browse(xu)
    client.post(door, {"body": "照做了", "_draft": 'x"; path=/; a=b'})
    assert told(client) == ""


def test_after_signing_in_one_is_on_the_page_the_form_stood_on(client: Client, door: str, page: str) -> None:
    answer = client.post(door, {"body": "照做了"}, HTTP_REFERER=page)
    path = page.removeprefix("http://testserver").replace("?", "%3F").replace("=", "%3D")
    assert answer["Location"] == f"/signin/?next={path}"


def test_a_fragment_asked_for_without_a_session_leads_back_to_its_page(
    client: Client, article: Article, page: str
) -> None:
    answer = client.get(reverse("knowledge:uses", args=[article.pk]), HTTP_HX_REQUEST="true", HTTP_REFERER=page)
    assert answer["Location"].startswith(f"/signin/?next={article.get_absolute_url()}%3F")


def test_a_page_of_another_host_is_not_gone_back_to(client: Client, door: str) -> None:
    assert client.post(door, {}, HTTP_REFERER="https://elsewhere.example/x")["Location"] == "/signin/?next=/"


def test_a_page_itself_is_come_back_to(client: Client, article: Article) -> None:
    address = reverse("knowledge:edit", args=[article.pk])
    assert client.get(address, HTTP_REFERER="http://testserver/")["Location"] == f"/signin/?next={address}"


def test_an_address_that_only_takes_forms_says_so(browse: Any, wang: Any, article: Article) -> None:
    answer = browse(wang).get(reverse("knowledge:publication", args=[article.pk]))
    assert answer.status_code == 405
    assert "退回" in answer.content.decode()


# ---- the forms -------------------------------------------------------------------------------------------------------

TEMPLATES = Path(__file__).resolve().parent.parent.parent / "zhiliu"
FORM = re.compile(
    r"<form\b(?P<tag>(?:\{%.*?%\}|\{\{.*?\}\}|\"(?:\{%.*?%\}|[^\"])*\"|[^>\"])*)>(?P<inside>.*?)</form>", re.S
)
TEXT = re.compile(
    r"<textarea|\{% form_field|\{\{ *form\b|"
    r"<input(?![^>]*type=\"(?:hidden|checkbox|radio|file|date|time|datetime-local|number|color|range|submit)\")"
)
# The island takes every form that is sent (islands/lib/every-form.ts). These are left out, and why.
LEFT_OUT = {
    "conversations/_composer.html": "the composer and its outbox keep messages",
    "knowledge/edit.html": "the editor keeps the text and saves by itself",
}


def _forms() -> list[tuple[str, str]]:
    found = []
    for path in sorted(TEMPLATES.glob("*/templates/**/*.html")):
        for form in FORM.finditer(path.read_text(encoding="utf-8")):
            if TEXT.search(form["inside"]):
                found.append((str(path).split("/templates/", 1)[1], form["tag"]))
    return found


def test_every_form_with_free_text_is_kept_or_says_why_not() -> None:
    forms = _forms()
    assert len(forms) > 100
    assert {name for name, tag in forms if 'data-draft="off"' in tag} == set(LEFT_OUT)


# Forms that only ask, and whose text stands in the address of the answer.
ASKING = {
    "communities/merge.html": "shows what a merge would mean",
    "style_guide/gallery.html": "shows parts of pages",
    "style_guide/samples/signin.html": "shows parts of pages",
    "style_guide/samples/talk.html": "shows parts of pages",
}


def test_text_that_is_not_sent_by_post_is_only_looked_for() -> None:
    asking = {name for name, tag in _forms() if 'method="post"' not in tag and 'role="search"' not in tag}
    assert asking == set(ASKING)
