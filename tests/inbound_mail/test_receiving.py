"""What comes of a letter: who wrote it is made sure of, it becomes what the page would make of it, and only once."""

from __future__ import annotations

import datetime as dt
import io
import zlib
from typing import Any

import pytest
from django.core import mail as outbox
from django.utils import timezone
from PIL import Image

from zhiliu.activity.consumers import catch_up
from zhiliu.comments.models import Comment
from zhiliu.communities.models import Community, Membership
from zhiliu.conversations.hooks.incoming import close_incoming, mail_address, open_incoming
from zhiliu.conversations.models import Channel, IncomingHook, Message
from zhiliu.conversations.opening import close_channel, open_channel, open_talk
from zhiliu.conversations.posting import post, withdraw_message
from zhiliu.directory.models import Person
from zhiliu.discussions.answering import answer
from zhiliu.discussions.asking import ask
from zhiliu.discussions.models import Answer
from zhiliu.files.models import Upload
from zhiliu.inbound_mail import reading, receiving
from zhiliu.inbound_mail.addresses import address_with, reply_address, token_of
from zhiliu.inbound_mail.answering import send_answer, send_refusal
from zhiliu.inbound_mail.cleanup import forget_old_letters
from zhiliu.inbound_mail.models import ProcessedMail, RejectedMail
from zhiliu.kit.system.rate_limit import RateLimit
from zhiliu.moderation.models import HeldPost
from zhiliu.moderation.sanctioning import impose
from zhiliu.notifications.models import Notification

Outcome = ProcessedMail.Outcome


@pytest.fixture
def channel(community: Community, lin: Person) -> Channel:
    return open_channel(community, name="报价", by=lin)


@pytest.fixture
def question(community: Community, wang: Person) -> Any:
    return ask(community, title="三号库的温度多少合适", body="现在是 5 度", by=wang)


def take(raw: bytes, address: str, envelope_from: str | None = None) -> receiving.Result:
    return receiving.deal_with(reading.read_letter(raw), raw, address, envelope_from)


# ---- what letters become ---------------------------------------------------------------------------------------------


def test_a_reply_to_a_message_stands_in_its_thread(channel: Channel, lin: Person, wang: Person, write: Any) -> None:
    message = post(channel, body="报价单谁来改", by=lin)
    address = reply_address(wang, "message.reply", message.pk)
    assert take(write(wang, address, "我来，周五前\n\n> 报价单谁来改"), address).outcome == Outcome.TAKEN
    reply = Message.objects.get(root=message)
    assert (reply.by, reply.body) == (wang, "我来，周五前")


def test_what_is_answered_by_mail_is_read_and_what_came_since_is_not(
    channel: Channel, question: Any, lin: Person, wang: Person, write: Any
) -> None:
    first = post(channel, body="@王一帆 报价单谁来改", by=lin)
    answer(question, body="先看探头装在哪", by=lin)
    catch_up()
    unread = Notification.objects.filter(person=wang, read_at=None, kind__in=["channel", "question"])
    assert set(unread.values_list("kind", flat=True)) == {"channel", "question"}
    address = reply_address(wang, "message.reply", first.pk)
    take(write(wang, address, "我来"), address)
    assert set(unread.values_list("kind", flat=True)) == {"question"}
    post(channel, body="@王一帆 还有合同", by=lin)
    catch_up()
    take(write(wang, address, "周五前"), address)
    assert set(unread.values_list("kind", flat=True)) == {"channel", "question"}


def test_a_reply_in_a_talk_is_a_message_of_it(lin: Person, wang: Person, write: Any) -> None:
    talk = open_talk([wang], by=lin)
    address = reply_address(wang, "talk.reply", talk.pk)
    assert take(write(wang, address, "好的"), address).outcome == Outcome.TAKEN
    assert Message.objects.get(channel=talk).body == "好的"


