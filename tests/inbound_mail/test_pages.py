"""Addresses are shown where mail comes in, to whom they belong, and nowhere else."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail as outbox

from zhiliu.comments.commenting import comment
from zhiliu.communities.models import Community
from zhiliu.conversations.models import Channel, IncomingHook
from zhiliu.conversations.opening import open_channel, open_talk
from zhiliu.conversations.posting import post
from zhiliu.directory.models import Person
from zhiliu.discussions.answering import answer
from zhiliu.discussions.asking import ask
from zhiliu.discussions.asking_experts import ask_expert
from zhiliu.discussions.resolving import accept_answer
from zhiliu.inbound_mail.addresses import read_token, secret_in
from zhiliu.inbound_mail.quote_stripping import MARK
from zhiliu.needs.voicing import voice_need
from zhiliu.notifications.models import Preference


@pytest.fixture
def channel(community: Community, lin: Person) -> Channel:
    return open_channel(community, name="报价", by=lin)


def at_once(*people: Person) -> None:
    for person in people:
        for group in ("mine", "talk", "support", "community"):
            Preference.objects.create(person=person, group=group, mail=Preference.Mail.NOW)


@pytest.fixture
def mails(catch_up: Any, run_jobs: Any) -> Any:
    """mails(person) gives what goes out to somebody now."""

    def send(person: Person) -> list[Any]:
        outbox.outbox.clear()
        catch_up()
        run_jobs()
        return [mail for mail in outbox.outbox if mail.to == [person.email]]

    return send


def target_of(mail: Any) -> tuple[str, int, int]:
    (address,) = mail.reply_to
    signed = read_token(secret_in(address))
    assert signed is not None
    return signed.arrival.name, signed.person_id, signed.thing_id


# ---- mails -----------------------------------------------------------------------------------------------------------


def test_every_mail_that_can_be_answered_says_so_and_by_what_address(
    community: Community, channel: Channel, lin: Person, wang: Person, xu: Person, mails: Any
) -> None:
    at_once(lin, wang)
    mails(wang)
    message = post(channel, body=f"@{wang.name} 报价单谁来改", by=lin)
    (called,) = mails(wang)
    assert target_of(called) == ("message.reply", wang.pk, message.pk)
    assert called.body.startswith(MARK) and "报价单谁来改" in called.body
    assert MARK in called.alternatives[0][0]
    reply = post(channel, body="我来", by=wang, root=message)
    (replied,) = mails(lin)
    assert target_of(replied) == ("message.reply", lin.pk, message.pk) and "我来" in replied.body
    assert called.extra_headers["References"] == replied.extra_headers["References"]
    assert called.extra_headers["Message-ID"] != replied.extra_headers["Message-ID"]
    assert reply.root_id == message.pk
    talk = open_talk([wang], by=lin)
    post(talk, body="下午有空吗", by=lin)
    (private,) = mails(wang)
    assert target_of(private) == ("talk.reply", wang.pk, talk.pk)
    need = voice_need(community, title="报价总是慢", by=lin)
    mails(lin)
    comment("need", need.pk, body="我们也是", by=wang)
    (commented,) = mails(lin)
    assert target_of(commented) == ("need.comment", lin.pk, need.pk) and "我们也是" in commented.body


def test_mails_about_questions_lead_to_answers_or_to_words_about_them(
    community: Community, lin: Person, wang: Person, mails: Any
) -> None:
    at_once(lin, wang)
    question = ask(community, title="三号库的温度多少合适", body="现在是 5 度", by=wang)
    ask_expert(question, lin, by=wang)
    asked = [mail for mail in mails(lin) if mail.reply_to]
    assert {target_of(item) for item in asked} == {("question.answer", lin.pk, question.pk)}
    assert "现在是 5 度" in asked[-1].body
    made = answer(question, body="5 度正好", by=lin)
    (answered,) = mails(wang)
    assert target_of(answered) == ("question.comment", wang.pk, question.pk) and "5 度正好" in answered.body
    assert answered.extra_headers["References"] == asked[0].extra_headers["References"]
    accept_answer(made, by=wang, why="", thanks="")
    accepted = [mail for mail in mails(lin) if "accepted" in mail.subject]
    assert len(accepted) == 1


def test_what_cannot_be_answered_says_nothing_of_it(
    community: Community, lin: Person, wang: Person, mails: Any
) -> None:
    at_once(lin, wang)
    question = ask(community, title="三号库的温度多少合适", body="", by=wang)
    made = answer(question, body="5 度正好", by=lin)
    mails(wang)
    accept_answer(made, by=wang, why="", thanks="")
    for mail in mails(lin):
        assert not mail.reply_to and MARK not in mail.body and MARK not in mail.alternatives[0][0]


def test_without_a_door_mails_promise_nothing(
    channel: Channel, lin: Person, wang: Person, mails: Any, settings: Any
) -> None:
    settings.LMTP_LISTEN = ""
    at_once(wang)
    mails(wang)
    post(channel, body=f"@{wang.name} 报价单谁来改", by=lin)
    (called,) = mails(wang)
    assert not called.reply_to and MARK not in called.body and "报价单谁来改" not in called.body


def test_a_digest_has_no_one_thing_to_answer(
    channel: Channel, lin: Person, wang: Person, catch_up: Any, run_jobs: Any
) -> None:
    from zhiliu.notifications.mailing import enqueue_digests

    Preference.objects.create(person=wang, group="talk", mail=Preference.Mail.DIGEST)
    post(channel, body=f"@{wang.name} 报价单谁来改", by=lin)
    catch_up()
    outbox.outbox.clear()
    assert enqueue_digests() == 1
    run_jobs()
    (digest,) = [mail for mail in outbox.outbox if "for you" in mail.subject]
    assert not digest.reply_to and MARK not in digest.body and "References" not in digest.extra_headers


def test_words_from_outside_cannot_add_headers_or_turn_text(
    channel: Channel, lin: Person, wang: Person, mails: Any
) -> None:
    at_once(wang)
    mails(wang)
    post(channel, body=f"@{wang.name} <b>一</b>\u202e\nBcc: x@example.com {'长' * 3000}", by=lin)
    (called,) = mails(wang)
    page = called.alternatives[0][0]
    assert "&lt;b&gt;一&lt;/b&gt;" in page and "\u202e" not in called.body and called.body.count("长") < 1001
    assert called.message()["Bcc"] is None


# ---- pages -----------------------------------------------------------------------------------------------------------


def test_each_member_sees_their_own_address_of_a_channel(
    channel: Channel, lin: Person, wang: Person, sun: Person, browse: Any
) -> None:
    path, seen = f"/channels/{channel.pk}/people/", set()
    for person in (lin, wang):
        page = browse(person).get(path).content.decode()
        address = page.partition('<p class="small link-address page-gap-small">')[2].partition("<")[0]
        signed = read_token(secret_in(address))
        assert signed is not None
        assert (signed.arrival.name, signed.person_id, signed.thing_id) == ("channel.post", person.pk, channel.pk)
        seen.add(address)
    assert len(seen) == 2
    # Who only reads a community may not write there.
    page = browse(sun).get(path).content.decode()
    assert "zhiliu.example.com" not in page


def test_where_no_mail_comes_in_no_page_shows_an_address(
    channel: Channel, lin: Person, browse: Any, settings: Any
) -> None:
    settings.MAIL_IN_ADDRESS = ""
    for path in ("people", "programs"):
        page = browse(lin).get(f"/channels/{channel.pk}/{path}/").content.decode()
        assert "mailto:" not in page and "mail address" not in page.lower()
    page = browse(lin).post(f"/channels/{channel.pk}/programs/", {"name": "报警"}).content.decode()
    assert "/hooks/" in page and "mail" not in page.partition("banner info")[2].partition("</section>")[0].lower()


def test_the_mail_address_of_a_program_is_shown_once(channel: Channel, lin: Person, browse: Any) -> None:
    page = browse(lin).post(f"/channels/{channel.pk}/programs/", {"name": "客户来信"}).content.decode()
    secret = page.partition("reply+h")[2].partition("@")[0]
    assert len(secret) == 32
    assert IncomingHook.objects.exclude(mail_digest=None).count() == 1
    assert secret not in browse(lin).get(f"/channels/{channel.pk}/programs/").content.decode()
