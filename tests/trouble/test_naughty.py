"""Strings that break software, through every form: a clear answer, no error page, nothing that runs."""

from __future__ import annotations

import datetime as dt
import inspect
import io
import json
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import URLResolver, get_resolver, resolve
from django.utils import timezone

from zhiliu.communities.admission.inviting import make_link
from zhiliu.communities.arranging import add_text
from zhiliu.communities.models import Community
from zhiliu.communities.occasions import add_occasion
from zhiliu.communities.opening.planning import plan_openings
from zhiliu.communities.opening.planning import propose_openings as propose_openings
from zhiliu.conversations.hooks.incoming import open_incoming
from zhiliu.conversations.opening import open_channel
from zhiliu.conversations.posting import post
from zhiliu.conversations.voting import start_poll
from zhiliu.directory.models import Department, Location, Person, Position, ProfileField, Room
from zhiliu.directory.skills import declare_skills
from zhiliu.discussions.answering import answer
from zhiliu.discussions.asking import ask
from zhiliu.discussions.posting import write_post
from zhiliu.files.sharing import share_file
from zhiliu.files.storing import upload
from zhiliu.gatherings.inviting import invite_sharer
from zhiliu.gatherings.lightning import add_talk
from zhiliu.gatherings.models import Gathering
from zhiliu.gatherings.proposing import propose
from zhiliu.governance.budgets import set_line
from zhiliu.governance.goals import state_goal
from zhiliu.governance.proposing import count_votes, propose_to
from zhiliu.knowledge.drafting import library_of, start_draft
from zhiliu.knowledge.publishing import publish
from zhiliu.moderation.appealing import appeal
from zhiliu.moderation.configuring import save_template
from zhiliu.moderation.models import HeldPost, Sanction
from zhiliu.moderation.sanctioning import impose
from zhiliu.needs.models import Topic
from zhiliu.needs.topics import make_topic
from zhiliu.needs.voicing import voice_need
from zhiliu.polls.voting import open_poll

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.timeout(600)]


# A department's head answers here: a choice and a line of text like that of the nomination, which is tried. An import
# takes a file; hostile ones are in tests/transfers. So do photos; hostile ones are in tests/directory/test_photos.py.
# The page of a sanction shows forms that have doors of their own.
ELSEWHERE = {
    "gatherings.views.nominations.department_ask",
    "transfers.views.runs",
    "directory.views.photos.photo",
    "directory.views.photos.photo_import",
    "moderation.views.sanctions.sanction",
}