def test_an_expert_answers_a_question_by_mail_with_a_picture(
    question: Any, lin: Person, wang: Person, write: Any
) -> None:
    address = reply_address(lin, "question.answer", question.pk)
    raw = with_file(write(lin, address, "5 度\n再低会结霜"), "库温.png", picture())
    assert take(raw, address).outcome == Outcome.TAKEN
    found, upload = Answer.objects.get(), Upload.objects.get()
    assert (found.by, found.question_id) == (lin, question.pk)
    assert found.body == f"5 度  \n再低会结霜\n\n![库温.png]({upload.get_absolute_url()})"
    assert "<br" in found.html and "<img" in found.html
    assert upload.community == question.community and Upload.objects.visible_to(wang).exists()


def test_what_comes_back_on_an_answer_is_a_word_more_about_the_question(
    question: Any, wang: Person, write: Any
) -> None:
    address = reply_address(wang, "question.comment", question.pk)
    assert take(write(wang, address, "是几层的库？"), address).outcome == Outcome.TAKEN
    assert Comment.objects.get(kind="question", thing_id=question.pk).body == "是几层的库？"
    assert not Answer.objects.exists()


def test_a_letter_to_a_channel_is_a_message_with_its_subject_as_first_line(
    channel: Channel, wang: Person, write: Any
) -> None:
    address = reply_address(wang, "channel.post", channel.pk)
    raw = with_file(
        write(wang, address, "看附件\n-- \n王工", subject="Re: 三号库 *急* [图]"), "报告.pdf", b"%PDF-1.4 x"
    )
    assert take(raw, address).outcome == Outcome.TAKEN
    message = Message.objects.get(channel=channel)
    assert message.body == "**三号库 *急* [图]**\n\n看附件"
    assert "<strong>三号库 *急* [图]</strong>" in message.html
    assert [(upload.name, upload.is_private) for upload in message.uploads.all()] == [("报告.pdf", True)]


def test_only_a_subject_is_a_message_too(channel: Channel, wang: Person, write: Any) -> None:
    address = reply_address(wang, "channel.post", channel.pk)
    assert take(write(wang, address, "", subject="今天不开会"), address).outcome == Outcome.TAKEN
    assert Message.objects.get(channel=channel).body == "**今天不开会**"


def test_what_should_be_looked_at_first_waits_and_counts_as_arrived(channel: Channel, wang: Person, write: Any) -> None:
    address = reply_address(wang, "channel.post", channel.pk)
    advert = "加微信 abc12345 领取兼职，日赚 500 元，无需押金，点 https://a.example/x https://b.example/y"
    assert take(write(wang, address, advert), address).outcome == Outcome.TAKEN
    assert HeldPost.objects.filter(by=wang).count() == 1 and not Message.objects.filter(channel=channel).exists()


def test_an_answer_that_should_be_looked_at_first_waits_and_does_not_come_twice(
    community: Community, question: Any, xu: Person, write: Any
) -> None:
    address = reply_address(xu, "question.answer", question.pk)
    raw = write(
        xu, address, "加微信 abc12345 领取兼职，日赚 500 元，无需押金，点 https://a.example/x https://b.example/y"
    )
    assert [take(raw, address).outcome for _ in range(2)] == [Outcome.TAKEN] * 2
    assert HeldPost.objects.filter(by=xu, kind="answer").count() == 1 and not Answer.objects.exists()


# ---- once ------------------------------------------------------------------------------------------------------------


def test_the_same_letter_again_is_the_same_message(channel: Channel, wang: Person, write: Any) -> None:
    address = reply_address(wang, "channel.post", channel.pk)
    raw = with_file(write(wang, address), "a.txt", b"a")
    assert [take(raw, address).outcome for _ in range(3)] == [Outcome.TAKEN] * 3
    assert Message.objects.filter(channel=channel).count() == Upload.objects.count() == 1


