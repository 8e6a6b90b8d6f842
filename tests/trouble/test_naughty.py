"""Strings that break software, through every form: a clear answer, no error page, nothing that runs."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from zhiliu.communities.models import Community
from zhiliu.directory.models import Person
from zhiliu.directory.skills import declare_skills
from zhiliu.gatherings.models import Gathering
from zhiliu.gatherings.proposing import propose
from zhiliu.knowledge.drafting import library_of, start_draft
from zhiliu.knowledge.publishing import publish
from zhiliu.needs.topics import make_topic
from zhiliu.needs.voicing import voice_need
from zhiliu.polls.voting import open_poll

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.fixture
def forms(community: Community, lin: Person, wang: Person) -> dict[str, dict[str, str]]:
    """Every form that takes text, with the fields that a string goes into ('*') and the others as they should be."""
    tomorrow = (timezone.localdate() + dt.timedelta(days=1)).isoformat()
    need = voice_need(community, title="停机", by=wang)
    other = voice_need(community, title="漏氟", by=wang)
    topic = make_topic(community, [other], by=lin, title="漏氟先查哪", for_whom="新人", take_home="单子")
    talk = propose(community, title="漏氟", for_whom="新人", take_home="单子", by=lin)
    held = propose(community, title="讲过的", for_whom="新人", take_home="单子", by=lin)
    start = timezone.now() - dt.timedelta(hours=2)
    Gathering.objects.filter(pk=held.pk).update(
        state="held", starts_at=start, ends_at=start + dt.timedelta(hours=1), held_at=timezone.now(), sharer=wang
    )
    article = start_draft(library=library_of(community), title="三处先看", markdown="先看表。", by=lin)
    publish(article, by=lin)
    poll = open_poll(
        community, question="几点", options=["三点", "四点"], closes_at=timezone.now() + dt.timedelta(days=2), by=lin
    )
    declare_skills(lin, ["检漏"], by=lin)
    base = f"/communities/{community.slug}"
    return {
        "/signin/": {"username": "*", "password": "*"},
        "/people/lin/profile/": {"sentence": "*", "skills": "*", "experience": "*", "pinyin": "*"},
        "/people/wang/thanks/": {"reason": "*"},
        "/communities/new/": {"name": "*", "kind": "help", "purpose": "*"},
        f"{base}/announcements/new/": {"title": "*", "body": "*"},
        f"{base}/rules/edit/": {"text": "*"},
        f"{base}/members/new/": {"people": "*", "guest_name": "*", "guest_email": "*"},
        f"{base}/needs/new/": {"title": "*", "body": "*"},
        f"{base}/topics/new/": {"need": "*", "title": "*", "for_whom": "*", "take_home": "*", "pains": "*"},
        f"{base}/polls/new/": {"question": "*", "options": "*", "closes_on": "*", "closes_at": "*"},
        f"{base}/polls/{poll.pk}/ballot/": {"option": "*"},
        f"/needs/{need.pk}/edit/": {"title": "*", "body": "*", "version": "*"},
        f"/needs/{need.pk}/merge/": {"into": "*"},
        f"/needs/{need.pk}/support/": {"on": "*"},
        f"/topics/{topic.pk}/edit/": {"title": "*", "for_whom": "*", "take_home": "*", "version": "1"},
        f"/comments/need/{need.pk}/": {"body": "*"},
        "/gatherings/new/": {
            "format": "*",
            "community": "*",
            "title": "*",
            "for_whom": "*",
            "take_home": "*",
            "seats": "*",
        },
        "/gatherings/new/tea/": {"other": "*", "day": "*", "clock": "*", "minutes": "*", "title": "*"},
        f"/gatherings/{talk.pk}/edit/": {"title": "*", "for_whom": "*", "take_home": "*", "seats": "*", "version": "*"},
        f"/gatherings/{talk.pk}/time/": {"day": "*", "clock": "*", "minutes": "*", "place": "*", "online_url": "*"},
        f"/gatherings/{talk.pk}/invitations/": {"person": "*", "note": "*"},
        f"/gatherings/{talk.pk}/questions/": {"text": "*", "anonymous": "on"},
        f"/gatherings/{talk.pk}/checkin/": {"code": "*"},
        f"/gatherings/{held.pk}/thanks/": {"reason": "*"},
        f"/gatherings/{held.pk}/summary/": {"summary": "*", "version": "*"},
        f"/gatherings/{held.pk}/deposit/owner/": {"owner": "*", "due_on": "*"},
        "/knowledge/new/": {"library": "*", "template": "*", "title": "*"},
        f"/articles/{article.pk}/edit/": {"title": "*", "claim": "*", "markdown": "*", "version": "*"},
        f"/articles/{article.pk}/uses/": {"where": "*", "outcome": "worked", "story": "*"},
        f"/articles/{article.pk}/settings/": {"owner": "*", "folder": "*", "tags": "*", "review_on": tomorrow},
        f"/articles/{article.pk}/review/": {"next_on": "*"},
        "/inbox/preferences/": {"mine": "*"},
        "/language/": {"language": "*"},
        "/theme/": {"theme": "*"},
    }


def test_no_string_breaks_any_form(
    forms: dict[str, dict[str, str]], lin: Person, shared_data: Path, browse: Any
) -> None:
    strings = json.loads((shared_data / "naughty-strings.json").read_text())
    client: Client = browse(lin)
    client.raise_request_exception = True
    broken = []
    for path, fields in forms.items():
        # Every third string through every form, another third each: all of them go through about ten forms.
        for text in strings[len(path) % 3 :: 3]:
            sent = {name: text if value == "*" else value for name, value in fields.items()}
            try:
                status = client.post(path, sent).status_code
            except Exception as error:
                broken.append((path, text[:60], repr(error)[:120]))
                break
            if status >= 500:
                broken.append((path, text[:60], str(status)))
                break
    assert broken == []
    for path in ("/", "/inbox/", "/people/lin/", "/gatherings/", "/knowledge/", "/search/?q=alert"):
        page = client.get(path).content.decode()
        assert "<script>alert" not in page and "<img src=x onerror" not in page.lower(), path


@pytest.mark.parametrize("size", [100_000, 3_000_000])
def test_texts_far_too_long_are_refused_in_a_sentence(
    size: int, community: Community, lin: Person, browse: Any
) -> None:
    answer = browse(lin).post(f"/communities/{community.slug}/needs/new/", {"title": "长" * size, "body": "长" * size})
    assert answer.status_code in (200, 400, 413)
    assert not community.needs.exists()


def test_forged_ids_are_not_found(community: Community, lin: Person, browse: Any) -> None:
    client = browse(lin)
    for key in ("0", "999999", "9" * 18, "9" * 40):
        for kind in ("needs", "topics", "gatherings", "articles"):
            assert client.get(f"/{kind}/{key}/").status_code == 404, (kind, key)
        assert client.post(f"/comments/need/{key}/", {"body": "x"}).status_code == 404
        assert client.post(f"/comments/nothing/{key}/", {"body": "x"}).status_code == 404
