"""The guide through an installation's first steps, and what a newcomer is offered."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.cast import make_community, make_person
from tests.gatherings.stage import make_fixed, make_talk
from zhiliu.communities.joining import add_members
from zhiliu.communities.models import Community
from zhiliu.communities.role_permissions import Role
from zhiliu.directory.models import Organisation, Person
from zhiliu.home.guide import KINDS, end_guide, fold, guide_for, skip
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


@pytest.mark.parametrize(
    "act", [lambda by: skip("mail", by=by), lambda by: fold(True, by=by), lambda by: end_guide(by=by)]
)
def test_who_is_no_administrator_neither_skips_folds_nor_ends_it(
    act: Callable[[Person], None], wang: Person, admin: Person
) -> None:
    guide_for(admin)
    with pytest.raises(Forbidden, match="管理员"):
        act(wang)
    guide = SetupGuide.objects.get()
    assert (guide.skipped, guide.is_folded, guide.ended_at) == ([], False, None)


def test_what_has_ended_is_not_changed_any_more(admin: Person) -> None:
    skip("mail", by=admin)
    guide_for(admin)
    end_guide(by=admin)
    ended = SetupGuide.objects.get().ended_at
    end_guide(by=admin)
    fold(True, by=admin)
    skip("mail", by=admin)
    guide = SetupGuide.objects.get()
    assert (guide.ended_at, guide.is_folded, guide.skipped) == (ended, False, [])
    assert guide_for(admin) is None


def test_a_step_is_skipped_once_and_counts_as_done(admin: Person, settings: Any) -> None:
    settings.EMAIL_BACKEND = BACKEND
    before = guide_for(admin)
    for _turn in range(2):
        skip("mail", by=admin)
    skip("people", by=admin)
    after = guide_for(admin)
    assert before is not None and after is not None
    assert (SetupGuide.objects.get().skipped, before.done, after.done) == (["mail"], 0, 1)
    Organisation(name="岭东", address="https://kb.example.com").save()
    again = guide_for(admin)
    assert again is not None and again.done == 2
    # What was skipped and is there all the same is done.
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert state(admin) == "++>...."


@pytest.mark.parametrize(
    ("url", "demo", "is_done"),
    [
        ("", False, False),
        ("http://127.0.0.1:8000", False, False),
        ("https://kb.example.com", False, True),
        ("", True, True),
    ],
)
def test_an_address_others_reach_is_an_address(
    admin: Person, settings: Any, url: str, demo: bool, is_done: bool
) -> None:
    settings.DEMO = demo
    Organisation(name="岭东", address=url).save()
    guide = guide_for(admin)
    assert guide is not None and guide.steps[0].is_done is is_done


def test_a_session_without_a_time_is_none_yet(admin: Person, lin: Person, community: Community, settings: Any) -> None:
    make_talk(community, lin)
    assert state(admin)[5] == "."
    make_fixed(community, lin)
    assert state(admin)[5] == "+"


def test_a_step_leads_to_its_page_where_one_has_a_community_for_it_or_to_one_to_join(admin: Person) -> None:
    def pages() -> list[str]:
        guide = guide_for(admin)
        assert guide is not None
        return [step.url for step in guide.steps[3:]]

    start, voice, session, write = (
        reverse(name) for name in ("communities:start", "needs:voice", "gatherings:new", "knowledge:new")
    )
    assert pages() == [start, "", "", ""]
    community = make_community(make_person("lin"))
    join = reverse("communities:list")
    assert pages() == [start, join, join, join]
    add_members(community, {admin: Role.MEMBER}, by=admin)
    assert pages() == [start, voice, session, write]
    Community.objects.filter(pk=community.pk).update(features=["library"])
    assert pages() == [start, join, join, write]


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