def test_the_same_answer_twice_is_one_answer_and_a_letter_without_name_is_told_by_its_words(
    question: Any, lin: Person, write: Any
) -> None:
    address = reply_address(lin, "question.answer", question.pk)
    raw = write(lin, address)
    nameless = b"\n".join(line for line in raw.split(b"\n") if not line.startswith(b"Message-ID"))
    for item in (raw, raw, nameless, nameless):
        assert take(item, address).outcome == Outcome.TAKEN
    assert Answer.objects.count() == 2


def test_one_letter_to_two_channels_is_a_message_in_each(
    community: Community, channel: Channel, lin: Person, wang: Person, write: Any
) -> None:
    other = open_channel(community, name="图纸", by=lin)
    raw = write(wang, "x@example.com")
    for item in (channel, other):
        assert take(raw, reply_address(wang, "channel.post", item.pk)).outcome == Outcome.TAKEN
    assert Message.objects.filter(channel=channel).count() == Message.objects.filter(channel=other).count() == 1


def test_when_it_fails_in_the_middle_nothing_is_kept_and_it_may_come_again(
    question: Any, lin: Person, write: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = reply_address(lin, "question.answer", question.pk)
    raw = write(lin, address)

    def fall(*_arguments: Any, **_more: Any) -> None:
        raise RuntimeError

    with monkeypatch.context() as patched:
        patched.setattr("zhiliu.discussions.answering.note_answered", fall)
        with pytest.raises(RuntimeError):
            take(raw, address)
    assert not Answer.objects.exists() and not ProcessedMail.objects.exists()
    assert take(raw, address).outcome == Outcome.TAKEN
    assert Answer.objects.count() == 1


# ---- who writes ------------------------------------------------------------------------------------------------------


def test_nobody_writes_by_somebody_elses_address(channel: Channel, wang: Person, xu: Person, write: Any) -> None:
    address = reply_address(wang, "channel.post", channel.pk)
    for sender in (xu, "stranger@example.net", f"{wang.email} <{xu.email}>"):
        assert take(write(sender, address), address) is receiving.NOT_THEIRS
    assert not Message.objects.filter(channel=channel).exists() and not RejectedMail.objects.exists()
    assert take(write(f"王 <{wang.email.upper()}>", address), address).outcome == Outcome.TAKEN  # type: ignore[union-attr]


def test_forged_and_old_addresses_are_none(channel: Channel, wang: Person, write: Any, settings: Any) -> None:
    good = reply_address(wang, "channel.post", channel.pk)
    forged = address_with(token_of("channel.post", wang.pk, channel.pk)[:-3] + "aaa")
    for address in (forged, "reply+p@zhiliu.example.com", "reply+habc@zhiliu.example.com", "somebody@example.com"):
        assert take(write(wang, address), address) is receiving.NO_SUCH
        assert not receiving.knows(address)
    settings.SECRET_KEY = "another-" * 8
    assert take(write(wang, good), good) is receiving.NO_SUCH
    assert not Message.objects.filter(channel=channel).exists()


def test_who_has_left_writes_no_more(channel: Channel, wang: Person, write: Any) -> None:
    address = reply_address(wang, "channel.post", channel.pk)
    Person.objects.filter(pk=wang.pk).update(is_active=False)
    assert take(write(wang, address), address) is receiving.NO_SUCH


# ---- what is refused, and how one learns of it -----------------------------------------------------------------------


def test_who_may_not_write_is_told_why_once_in_their_language(
    channel: Channel, lin: Person, wang: Person, write: Any, run_jobs: Any
) -> None:
    wang.language = "zh-hans"
    wang.save(update_fields=["language"])
    address = reply_address(wang, "channel.post", channel.pk)
    close_channel(channel, by=lin)
    raw = write(wang, address, subject="报价\u202e单")
    assert [take(raw, address).outcome for _ in range(2)] == [Outcome.ANSWERED] * 2
    run_jobs()
    run_jobs()
    (told,) = outbox.outbox
    assert told.to == [wang.email] and "没有收下" in told.subject and "报价单" in told.subject
    assert "这个频道已关闭" in told.body
    assert told.extra_headers["Auto-Submitted"] == "auto-replied"
    assert told.extra_headers["In-Reply-To"] == reading.read_letter(raw).message_id
    assert not Message.objects.filter(channel=channel).exists()
    # What a machine makes of it goes no further.
    assert take(told.message().as_bytes(), address).outcome == Outcome.DROPPED


def test_nobody_is_told_more_than_a_few_times_an_hour(channel: Channel, wang: Person, write: Any) -> None:
    address = reply_address(wang, "channel.post", channel.pk)
    for _ in range(9):
        assert take(write(wang, address, "", subject=""), address).outcome == Outcome.ANSWERED
    assert RejectedMail.objects.count() == 4
    RejectedMail.objects.update(at=timezone.now() - dt.timedelta(hours=2))
    take(write(wang, address, "", subject=""), address)
    assert RejectedMail.objects.count() == 5


@pytest.mark.parametrize("text", ["", "> 原文", "\n\n-- \n王工", "\u200b\u202e"])
def test_a_reply_without_words_is_refused(channel: Channel, lin: Person, wang: Person, write: Any, text: str) -> None:
    message = post(channel, body="报价单谁来改", by=lin)
    address = reply_address(wang, "message.reply", message.pk)
    assert "only the quoted message" in take(write(wang, address, text), address).said
    assert not Message.objects.filter(root=message).exists()


def test_too_much_text_is_refused_with_its_size(question: Any, lin: Person, wang: Person, write: Any) -> None:
    for name, most in (("question.answer", "8,000"), ("question.comment", "4,000")):
        address = reply_address(lin, name, question.pk)
        result = take(write(lin, address, "字" * 9000), address)
        assert result.outcome == Outcome.ANSWERED and f"9,000 characters; the limit is {most}" in result.said
    assert not Answer.objects.exists() and not Comment.objects.exists()


def test_what_is_gone_or_out_of_reach_is_refused(
    channel: Channel, community: Community, lin: Person, wang: Person, write: Any
) -> None:
    message = post(channel, body="报价单谁来改", by=lin)
    address = reply_address(wang, "message.reply", message.pk)
    Membership.objects.filter(community=community, person=wang).delete()
    Community.objects.filter(pk=community.pk).update(visibility="private")
    result = take(write(wang, address), address)
    assert (result.outcome, result.said) == (Outcome.ANSWERED, "It no longer exists, or you can’t see it.")
    assert reply_address(Person.objects.get(pk=wang.pk), "message.reply", message.pk) == ""


def test_announcement_channels_and_archives_keep_their_rules(
    community: Community, lin: Person, wang: Person, write: Any
) -> None:
    channel = open_channel(community, name="公告", posting="stewards", by=lin)
    message = post(channel, body="下周停电", by=lin)
    posting = address_with(token_of("channel.post", wang.pk, channel.pk))
    assert reply_address(wang, "channel.post", channel.pk) == ""
    assert take(write(wang, posting), posting).outcome == Outcome.ANSWERED
    replying = reply_address(wang, "message.reply", message.pk)
    assert take(write(wang, replying), replying).outcome == Outcome.TAKEN
    Community.objects.filter(pk=community.pk).update(phase="archived")
    assert take(write(wang, replying), replying).outcome == Outcome.ANSWERED
    messages = Message.objects.filter(channel=channel).order_by("pk")
    assert list(messages.values_list("root", flat=True)) == [None, message.pk]


def test_private_channels_talks_and_the_muted_keep_their_rules(
    community: Community, lin: Person, wang: Person, xu: Person, write: Any
) -> None:
    private = open_channel(community, name="价格", kind="private", by=lin)
    talk, public = open_talk([xu], by=lin), open_channel(community, name="报价", by=lin)
    for place in (private, talk):
        for name in ("channel.post", "talk.reply"):
            address = address_with(token_of(name, wang.pk, place.pk))
            assert take(write(wang, address), address).said == "It no longer exists, or you can’t see it."
    impose(community, wang, "mute", reason="吵", by=lin, until=timezone.now() + dt.timedelta(days=1))
    address = address_with(token_of("channel.post", wang.pk, public.pk))
    assert take(write(wang, address), address).outcome == Outcome.ANSWERED
    assert not Message.objects.exists() and not Upload.objects.exists()


# ---- files -----------------------------------------------------------------------------------------------------------


def test_files_that_cannot_be_kept_are_named(channel: Channel, wang: Person, write: Any, settings: Any) -> None:
    settings.UPLOAD_MAX_BYTES = 1 << 20
    address = reply_address(wang, "channel.post", channel.pk)
    raw = write(wang, address, "看附件", subject="")
    for name, content in (
        ("大_文件.zip", b"x" * (2 << 20)),
        ("炸弹.png", bomb()),
        ("坏.png", picture()[:60]),
        ("好.txt", b"ok"),
    ):
        raw = with_file(raw, name, content)
    assert take(raw, address).outcome == Outcome.TAKEN
    message = Message.objects.get(channel=channel)
    assert [upload.name for upload in message.uploads.all()] == ["好.txt"]
    assert message.body.split("\n\n") == [
        "看附件",
        "Left out: 大\\_文件.zip. The file is larger than 1 MB.",
        "Left out: 炸弹.png. The picture has too many pixels. Make it smaller and try again.",
        "Left out: 坏.png. The picture is damaged and can’t be opened.",
    ]


def test_words_are_taken_though_no_file_beside_them_can_be(
    channel: Channel, wang: Person, write: Any, settings: Any
) -> None:
    settings.UPLOAD_MAX_BYTES = 1 << 20
    address = reply_address(wang, "channel.post", channel.pk)
    large = b"x" * (2 << 20)
    assert take(with_file(write(wang, address, "看附件", subject=""), "a.zip", large), address).outcome == Outcome.TAKEN
    assert Message.objects.get().body == "看附件\n\nLeft out: a.zip. The file is larger than 1 MB."
    result = take(with_file(write(wang, address, "", subject=""), "a.zip", large), address)
    assert (result.outcome, result.said) == (Outcome.ANSWERED, "Left out: a.zip. The file is larger than 1 MB.")
    assert Message.objects.count() == 1


def test_a_letter_of_which_nothing_can_be_kept_is_refused(channel: Channel, wang: Person, write: Any) -> None:
    address = reply_address(wang, "channel.post", channel.pk)
    result = take(with_file(write(wang, address, "", subject=""), "炸弹.png", bomb()), address)
    assert result.outcome == Outcome.ANSWERED and "too many pixels" in result.said
    assert not Message.objects.filter(channel=channel).exists()


def test_a_hundred_files_are_ten(channel: Channel, wang: Person, write: Any) -> None:
    address = reply_address(wang, "channel.post", channel.pk)
    raw = write(wang, address, subject="")
    for number in range(14):
        raw = with_file(raw, f"{number}.txt", f"{number}".encode())
    assert take(raw, address).outcome == Outcome.TAKEN
    message = Message.objects.get(channel=channel)
    assert message.uploads.count() == 10 and message.body.count("Left out") == 4


# ---- boxes of programs -----------------------------------------------------------------------------------------------


def test_whoever_knows_the_address_of_a_hook_writes_as_its_bot(channel: Channel, lin: Person, write: Any) -> None:
    hook, key = open_incoming(channel, name="客户来信", by=lin)
    address = mail_address(key)
    assert address.partition("+")[2].partition("@")[0] not in str(IncomingHook.objects.values())
    raw = write(
        "客户 *甲* <k@customer.example>",
        address.upper(),
        "三号库报警",
        subject="急：库温",
        Auto_Submitted="auto-generated",
    )
    assert take(raw, address.upper()).outcome == Outcome.TAKEN
    assert take(raw, address).outcome == Outcome.TAKEN
    message = Message.objects.get(channel=channel)
    assert message.by == hook.bot
    assert message.body == "From: 客户 *甲*\n\n**急：库温**\n\n三号库报警"
    hook.refresh_from_db()
    assert hook.used_at is not None
    assert take(write("k@customer.example", address, Subject="自动回复：我不在"), address).outcome == Outcome.DROPPED
    close_incoming(hook, by=lin)
    assert take(write("k@customer.example", address), address) is receiving.NO_SUCH


def test_a_program_that_writes_too_fast_is_told_to_wait(
    channel: Channel, lin: Person, write: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("zhiliu.conversations.hooks.incoming.MESSAGES", RateLimit(2, dt.timedelta(minutes=1)))
    _hook, key = open_incoming(channel, name="报警", by=lin)
    address = mail_address(key)
    found = [take(write("p@program.example", address), address).outcome for _ in range(3)]
    assert found == [Outcome.TAKEN, Outcome.TAKEN, None]
    assert Message.objects.filter(channel=channel).count() == 2


def test_nobody_outside_is_answered(channel: Channel, lin: Person, write: Any) -> None:
    _hook, key = open_incoming(channel, name="报警", by=lin)
    close_channel(channel, by=lin)
    result = take(write("p@program.example", mail_address(key)), mail_address(key))
    assert result.outcome == Outcome.REFUSED and "closed" in result.said
    assert not RejectedMail.objects.exists()


def test_a_hook_from_before_has_no_mail_address(channel: Channel, lin: Person) -> None:
    IncomingHook.objects.filter(pk=open_incoming(channel, name="旧", by=lin)[0].pk).update(mail_digest=None)
    assert not receiving.knows(address_with("h"))


# ---- the rest --------------------------------------------------------------------------------------------------------


def test_a_message_that_was_taken_back_can_still_be_replied_to_as_on_the_page(
    channel: Channel, lin: Person, wang: Person, write: Any
) -> None:
    message = post(channel, body="报价单谁来改", by=lin)
    address = reply_address(wang, "message.reply", message.pk)
    withdraw_message(message, by=lin)
    assert take(write(wang, address), address).outcome == Outcome.TAKEN


def test_letters_are_forgotten_when_they_cannot_come_again(channel: Channel, wang: Person, write: Any) -> None:
    address = reply_address(wang, "channel.post", channel.pk)
    take(write(wang, address), address)
    assert forget_old_letters() == 0
    assert forget_old_letters(timezone.now() + dt.timedelta(days=181)) == 1


def picture(width: int = 40) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (width, 30), "white").save(made, "PNG")
    return made.getvalue()


def bomb() -> bytes:
    """A few hundred bytes that say they are eighty million pixels."""
    made = bytearray(picture())
    made[16:24] = (9_000).to_bytes(4, "big") * 2
    made[29:33] = zlib.crc32(bytes(made[12:29])).to_bytes(4, "big")
    return bytes(made)


def with_file(raw: bytes, name: str, content: bytes) -> bytes:
    from email import message_from_bytes, policy

    made = message_from_bytes(raw, policy=policy.default)
    made.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return made.as_bytes()


def test_rejections_are_forgotten_after_two_weeks_and_letters_after_half_a_year(wang: Person) -> None:
    now = timezone.now()
    for days in (13, 15, 179, 181):
        at = now - dt.timedelta(days=days)
        ProcessedMail.objects.create(digest=str(days), outcome=Outcome.TAKEN, at=at)
        RejectedMail.objects.create(person=wang, reason=str(days), at=at)
    assert forget_old_letters(now) == 4
    assert list(RejectedMail.objects.values_list("reason", flat=True)) == ["13"]
    assert set(ProcessedMail.objects.values_list("digest", flat=True)) == {"13", "15", "179"}


def test_each_person_is_told_of_their_own_letters(lin: Person, wang: Person, xu: Person, run_jobs: Any) -> None:
    for number in range(5):
        send_answer(wang, f"王 {number}", subject="报价", message_id="<1@x>")
    assert send_answer(lin, "林", subject="", message_id="<2@x>") is not None
    send_answer(xu, "徐", subject="报价", message_id="<3@x>")
    Person.objects.filter(pk=xu.pk).update(is_active=False)
    run_jobs()
    assert [message.to[0] for message in outbox.outbox] == ["wang@example.com"] * 4 + ["lin@example.com"]
    assert "王 0" in outbox.outbox[0].body and "your email" in outbox.outbox[4].subject
    assert list(RejectedMail.objects.filter(sent_at=None).values_list("person", flat=True)) == [xu.pk]


def test_who_has_no_address_any_more_is_not_told(wang: Person, run_jobs: Any) -> None:
    send_answer(wang, "理由", subject="报价", message_id="<1@x>")
    Person.objects.filter(pk=wang.pk).update(email=None)
    run_jobs()
    assert outbox.outbox == [] and RejectedMail.objects.get().sent_at is None


@pytest.mark.parametrize(
    ("name", "fine"),
    [("<1@x>", True), ("1@x>", False), ("<1@x", False), ("<1 @x>", False), ("<王@x>", False), ("<1\x07@x>", False)],
)
def test_only_a_clean_name_of_a_letter_goes_into_our_headers(
    wang: Person, run_jobs: Any, name: str, fine: bool
) -> None:
    send_answer(wang, "理由", subject="报价", message_id=name)
    run_jobs()
    assert outbox.outbox[0].extra_headers.get("In-Reply-To") == (name if fine else None)


def test_an_answer_is_in_the_writers_language_and_sent_once(wang: Person, run_jobs: Any) -> None:
    first = send_answer(wang, "理由", subject="报价", message_id="<1@x>")
    assert first is not None
    send_refusal.func(first.pk)
    send_refusal.func(first.pk)
    send_refusal.func(first.pk + 1)
    assert len(outbox.outbox) == 1


def test_who_wrote_too_much_is_told_once_and_only_as_themselves(
    channel: Channel, lin: Person, wang: Person, xu: Person, write: Any
) -> None:
    address = reply_address(wang, "channel.post", channel.pk)
    _hook, key = open_incoming(channel, name="报警", by=lin)

    def refuse(raw: bytes, to: str) -> int:
        receiving.refuse_size(reading.read_letter(raw), raw, to)
        return RejectedMail.objects.count()

    assert refuse(write(xu, address), address) == 0
    assert refuse(write(wang, address), "somebody@example.com") == 0
    assert refuse(write(wang, address, Precedence="bulk"), address) == 0
    for program in ("p@program.example", ""):
        assert refuse(write(program, mail_address(key), From=program), mail_address(key)) == 0
    assert not ProcessedMail.objects.exists()
    raw = write(wang, address)
    assert [refuse(raw, address), refuse(raw, address)] == [1, 1]
    assert take(raw, address).outcome == Outcome.ANSWERED
    other = write(wang, address)
    take(other, address)
    assert refuse(other, address) == 1


def test_an_address_is_good_while_its_person_has_one_and_has_not_renewed_it(channel: Channel, wang: Person) -> None:
    address = reply_address(wang, "channel.post", channel.pk)
    assert receiving.knows(address)
    Person.objects.filter(pk=wang.pk).update(address_round=1)
    assert not receiving.knows(address)
    wang.refresh_from_db()
    renewed = reply_address(wang, "channel.post", channel.pk)
    assert receiving.knows(renewed)
    Person.objects.filter(pk=wang.pk).update(email=None)
    assert not receiving.knows(renewed)


def test_a_reply_with_a_file_alone_is_taken_and_a_subject_alone_is_not(
    channel: Channel, lin: Person, wang: Person, write: Any
) -> None:
    message = post(channel, body="报价单谁来改", by=lin)
    address = reply_address(wang, "message.reply", message.pk)
    assert take(write(wang, address, "", subject="Re: 报价"), address).outcome == Outcome.ANSWERED
    assert take(with_file(write(wang, address, ""), "表.txt", b"x"), address).outcome == Outcome.TAKEN
    assert [upload.name for upload in Message.objects.get(root=message).uploads.all()] == ["表.txt"]
