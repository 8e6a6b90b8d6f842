"""The guide through an installation's first steps, and what a newcomer is offered."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.utils import timezone

from tests.cast import make_community, make_person
from tests.gatherings.stage import make_fixed
from zhiliu.communities.models import Community
from zhiliu.directory.models import Organisation, Person
from zhiliu.home.guide import KINDS, guide_for, skip
from zhiliu.home.models import SetupGuide
from zhiliu.kit.errors import Forbidden
from zhiliu.knowledge.drafting import library_of, start_draft
from zhiliu.knowledge.publishing import publish
from zhiliu.needs.voicing import voice_need
from zhiliu.notifications.mail_server import BACKEND

pytestmark = pytest.mark.django_db


def publish_something(community: Community, author: Person) -> None:
    publish(start_draft(library=library_of(community), title="停机怎么办", markdown="先断电", by=author), by=author)


def state(person: Person) -> str:
    """What is done: ``+`` done, ``s`` skipped, ``>`` next, ``.`` later."""
    guide = guide_for(person)
    assert guide is not None
    return "".join("+" if s.is_done else "s" if s.is_skipped else ">" if s.is_next else "." for s in guide.steps)


def test_the_guide_ticks_what_is_there_and_ends_with_the_minutes_it_took(admin: Person, settings: Any) -> None:
    settings.EMAIL_BACKEND = BACKEND
    assert state(admin) == ">......"
    Organisation(name="岭东", address="https://kb.example.com").save()
    assert state(admin) == "+>....."
    skip("mail", by=admin)
    assert state(admin) == "+s>...."
    lin = make_person("lin")
    assert state(admin) == "+s+>..."
    community = make_community(lin, make_person("wang"))
    assert state(admin) == "+s++>.."
    voice_need(community, title="停机", by=lin)
    assert state(admin) == "+s+++>."
    make_fixed(community, lin)
    assert state(admin) == "+s++++>"
    SetupGuide.objects.update(began_at=timezone.now() - dt.timedelta(minutes=9, seconds=20))
    publish_something(community, lin)
    guide = guide_for(admin)
    assert guide is not None and guide.minutes == 9
    assert guide_for(admin) is None


def test_only_administrators_see_it_and_change_it(wang: Person, admin: Person, browse: Any) -> None:
    assert guide_for(wang) is None and not SetupGuide.objects.exists()
    assert "guide-title" in browse(admin).get("/").content.decode()
    assert "guide-title" not in browse(wang).get("/").content.decode()
    assert browse(wang).post("/setup/", {"act": "end"}).status_code == 403
    with pytest.raises(Forbidden):
        skip("mail", by=wang)
    assert SetupGuide.objects.get().ended_at is None


def test_it_can_be_left_taken_up_and_put_away(admin: Person, browse: Any) -> None:
    client = browse(admin)
    client.get("/")
    client.post("/setup/", {"act": "later"})
    assert "guide-title" not in client.get("/").content.decode()
    client.post("/setup/", {"act": "resume"})
    assert "guide-title" in client.get("/").content.decode()
    client.post("/setup/", {"act": "skip", "step": "people"})
    assert SetupGuide.objects.get().skipped == []
    client.post("/setup/", {"act": "end"})
    assert "/setup/" not in client.get("/").content.decode()


def test_a_company_that_lives_never_sees_it(lin: Person, admin: Person, community: Community, settings: Any) -> None:
    Organisation(name="岭东", address="https://kb.example.com").save()
    voice_need(community, title="停机", by=lin)
    make_fixed(community, lin)
    publish_something(community, lin)
    assert guide_for(admin) is None and SetupGuide.objects.get().ended_at is not None


def test_every_hint_in_an_empty_company_leads_somewhere(admin: Person, browse: Any) -> None:
    client = browse(admin)
    page = client.get("/").content.decode()
    assert [kind.key for kind in KINDS] == ["address", "mail", "people", "community", "need", "session", "article"]
    main = page.split('id="main"', 1)[1].split("</main>", 1)[0]
    for path in set(re.findall(r'href="(/[^"#]*)"', main)):
        answer = client.get(path, follow=True)
        assert answer.status_code == 200, path


def test_a_newcomer_in_an_empty_company_is_offered_nothing_that_leads_to_a_no(browse: Any) -> None:
    xu = make_person("xu")
    client = browse(xu)
    main = client.get("/").content.decode().split('id="main"', 1)[1].split("</main>", 1)[0]
    assert "/gatherings/new/tea/" not in main and "/needs/new/" not in main and "/knowledge/" not in main
    for path in set(re.findall(r'href="(/[^"#]*)"', main)):
        assert client.get(path, follow=True).status_code == 200, path
