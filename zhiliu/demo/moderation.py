"""Build moderation: an advert held for review, two decided ones, a report, a mute with an appeal."""

from __future__ import annotations

import datetime as dt

from zhiliu.conversations.message_draft import MessageDraft
from zhiliu.conversations.models import Channel, Message
from zhiliu.conversations.posting import post, publish_message
from zhiliu.directory.models import Person
from zhiliu.moderation.appealing import appeal
from zhiliu.moderation.deciding import decide_held_post
from zhiliu.moderation.models import Appeal, Decision, HeldPost, Report, Sanction, Verdict
from zhiliu.moderation.reporting import report
from zhiliu.moderation.sanctioning import impose

from .stage import Stage
from .talk import in_order

PLACE = "key-accounts"
WAITING = "自家养的大闸蟹，内部价 98 元一斤，加微信 crab_2026 下单，周五送到公司楼下。"
PUBLISHED = "检漏仪团购，860 元一台，比单买便宜两百，加微信 leak_test01 登记，周五截止。"
REFUSED = "兼职日结，在家就能做，扫码进群，加微信 job_8821，名额有限。"
INSULT = "方案都看不懂就来提意见，脑残吧，这种会开了也白痴。"
REPORTED = "连报价单都不会做，还好意思来问。"
HOUR = dt.timedelta(hours=1)


def build(stage: Stage) -> None:
    """Build everything in the key accounts community, which Lin manages."""
    channel = Channel.objects.select_related("community").get(community=stage.communities[PLACE], name="日常")
    lin, wang = stage.people["lin"], stage.people["wang"]
    members = [person for person in stage.members[PLACE] if person in stage.others]
    seller, buyer, stranger, angry, rude = members[:5]
    _decided(stage, channel, buyer, PUBLISHED, -23, lin, publish=True)
    _decided(stage, channel, stranger, REFUSED, -9, lin, words="这里不发广告。有同事问起，可以直接回复他。")
    _muted(stage, channel, angry, lin)
    _reported(stage, channel, rude, wang)
    _held(stage, channel, seller, WAITING, _lately(stage, channel))
    in_order()


def _lately(stage: Stage, channel: Channel) -> dt.datetime:
    """Return a time between the last message and now."""
    channel.refresh_from_db()
    last = channel.last_at or stage.clock.now - HOUR
    return last + (stage.clock.now - last) / 2


def _held(stage: Stage, channel: Channel, by: Person, text: str, at: dt.datetime) -> HeldPost:
    channel.refresh_from_db()
    with stage.moment(at):
        held_post = post(channel, body=text, by=by)
    assert isinstance(held_post, HeldPost), text
    HeldPost.objects.filter(pk=held_post.pk).update(at=at)
    return held_post


def _decided(
    stage: Stage,
    channel: Channel,
    by: Person,
    text: str,
    day: int,
    lin: Person,
    *,
    publish: bool = False,
    words: str = "",
) -> Decision:
    at = stage.clock.at(day, "11:20")
    held_post = _held(stage, channel, by, text, at)
    with stage.moment(at + HOUR):
        decision = decide_held_post(held_post, publish=publish, by=lin, words=words)
    _date(decision, at + HOUR)
    # The position it would have had if published then.
    Message.objects.filter(pk=held_post.thing_id or 0).update(at=at + HOUR)
    return decision


def _date(decision: Decision, at: dt.datetime) -> None:
    Decision.objects.filter(pk=decision.pk).update(at=at)
    Verdict.objects.filter(decision=decision).update(at=at)


def _muted(stage: Stage, channel: Channel, by: Person, lin: Person) -> None:
    day = stage.clock.at(-2, "10:05")
    decision = _decided(stage, channel, by, INSULT, -2, lin, words="请对事不对人。欢迎换个说法再发。")
    with stage.moment(day + 2 * HOUR):
        sanction = impose(
            stage.communities[PLACE],
            by,
            Sanction.Kind.MUTE,
            reason="在频道里辱骂同事",
            rule="对事不对人",
            until=day + dt.timedelta(days=7),
            by=lin,
            decision=decision,
        )
    Sanction.objects.filter(pk=sanction.pk).update(at=day + 2 * HOUR, starts_at=day + 2 * HOUR)
    with stage.moment(day + 5 * HOUR):
        sanction_appeal = appeal(sanction, words="当时是接着他的玩笑话说的，已经当面道歉。希望缩短期限。", by=by)
    Appeal.objects.filter(pk=sanction_appeal.pk).update(at=day + 5 * HOUR)


def _reported(stage: Stage, channel: Channel, by: Person, reporter: Person) -> None:
    at = _lately(stage, channel)
    with stage.moment(at):
        message = publish_message(channel, MessageDraft(REPORTED), by=by)
    Message.objects.filter(pk=message.pk).update(at=at)
    Channel.objects.filter(pk=channel.pk).update(last_at=at)
    with stage.moment(at):
        row = report("message", message.pk, reason=Report.Reason.INSULT, words="对新同事不友好", by=reporter)
    Report.objects.filter(pk=row.pk).update(at=at)