@pytest.fixture
def forms(community: Community, lin: Person, wang: Person, admin: Person) -> dict[str, dict[str, str]]:
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
    ahead = propose(community, title="约好的", for_whom="新人", take_home="单子", by=lin)
    later = timezone.now() + dt.timedelta(days=3)
    Gathering.objects.filter(pk=ahead.pk).update(
        state="fixed", starts_at=later, ends_at=later + dt.timedelta(hours=1), sharer=wang
    )
    article = start_draft(library=library_of(community), title="三处先看", markdown="先看表。", by=lin)
    publish(article, by=lin)
    poll = open_poll(
        community, question="几点", options=["三点", "四点"], closes_at=timezone.now() + dt.timedelta(days=2), by=lin
    )
    declare_skills(lin, ["检漏"], by=lin)
    goal = state_goal(title="修好率", by=admin)
    line = set_line(community, None, year=timezone.localdate().year, title="茶歇", amount=Decimal(100), by=lin)
    closes = timezone.now() + dt.timedelta(days=2)
    proposal = propose_to(community, title="线上", body="看得见", closes_at=closes, by=wang)
    count_votes(proposal)
    today = timezone.localdate().isoformat()
    base = f"/communities/{community.slug}"
    channel = open_channel(community, name="日常", by=lin)
    asked_here = start_poll(channel, question="几点", options=["甲", "乙"], lasts=dt.timedelta(hours=1), by=lin)
    evening = propose(community, title="夜里", for_whom="新人", take_home="单子", format="evening", by=lin)
    warning = Sanction.objects.create(community=community, person=lin, kind="warn", reason="跑题", by=admin)
    question = ask(community, title="停机", by=lin)
    idea = write_post(community, kind="idea", title="停机", body="先看表", by=lin)
    reply = answer(question, body="先看表", by=lin)
    _hook, key = open_incoming(channel, name="报警", by=lin)
    return {
        f"/gatherings/{ahead.pk}/audience/": {"tags": "*", "people": "*", "departments": "*", "channel": "*"},
        f"/gatherings/{ahead.pk}/audience/answer/": {"answer": "*"},
        f"/gatherings/{ahead.pk}/audience/reminders/": {"kind": "*"},
        f"/gatherings/{held.pk}/checkins/": {"person": "*"},
        f"{base}/members/roles/": {"role-1": "*", "was-1": "*"},
        f"/moderation/sanctions/{warning.pk}/appeal/": {"words": "*"},
        "/moderation/reports/new/": {"kind": "need", "id": f"{need.pk}", "reason": "other", "words": "*"},
        "/moderation/decisions/": {"decide": "*", "order": "*", "next": "*"},
        f"/channels/{channel.pk}/involvement/": {"involvement": "*"},
        f"/channels/{channel.pk}/messages/": {"body": "*", "client": "*", "root": "*", "called": "*"},
        f"/messages/{asked_here.pk}/forward/": {"into": "*", "comment": "*", "consents": "*", "client": "*"},
        f"/channels/{channel.pk}/polls/new/": {"question": "*", "options": "*\n乙", "lasts": "60", "client": "*"},
        f"/messages/{asked_here.pk}/ballot/": {"option": "*"},
        f"/channels/{channel.pk}/commands/": {"line": "*", "client": "*", "root": "*", "called": "*"},
        f"/channels/{channel.pk}/programs/commands/": {"word": "*", "hint": "*", "url": "*"},
        f"/channels/{channel.pk}/programs/": {"name": "*"},
        f"/channels/{channel.pk}/programs/told/": {"url": "*", "kind": "*", "robot_secret": "*", "tells": "*"},
        f"/hooks/{key}/": {"text": "*"},
        f"/channels/{channel.pk}/later/": {"body": "*", "due": "*", "client": "*", "root": "*", "called": "*"},
        "/signin/": {"username": "*", "password": "*"},
        "/inbox/push/": {"endpoint": "*", "p256dh": "*", "auth": "*"},
        "/inbox/push/remove/": {"endpoint": "*"},
        "/inbox/push/test/": {"endpoint": "*"},
        "/people/lin/profile/": {"tagline": "*", "skills": "*", "experience": "*", "pinyin": "*"},
        "/people/wang/thanks/": {"reason": "*"},
        "/people/wang/photo/removal/": {"reason": "*"},
        "/communities/new/": {"name": "*", "kind": "help", "purpose": "*"},
        f"{base}/announcements/new/": {"title": "*", "body": "*"},
        f"{base}/announcements/draft/": {"title": "*", "body": "*"},
        f"{base}/rules/edit/": {"text": "*"},
        f"{base}/members/new/": {"people": "*", "guest_name": "*", "guest_email": "*"},
        "/needs/new/": {"community": "*", "title": "*", "body": "*"},
        f"{base}/needs/new/": {"title": "*", "body": "*"},
        f"{base}/topics/new/": {"need": "*", "title": "*", "for_whom": "*", "take_home": "*", "pains": "*"},
        f"{base}/polls/new/": {"question": "*", "options": "*", "closes_on": "*", "closes_at": "*"},
        f"{base}/polls/{poll.pk}/ballot/": {"option": "*"},
        f"/needs/{need.pk}/edit/": {"title": "*", "body": "*", "version": "*"},
        f"/needs/{need.pk}/merge/": {"into": "*"},
        f"/needs/{need.pk}/support/": {"on": "*"},
        f"/topics/{topic.pk}/edit/": {"title": "*", "for_whom": "*", "take_home": "*", "version": "1"},
        f"/comments/need/{need.pk}/": {"body": "*"},
        "/questions/new/": {"community": "*", "title": "*", "body": "*"},
        f"{base}/questions/new/": {"title": "*", "body": "*", "tags": "*", "source": "*"},
        f"{base}/questions/found/": {"kind": "*", "key": "*", "title": "*"},
        f"/questions/{question.pk}/edit/": {"title": "*", "body": "*", "tags": "*", "version": "*"},
        f"/questions/{question.pk}/owner/": {"owner": "*"},
        f"/questions/{question.pk}/duplicate/": {"into": "*"},
        f"/questions/{question.pk}/answers/": {"body": "*"},
        f"/questions/{question.pk}/experts/": {"person": "*"},
        "/questions/limit/": {"most": "*"},
        f"{base}/posts/new/": {"kind": "*", "title": "*", "body": "*"},
        f"/posts/{idea.pk}/edit/": {"kind": "*", "title": "*", "body": "*", "version": "*"},
        f"{base}/rota/": {"person": "*", "weekday": "*", "starts": "*", "ends": "*"},
        f"/answers/{reply.pk}/edit/": {"body": "*", "version": "*"},
        f"/answers/{reply.pk}/acceptance/": {"why": "*"},
        "/gatherings/new/": {
            "format": "*",
            "community": "*",
            "title": "*",
            "for_whom": "*",
            "take_home": "*",
            "seats": "*",
        },
        f"/gatherings/{evening.pk}/evening/": {"channel": "*", "guest_minutes": "*"},
        f"/gatherings/{evening.pk}/evening/lines/": {"minute": "*", "text": "*"},
        "/gatherings/new/tea/": {"other": "*", "day": "*", "clock": "*", "minutes": "*", "title": "*"},
        f"/gatherings/{talk.pk}/edit/": {"title": "*", "for_whom": "*", "take_home": "*", "seats": "*", "version": "*"},
        f"/gatherings/{talk.pk}/time/": {"day": "*", "clock": "*", "minutes": "*", "place": "*", "online_url": "*"},
        f"/gatherings/{talk.pk}/invitations/": {"person": "*", "note": "*"},
        f"/gatherings/{talk.pk}/questions/": {"text": "*", "anonymous": "on"},
        f"/gatherings/{talk.pk}/checkin/": {"code": "*"},
        f"/gatherings/{held.pk}/thanks/": {"reason": "*"},
        f"/gatherings/{held.pk}/summary/": {"summary": "*", "version": "*"},
        f"/gatherings/{held.pk}/feedback/": {"clear": "*", "useful": "*", "better": "*"},
        f"/gatherings/{held.pk}/changed/": {"changed": "*"},
        f"/gatherings/{talk.pk}/time/doubts/": {"day": "*", "clock": "*", "minutes": "*"},
        f"{base}/membership/": {"note": "*", "rulebook": "*"},
        f"/needs/{need.pk}/closure/": {"reason": "*"},
        "/password/forgotten/": {"username": "*"},
        "/password/links/nothing/": {"password": "*"},
        "/people/": {"q": "*"},
        f"/gatherings/{held.pk}/deposit/owner/": {"owner": "*", "due_on": "*"},
        "/knowledge/new/": {"library": "*", "template": "*", "title": "*"},
        f"/articles/{article.pk}/edit/": {"title": "*", "claim": "*", "markdown": "*", "version": "*"},
        f"/articles/{article.pk}/uses/": {"where": "*", "outcome": "worked", "story": "*"},
        f"/articles/{article.pk}/settings/": {"owner": "*", "folder": "*", "tags": "*", "review_on": tomorrow},
        f"/articles/{article.pk}/library/": {"library": "*"},
        f"/articles/{article.pk}/review/": {"next_on": "*"},
        "/goals/new/": {"title": "*", "why": "*", "measure": "*", "owner": "*", "ends_on": "*"},
        f"/goals/{goal.pk}/edit/": {"title": "*", "why": "*", "version": "*"},
        f"{base}/sponsor/lines/new/": {"title": "*", "year": "2026", "amount": "12"},
        f"{base}/sponsor/lines/{line.pk}/": {"title": "*", "year": "*", "amount": "*"},
        f"{base}/sponsor/spending/new/": {"line": f"{line.pk}", "what": "*", "amount": "1", "on": today, "bought": "*"},
        f"{base}/sponsor/": {"year": "*"},
        f"{base}/sponsor/plan/": {"rhythm": "*"},
        f"{base}/proposals/new/": {"title": "*", "body": "*", "closes_on": tomorrow, "quorum": "20"},
        f"{base}/proposals/{proposal.pk}/": {"x": "*"},
        f"{base}/proposals/{proposal.pk}/follows/": {"text": "*"},
        f"{base}/proposals/{proposal.pk}/vote/": {"choice": "*"},
        f"{base}/life/phase/": {"after": "dormant", "why": "*"},
        f"{base}/merge/": {"target": "*"},
        f"{base}/split/": {"name": "*", "people": "*", "departments": "*", "look": "1"},
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
        # Every eighth string through every form, another eighth each: all of them go through about ten forms.
        for text in strings[len(path) % 8 :: 8]:
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


class FormsOfPage(HTMLParser):
    """The forms of a page that take text: their address, what is in them, and the names of what one types into.

    The standard parser is enough: our own pages are well formed.
    """

    TYPED = {"text", "search", "email", "url", "number", "date", "time", "datetime-local", "password", ""}

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str], list[str]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Collect."""
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            posts = given.get("method", "").lower() == "post"
            self.found.append((given.get("action", "") if posts else "get", {}, []))
        elif self.found and given.get("name") and "disabled" not in given:
            self._field(tag, given)

    def _field(self, tag: str, given: dict[str, str]) -> None:
        _action, values, typed = self.found[-1]
        kind = given.get("type", "") if tag == "input" else tag
        if kind in self.TYPED or tag in ("textarea", "select"):
            typed.append(given["name"])
        elif kind in ("checkbox", "radio") and "checked" not in given:
            values.setdefault(given["name"], given.get("value", "on"))
        elif kind != "file":
            values[given["name"]] = given.get("value", "")


def views_with_forms(patterns: Any = None) -> set[str]:
    """Names of all views that read a form themselves."""
    found: set[str] = set()
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            found |= views_with_forms(pattern.url_patterns)
        elif "Form(" in inspect.getsource(view := inspect.unwrap(pattern.callback)):
            found.add(name_of(view))
    return found


def name_of(view: Any) -> str:
    """Where a view stands."""
    return f"{view.__module__.removeprefix('zhiliu.')}.{view.__qualname__}"


def test_no_string_breaks_a_form_that_stands_on_a_page_and_none_is_forgotten(
    forms: dict[str, dict[str, str]], pages: list[str], admin: Person, shared_data: Path, browse: Any
) -> None:
    strings = json.loads((shared_data / "naughty-strings.json").read_text())
    client: Client = browse(admin)
    tried = {name_of(inspect.unwrap(resolve(path).func)) for path in forms}
    broken = []
    for path in pages:
        answer = client.get(path)
        assert answer.status_code == 200, path
        for action, values, typed in FormsOfPage(answer.content.decode()).found:
            if action == "get" or not typed:
                continue
            target = action or path
            tried.add(name_of(inspect.unwrap(resolve(target.split("?")[0]).func)))
            for text in strings[len(target) % 40 :: 40]:
                status = client.post(target, {**values, **dict.fromkeys(typed, text), "_once": ""}).status_code
                if status >= 500:
                    broken.append((target, text[:60], status))
                    break
    assert broken == []
    missing = sorted(views_with_forms() - tried - ELSEWHERE)
    assert not missing, " ".join(missing)


@pytest.fixture
def pages(
    forms: dict[str, dict[str, str]], community: Community, admin: Person, lin: Person, wang: Person
) -> list[str]:
    """Pages with forms that are not in the list above."""
    department, position = Department.objects.create(name="生产部"), Position.objects.create(name="工程师")
    place = Location.objects.create(name="杭州")
    room = Room.objects.create(location=place, name="大会议室")
    field = ProfileField.objects.create(key="hometown", label="籍贯")
    day = timezone.localdate()
    occasion = add_occasion(community, title="盘点", starts_on=day, ends_on=day, by=lin)
    link = make_link(community, days=3, by=lin)
    soon = timezone.now() + dt.timedelta(days=9)
    plan = propose_openings(community, "project", names=["一期"], first=soon, every_days=0)
    opening = plan_openings(community, plan, part="project", by=lin)[0]
    text = add_text(community, title="先看", text="三件事", by=lin)
    shared = share_file(community, upload(io.BytesIO(b"1"), name="表.csv", by=lin, community=community), by=lin)
    topic = Topic.objects.get()
    talk, held = Gathering.objects.order_by("pk")[:2]
    running = propose(community, title="在讲的", for_whom="新人", take_home="单子", by=admin)
    now = timezone.now()
    Gathering.objects.filter(pk=running.pk).update(
        state="fixed", starts_at=now - dt.timedelta(minutes=5), ends_at=now + dt.timedelta(hours=1), sharer=admin
    )
    asked = propose(community, title="请来讲", for_whom="新人", take_home="单子", by=lin)
    invite_sharer(asked, admin, by=lin)
    short = propose(community, title="六分钟一招", format="lightning", by=admin)
    talk_of = add_talk(short, title="先看表", speaker=lin, minutes=6, by=admin)
    base, manage = f"/communities/{community.slug}", "/administration"
    channel = open_channel(community, name="报价组", kind="private", by=admin)
    public = open_channel(community, name="有广告", by=admin)
    kept_back = post(public, body="代购，99 元，加微信 abc_12345 下单", by=wang)
    assert isinstance(kept_back, HeldPost)
    mute = impose(community, wang, "mute", reason="广告", until=timezone.now() + dt.timedelta(days=1), by=lin)
    appeal(mute, words="是团购", by=wang)
    template = save_template(community, title="广告", text="请不要发广告。", by=lin)
    return [
        *(f"{manage}/organisation/", f"{manage}/mail/"),
        *(f"{base}/moderation/", f"{base}/moderation/settings/", f"{base}/moderation/ready-words/new/"),
        f"{base}/moderation/sanctions/new/?person={wang.pk}",
        *(f"/moderation/cases/hold-{kept_back.pk}/", f"/moderation/sanctions/{mute.pk}/", f"{manage}/words/"),
        *(f"/moderation/ready-words/{template.pk}/", f"{manage}/ready-words/new/"),
        *(f"{base}/channels/new/", f"/channels/{channel.pk}/", f"/channels/{channel.pk}/settings/"),
        *(f"/channels/{channel.pk}/people/", "/talk/new/", f"/channels/{channel.pk}/polls/new/"),
        *(f"{base}/settings/", f"{base}/membership/", f"{base}/home/texts/new/", f"{base}/home/texts/{text.pk}/"),
        *(f"{base}/admission/rule/?add=1&new=tenure", f"{base}/invitations/", f"{base}/invitations/{link.pk}/"),
        *(
            f"{base}/openings/new/",
            f"{base}/openings/{opening.pk}/",
            f"{base}/openings/{opening.pk}/announcements/new/",
        ),
        f"{base}/openings/{opening.pk}/announcements/{opening.announcements.latest('pk').pk}/",
        *(f"{base}/calendar/new/", f"{base}/calendar/{occasion.pk}/", f"{base}/files/new/"),
        *(f"{base}/files/{shared.pk}/edit/", f"{base}/topics/new/"),
        *(f"/topics/{topic.pk}/", f"/topics/{topic.pk}/nominations/", f"/topics/{topic.pk}/departments/"),
        *(f"/gatherings/{talk.pk}/", f"/gatherings/{talk.pk}/nominations/", f"/gatherings/{talk.pk}/departments/"),
        *(f"/gatherings/{held.pk}/", f"/gatherings/{running.pk}/room/"),
        *(f"/gatherings/{asked.pk}/invitation/", f"/gatherings/{talk.pk}/cancellation/"),
        *(f"/gatherings/{running.pk}/end/", f"/gatherings/{short.pk}/order/", f"/talks/{talk_of.pk}/"),
        *(f"{manage}/people/new/", f"{manage}/people/wang/", f"{manage}/departments/new/"),
        *(f"{manage}/departments/{department.pk}/", f"{manage}/positions/new/", f"{manage}/positions/{position.pk}/"),
        *(f"{manage}/places/new/", f"{manage}/places/{place.pk}/", f"{manage}/places/{place.pk}/rooms/new/"),
        *("/imports/", "/search/synonyms/", "/me/"),
        *(f"{manage}/rooms/{room.pk}/", f"{manage}/fields/new/", f"{manage}/fields/{field.pk}/"),
        *("/working-time/hours/", f"/working-time/days/{day.isoformat()}/", "/password/", "/people/lin/profile/"),
    ]
