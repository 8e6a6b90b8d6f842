"""The pages of moderation: who gets in, the queue and its decisions, records, settings; questions that stay few."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone, translation

from tests.cast import fresh, make_person
from zhiliu.comments.commenting import comment
from zhiliu.communities.joining import add_members
from zhiliu.communities.models import Community
from zhiliu.communities.role_permissions import Role
from zhiliu.conversations.models import Channel, Message
from zhiliu.conversations.opening import open_talk
from zhiliu.conversations.posting import post
from zhiliu.directory.models import Person
from zhiliu.discussions.asking import ask
from zhiliu.files.storing import upload
from zhiliu.moderation.canned_responses import suggested_responses
from zhiliu.moderation.configuring import save_template
from zhiliu.moderation.deciding import decide_held_post
from zhiliu.moderation.models import Appeal, CannedResponse, Decision, HeldPost, Policy, Report, Sanction, Word
from zhiliu.moderation.queries import case_of, count_waiting, queue
from zhiliu.moderation.reporting import report
from zhiliu.moderation.sanctioning import impose
from zhiliu.needs.voicing import voice_need

from .test_screening import ADVERT, WEAK_ADVERT

JSON = {"HTTP_ACCEPT": "application/json"}


@pytest.fixture(autouse=True)
def _english(settings: Any) -> None:
    settings.LANGUAGE_CODE = "en"


def many(channel: Channel, count: int) -> None:
    """``count`` of each sort, by people of their own."""
    lin = Person.objects.get(handle="lin")
    for number in range(count):
        new, old = (
            make_person(f"n{number}", hired_on=timezone.localdate()),
            make_person(f"o{number}", hired_on=dt.date(2020, 1, 1)),
        )
        add_members(channel.community, {new: Role.MEMBER, old: Role.MEMBER}, by=lin)
        post(channel, body=f"{ADVERT} {number}", by=new)
        post(channel, body=f"{WEAK_ADVERT} {number}", by=old)
        message = post(channel, body=f"第 {number} 句", by=old)
        report("message", message.pk, reason="other", by=new)
        need = voice_need(channel.community, title=f"需求 {number}", by=old)
        report("need", need.pk, reason="wrong", by=new)
        talk: Any = comment("need", need.pk, body=f"评论 {number}", by=old)
        report("comment", talk.pk, reason="insult", by=new)
        impose(channel.community, old, "warn", reason=f"跑题 {number}", by=lin)


@pytest.mark.parametrize("count", [1, 3])
def test_pages_ask_a_fixed_number_of_questions(
    count: int, channel: Channel, lin: Person, browse: Any, django_assert_num_queries: Any
) -> None:
    many(channel, count + 1)
    for hold in HeldPost.objects.all()[:count]:
        decide_held_post(hold, publish=False, by=fresh(lin))
    client: Client = browse(lin)
    base = f"/communities/{channel.community.slug}/moderation"
    pages = {f"{base}/": 27, "/moderation/": 24, f"{base}/decided/": 15, f"{base}/sanctions/": 10}
    for path in pages:
        assert client.get(path).status_code == 200, path
    for path, most in pages.items():
        with django_assert_num_queries(most, info=path):
            client.get(path)


def test_the_queue_has_all_sorts_with_context_reasons_and_history(channel: Channel, lin: Person, browse: Any) -> None:
    many(channel, 1)
    cases = {case.key.rpartition("-")[0]: case for case in queue(fresh(lin))}
    assert sorted(cases) == ["comment", "hold", "message", "need"]
    held = cases["hold"]
    signs = "a WeChat or QQ account, a price, sales phrases, repeated signs"
    assert (held.reasons, held.exhibit.where) == ([f"Looks like an ad from a newcomer: {signs}"], "#售后日常")
    flagged = next(case for case in queue(fresh(lin)) if case.sort == "flagged")
    assert [line.text for line in flagged.exhibit.after] == ["第 0 句"]
    assert [sanction.reason for sanction in flagged.history.sanctions] == ["跑题 0"]
    assert count_waiting(fresh(lin)) == {"held": 1, "reported": 3, "flagged": 1}
    text = browse(lin).get("/moderation/").content.decode()
    for words in (ADVERT, "第 0 句", "评论 0", "需求 0", "Newcomer", "Joined "):
        assert words in text


def test_what_is_flagged_and_reported_is_one_case(channel: Channel, wang: Person, xu: Person, lin: Person) -> None:
    message = post(channel, body=WEAK_ADVERT, by=wang)
    report("message", message.pk, reason="advert", by=xu)
    assert [(case.key, case.sort, bool(case.flag)) for case in queue(lin)] == [
        (f"message-{message.pk}", "reported", True)
    ]
    assert count_waiting(lin) == {"held": 0, "reported": 1, "flagged": 0}


@pytest.mark.parametrize("who", ["wang", "zhao"])
def test_members_do_not_get_in(channel: Channel, who: str, browse: Any) -> None:
    client = browse(Person.objects.get(handle=who))
    base = f"/communities/{channel.community.slug}/moderation"
    for path in (f"{base}/", f"{base}/decided/", f"{base}/sanctions/", f"{base}/settings/", "/moderation/"):
        assert client.get(path).status_code == 403, path
    assert "Moderation" not in client.get(channel.community.get_absolute_url()).content.decode()


def test_members_decide_nothing(channel: Channel, wang: Person, xu: Person, browse: Any) -> None:
    held = post(channel, body=ADVERT, by=xu)
    client = browse(wang)
    for path in ("/moderation/decisions/", f"/moderation/cases/hold-{held.pk}/"):
        answer = client.post(path, {"decide": f"hold-{held.pk}/leave", "outcome": "leave"})
        assert answer.status_code == 403, path
    assert HeldPost.objects.waiting().get() == held


def test_who_moderates_elsewhere_sees_nothing_of_here(
    channel: Channel, xu: Person, closed_community: Community, browse: Any
) -> None:
    other = make_person("he", name="何苗")
    add_members(closed_community, {other: Role.LEADER}, by=Person.objects.get(handle="lin"))
    held = post(channel, body=ADVERT, by=xu)
    assert queue(fresh(other)) == []
    assert case_of(f"hold-{held.pk}", fresh(other)) is None
    client = browse(other)
    assert client.get(f"/moderation/cases/hold-{held.pk}/").status_code == 404
    client.post("/moderation/decisions/", {"decide": f"hold-{held.pk}/leave"})
    assert HeldPost.objects.waiting().count() == 1


def test_deciding_goes_on_to_the_next_row_and_can_be_undone(channel: Channel, lin: Person, browse: Any) -> None:
    many(channel, 2)
    client: Client = browse(lin)
    first, second = list(HeldPost.objects.order_by("pk"))
    order = f"hold-{first.pk},hold-{second.pk}"
    answer = client.post(
        "/moderation/decisions/",
        {"decide": f"hold-{first.pk}/out", "order": order, "next": "/moderation/?only=held"},
    )
    assert answer.headers["Location"] == f"/moderation/?at=hold-{second.pk}"
    page = client.get(answer.headers["Location"]).content.decode()
    decision = Decision.objects.get()
    assert decision.words.startswith("Ads don’t belong here")
    assert f'action="/moderation/decisions/{decision.pk}/undo/"' in page
    assert page.count(" autofocus") == 1
    client.post(f"/moderation/decisions/{decision.pk}/undo/")
    assert HeldPost.objects.waiting().count() == 2


def test_the_words_that_fit_are_offered(channel: Channel, wang: Person, xu: Person, lin: Person) -> None:
    post(channel, body=ADVERT, by=xu)
    message = post(channel, body="你行你上", by=wang)
    report("message", message.pk, reason="insult", by=fresh(xu))
    suggested = {response.fits: response.text for response in suggested_responses()}
    assert [case.words for case in queue(lin)] == [suggested["advert"], suggested["insult"]]
    save_template(channel.community, title="广告", text="请不要发广告。", fits="advert", by=lin)
    assert [case.words for case in queue(lin)] == ["请不要发广告。", ""]


def test_the_keys_of_the_queue_are_listed_there_and_nowhere_else(
    channel: Channel, xu: Person, lin: Person, browse: Any
) -> None:
    post(channel, body=ADVERT, by=xu)
    client: Client = browse(lin)
    with translation.override("en"):
        queue_page, other = (client.get(path).content.decode() for path in ("/moderation/", "/moderation/decided/"))
    assert ("hide</dd>" in queue_page, "Write a comment" in queue_page) == (True, False)
    assert ("hide</dd>" in other, "Write a comment" in other) == (False, True)


def test_deciding_twice_says_that_somebody_was_first(channel: Channel, xu: Person, lin: Person, browse: Any) -> None:
    held = post(channel, body=ADVERT, by=xu)
    client: Client = browse(lin)
    for _time in range(2):
        client.post("/moderation/decisions/", {"decide": f"hold-{held.pk}/leave"})
    assert "just decided" in client.get("/moderation/").content.decode()
    assert Message.objects.count() == 1


def test_a_case_with_words_and_a_mute(channel: Channel, wang: Person, xu: Person, lin: Person, browse: Any) -> None:
    message = post(channel, body="你这个方案是给外行看的", by=wang)
    report("message", message.pk, reason="insult", by=xu)
    client: Client = browse(lin)
    url = f"/moderation/cases/message-{message.pk}/"
    assert "你这个方案是给外行看的" in client.get(f"{url}?with=mute").content.decode()
    values = {"outcome": "out", "words": "请对事不对人。", "sanction": "mute", "days": "7", "reason": ""}
    assert "Give the reason" in client.post(url, values).content.decode()
    assert not Decision.objects.exists()
    client.post(url, {**values, "reason": "骂人"})
    sanction = Sanction.objects.get()
    assert (sanction.kind, sanction.reason, sanction.decision.words) == ("mute", "骂人", "请对事不对人。")
    assert 6 < (sanction.until - timezone.now()).total_seconds() / 86400 < 7


def test_an_adviser_is_offered_a_warning_but_no_mute(channel: Channel, xu: Person, wang: Person, browse: Any) -> None:
    held = post(channel, body=ADVERT, by=xu)
    channel.community.memberships.filter(person=wang).update(role=Role.ADVISER)
    page = browse(wang).get("/moderation/").content.decode()
    assert f"/moderation/cases/hold-{held.pk}/?with=warn" in page
    assert "?with=mute" not in page


def test_who_decides_opens_the_files_others_do_not(
    channel: Channel, xu: Person, wang: Person, lin: Person, browse: Any
) -> None:
    file = upload(io.BytesIO(b"price list"), name="价目.txt", by=xu, community=channel.community, is_private=True)
    held = post(channel, body=ADVERT, by=xu, uploads=[file])
    other = upload(io.BytesIO(b"2"), name="别的.txt", by=lin, community=channel.community, is_private=True)
    base = f"/moderation/cases/hold-{held.pk}/files"
    assert f"{base}/{file.key}/" in browse(lin).get("/moderation/").content.decode()
    assert b"".join(browse(lin).get(f"{base}/{file.key}/")) == b"price list"
    for person, key in ((wang, file.key), (xu, file.key), (lin, other.key)):
        assert browse(person).get(f"{base}/{key}/").status_code == 404


def test_who_decides_hears_a_recording_in_parts(channel: Channel, xu: Person, lin: Person, browse: Any) -> None:
    sound = b"\0\0\0\x20ftypM4A \0\0\0\0M4A mp42" + bytes(100)
    file = upload(io.BytesIO(sound), name="语音.m4a", by=xu, community=channel.community, is_private=True)
    held = post(channel, body=ADVERT, by=xu, uploads=[file])
    url = f"/moderation/cases/hold-{held.pk}/files/{file.key}/"
    answer = browse(lin).get(url, headers={"Range": "bytes=4-10"})
    assert (answer.status_code, b"".join(answer)) == (206, b"ftypM4A")


def test_a_file_without_words_is_shown_as_one(channel: Channel, xu: Person, wang: Person, lin: Person) -> None:
    file = upload(io.BytesIO(b"1"), name="图.txt", by=wang, community=channel.community, is_private=True)
    message = post(channel, body="", by=wang, uploads=[file])
    report("message", message.pk, reason="other", by=xu)
    with translation.override("en"):
        assert [case.said for case in queue(lin)] == ["A file"]


def test_what_stands_gives_no_reason_for_a_sanction(
    channel: Channel, wang: Person, xu: Person, lin: Person, browse: Any
) -> None:
    message = post(channel, body="我说两句", by=wang)
    report("message", message.pk, reason="other", by=xu)
    values = {"outcome": "leave", "sanction": "warn", "reason": "跑题"}
    browse(lin).post(f"/moderation/cases/message-{message.pk}/", values)
    assert (Decision.objects.count(), Sanction.objects.count()) == (0, 0)


# -- reporting --------------------------------------------------------------------------------------------------------


def test_a_report_by_page_by_dialog_and_twice(channel: Channel, wang: Person, xu: Person, browse: Any) -> None:
    message = post(channel, body="你行你上", by=wang)
    client: Client = browse(xu)
    asked = {"kind": "message", "id": message.pk}
    assert "Report this" in client.get("/moderation/reports/new/", asked).content.decode()
    panel = client.get("/moderation/reports/new/", {**asked, "panel": 1}).content.decode()
    assert panel.lstrip().startswith("<dialog")
    values = {**asked, "reason": "insult", "words": "不友好"}
    for _time in range(2):
        answer = client.post("/moderation/reports/new/", values, **JSON)
        assert answer.json() == {"said": "Thank you. We’ll notify you of the result."}
    assert client.post("/moderation/reports/new/", asked, **JSON).status_code == 422
    assert Report.objects.count() == 1


def test_nobody_reports_what_they_cannot_see(xu: Person, lin: Person, wang: Person, browse: Any) -> None:
    hidden = post(open_talk([wang], by=lin), body="悄悄话", by=fresh(lin))
    assert browse(xu).get("/moderation/reports/new/", {"kind": "message", "id": hidden.pk}).status_code == 404
    assert browse(xu).get("/moderation/reports/new/", {"kind": "x" * 40, "id": "9" * 30}).status_code == 404


# -- what authors see -------------------------------------------------------------------------------------------------


def test_what_is_held_is_told_to_its_device_and_shown_to_its_author_only(
    channel: Channel, xu: Person, wang: Person, browse: Any
) -> None:
    client: Client = browse(xu)
    answer = client.post(f"/channels/{channel.pk}/messages/", {"body": ADVERT, "client": "a-1"}, **JSON)
    held = HeldPost.objects.get()
    assert (answer.status_code, answer.json()["held"], answer.json()["state"]) == (202, held.pk, "waiting")
    assert ADVERT in client.get(f"/channels/{channel.pk}/").content.decode()
    assert ADVERT not in browse(wang).get(f"/channels/{channel.pk}/").content.decode()
    again = client.post(f"/channels/{channel.pk}/messages/", {"body": ADVERT, "client": "a-1"}, **JSON)
    assert again.json()["held"] == held.pk


def test_a_held_comment_is_shown_to_its_author_only(
    community: Community, xu: Person, wang: Person, browse: Any
) -> None:
    need = voice_need(community, title="压缩机半夜停机", by=wang)
    client: Client = browse(xu)
    client.post(f"/comments/need/{need.pk}/", {"body": ADVERT})
    assert ADVERT in client.get(need.get_absolute_url()).content.decode()
    assert ADVERT not in browse(wang).get(need.get_absolute_url()).content.decode()


def test_a_muted_person_reads_why_in_the_channel(channel: Channel, wang: Person, lin: Person, browse: Any) -> None:
    sanction = impose(channel.community, wang, "mute", reason="骂人", until=timezone.now() + dt.timedelta(3), by=lin)
    text = browse(wang).get(f"/channels/{channel.pk}/").content.decode()
    assert "骂人" in text
    assert sanction.get_absolute_url() in text


def test_a_record_is_ones_own_and_an_appeal_goes_from_it(
    channel: Channel, wang: Person, lin: Person, wu: Person, sun: Person, browse: Any
) -> None:
    sanction = impose(channel.community, wang, "warn", reason="跑题", by=lin)
    client: Client = browse(wang)
    assert "跑题" in client.get("/moderation/mine/").content.decode()
    url = sanction.get_absolute_url()
    assert client.get(url).status_code == 200
    for _time in range(2):
        client.post(f"{url}appeal/", {"words": "没有跑题", "_once": "x"})
    assert Appeal.objects.get().words == "没有跑题"
    assert browse(sun).get(url).status_code == 404
    assert "Grant" not in browse(lin).get(url).content.decode()
    decider: Client = browse(wu)
    assert "Grant and end sanction" in decider.get(url).content.decode()
    decider.post(f"{url}answer/", {"answer": "看过了，不算跑题", "grant": "1"})
    sanction.refresh_from_db()
    assert sanction.lifted_by == wu
    assert "看过了，不算跑题" in client.get(url).content.decode()


def test_a_sanction_without_a_message(
    community: Community, wang: Person, sun: Person, lin: Person, browse: Any
) -> None:
    client: Client = browse(lin)
    url = f"/communities/{community.slug}/moderation/sanctions/new/"
    assert "王一帆" in client.get(f"{url}?person={wang.pk}").content.decode()
    values = {"person": sun.pk, "sanction": "mute", "days": "7", "reason": "活动上骂人", "_once": "z"}
    assert client.post(url, values).status_code == 200
    for _time in range(2):
        client.post(url, {**values, "person": wang.pk})
    sanction = Sanction.objects.get()
    assert (sanction.person, sanction.kind, sanction.reason, sanction.decision) == (wang, "mute", "活动上骂人", None)
    assert browse(wang).get(url).status_code == 403


def test_what_waits_is_counted_in_rail_and_tab(channel: Channel, xu: Person, lin: Person, browse: Any) -> None:
    post(channel, body=ADVERT, by=xu)
    client: Client = browse(lin)
    page = client.get(channel.community.get_absolute_url()).content.decode()
    tab = page.split(f'/communities/{channel.community.slug}/moderation/"')[1].split("</a>")[0]
    assert '<span class="n">1</span>' in tab
    assert '"/moderation/"' in page


def test_a_sanction_is_lifted_on_its_page(channel: Channel, wang: Person, lin: Person, browse: Any) -> None:
    sanction = impose(channel.community, wang, "warn", reason="跑题", by=lin)
    browse(lin).post(f"{sanction.get_absolute_url()}end/")
    sanction.refresh_from_db()
    assert sanction.lifted_by == lin


# -- settings ---------------------------------------------------------------------------------------------------------


def test_settings_of_a_community(community: Community, lin: Person, browse: Any) -> None:
    client: Client = browse(lin)
    url = f"/communities/{community.slug}/moderation/settings/"
    assert "Advertising" in client.get(url).content.decode()
    values = {f"mode_{key}": "flag" for key in ("adverts", "flooding", "repeating", "insults")}
    client.post(url, {**values, "newcomer_limit": 5, "member_limit": 60, "version": 1})
    policy = Policy.objects.get()
    assert (policy.modes["adverts"], policy.newcomer_limit, policy.version) == ("flag", 5, 2)
    new = f"/communities/{community.slug}/moderation/ready-words/new/"
    for _time in range(2):
        client.post(new, {"title": "广告", "text": "请不要发广告。", "_once": "y"})
    template = CannedResponse.objects.get()
    client.post(f"/moderation/ready-words/{template.pk}/", {"title": "推销", "text": "请不要推销。"})
    assert "请不要推销。" in client.get(url).content.decode()
    client.post(f"/moderation/ready-words/{template.pk}/", {"drop": "1"})
    assert not CannedResponse.objects.exists()


def test_the_list_of_words_is_for_administrators(admin: Person, lin: Person, community: Community, browse: Any) -> None:
    assert browse(lin).get("/administration/words/").status_code == 403
    client: Client = browse(admin)
    client.post("/administration/words/", {"words": "大笨蛋\n小笨蛋", "weight": "2"})
    word = Word.objects.get(text="大笨蛋")
    assert word.weight == 2
    assert "大笨蛋" in client.get("/administration/words/").content.decode()
    client.post(f"/administration/words/{word.pk}/")
    assert not Word.objects.filter(pk=word.pk).exists()
    client.post("/administration/ready-words/new/", {"title": "广告", "text": "本公司不发广告。"})
    assert "本公司不发广告。" in client.get("/administration/words/").content.decode()


def test_a_case_speaks_the_language_of_its_reader(
    community: Community, channel: Channel, xu: Person, lin: Person, browse: Any
) -> None:
    held = ask(community, title=ADVERT, by=xu)
    assert isinstance(held, HeldPost)
    for language, words in (("en", ("3 days", "徐小满 · Question")), ("zh-hans", ("3 天", "徐小满 · 提问"))):
        Person.objects.filter(pk=lin.pk).update(language=language)
        page = browse(fresh(lin)).get(f"/moderation/cases/hold-{held.pk}/").content.decode()
        page = " ".join(page.split())
        assert all(word in page for word in words), language
