"""A company with a sample for every address: the people who ask, and one of each kind of object.

The samples are the same in a private and in an open community. "The author" made them, or is their subject.
"""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils import timezone
from PIL import Image

from tests.cast import make_person
from tests.gatherings.stage import make_fixed, make_held, make_talk, now_running
from zhiliu.comments.commenting import comment
from zhiliu.communities.admission.inviting import invitation_of, invite_people, link_key, make_link
from zhiliu.communities.announcing import announce_to
from zhiliu.communities.arranging import add_text
from zhiliu.communities.joining import add_members
from zhiliu.communities.lifecycle.splitting import split_community
from zhiliu.communities.models import Community, JoinRequest, Membership, Opening, PreparedAnnouncement
from zhiliu.communities.occasions import add_occasion
from zhiliu.communities.role_permissions import Role
from zhiliu.communities.starting import start_community
from zhiliu.conversations.hooks.bots import new_bot
from zhiliu.conversations.hooks.incoming import open_incoming
from zhiliu.conversations.hooks.models import CommandCall, CommandHook, OutgoingHook
from zhiliu.conversations.message_draft import MessageDraft
from zhiliu.conversations.opening import open_channel
from zhiliu.conversations.polling import poll_of
from zhiliu.conversations.posting import post, review_payload
from zhiliu.conversations.scheduling import schedule
from zhiliu.conversations.voting import start_poll
from zhiliu.directory.login_links import hand_link, login_link_key
from zhiliu.directory.models import (
    Department,
    LinkMailing,
    Location,
    Person,
    PersonSkill,
    Position,
    ProfileField,
    Room,
    Skill,
    SpecialDay,
)
from zhiliu.directory.photos import set_photo
from zhiliu.discussions.answering import answer
from zhiliu.discussions.asking import ask
from zhiliu.discussions.models import ExpertRequest
from zhiliu.discussions.posting import write_post
from zhiliu.discussions.resolving import accept_answer
from zhiliu.discussions.rota import give_duty
from zhiliu.files.sharing import share_file
from zhiliu.files.storing import upload
from zhiliu.gatherings.asking import ask_in_room
from zhiliu.gatherings.audience import AudienceChoice, invite_audience
from zhiliu.gatherings.inviting import invite_sharer
from zhiliu.gatherings.lightning import add_talk
from zhiliu.gatherings.models import DepartmentAsk, Format, GatheringFile, Nomination
from zhiliu.gatherings.polling import ask_the_room
from zhiliu.governance.budgets import set_line, spend
from zhiliu.governance.goals import state_goal
from zhiliu.governance.periods import month_period
from zhiliu.governance.proposing import propose_to
from zhiliu.governance.reporting import make_report
from zhiliu.knowledge.drafting import library_of, start_draft
from zhiliu.knowledge.publishing import change_article, publish
from zhiliu.moderation.appealing import appeal
from zhiliu.moderation.configuring import list_words, save_template
from zhiliu.moderation.deciding import decide_thing
from zhiliu.moderation.models import HeldPost, Word
from zhiliu.moderation.reporting import report
from zhiliu.moderation.sanctioning import impose
from zhiliu.needs.topics import make_topic
from zhiliu.needs.voicing import voice_need
from zhiliu.notifications.mailing import stop_key
from zhiliu.notifications.models import Notification, PushDevice
from zhiliu.polls.voting import open_poll
from zhiliu.search.models import SynonymSuggestion, Tag
from zhiliu.search.synonyms import add_synonyms
from zhiliu.transfers.documents.models import DocumentRun
from zhiliu.transfers.models import ImportRow, ImportRun

TEXT = "## 当时的情形\n\n雨夜，三号库门开着。\n"

# Form data (also used as query string) for addresses that would reject an empty form before checking permissions; "@"
# refers to a sample.
VALUES: dict[str, dict[str, str]] = {
    "comments:comment": {"body": "好"},
    "comments:comments": {"body": "好"},
    "communities:consent": {"rulebook": "@rulebook"},
    "communities:phase": {"after": "dormant", "why": "淡季"},
    "communities:request_decision": {"admit": "1"},
    "communities:role": {"role": "expert"},
    "conversations:ballot": {"option": "@option of the message"},
    "conversations:commands": {"line": "/help"},
    "conversations:forward": {"into": "@channel to forward into", "consents": "1"},
    "conversations:message": {"body": "换个说法"},
    "conversations:messages": {"body": "好"},
    "conversations:people": {"people": "@people/<person_pk>"},
    "conversations:reactions": {"what": "👍"},
    "conversations:turning": {"messages": "@messages/<pk>", "into": "question"},
    "discussions:answers": {"body": "先看表"},
    "discussions:duplicate": {"into": "@another question"},
    "discussions:found": {"kind": "question", "key": "@questions/<pk>"},
    "gatherings:attendance_answer": {"answer": "no"},
    "gatherings:ballot": {"option": "@option in the room"},
    "gatherings:changed": {"changed": "改短了"},
    "gatherings:checkins": {"person": "@people/<person_pk>"},
    "gatherings:nominee": {"nomination": "@nominations/<pk>"},
    "gatherings:polls": {"question": "懂了吗", "options": "懂了\n没有"},
    "gatherings:pulse": {"word": "slower"},
    "gatherings:questions": {"text": "为什么停机"},
    "gatherings:thanks": {"reason": "少跑一趟"},
    "governance:follows": {"text": "下周改"},
    "governance:proposal_vote": {"choice": "yes"},
    "governance:service": {"goal": "@goals/<pk>"},
    "knowledge:restoration": {"number": "1"},
    "moderation:answer": {"answer": "算了", "grant": "1"},
    "moderation:appeal": {"words": "不是跑题"},
    "moderation:decisions": {"decide": "@decide"},
    "moderation:report": {"kind": "need", "id": "@needs/<pk>", "reason": "other"},
    "needs:merge": {"into": "@another need"},
    "polls:ballot": {"option": "@option"},
    "week": {"section": "requests"},
}


@dataclass
class Scene:
    """The people, and the samples of each community."""

    people: dict[str, Person]
    private: dict[str, Any] = field(default_factory=dict)
    open: dict[str, Any] = field(default_factory=dict)

    def values(self, name: str, samples: dict[str, Any]) -> dict[str, str]:
        """Return the form data of an address."""
        values = VALUES.get(name, {})
        return {key: str(samples[text[1:]]) if text[0] == "@" else text for key, text in values.items()}


def build() -> Scene:
    """Build people, two communities, and the contents of them and of the organisation."""
    scene = Scene(_people())
    people = scene.people
    shared = _organisation(people)
    for name, visibility, samples in (("华东报价组", "private", scene.private), ("售后互助站", "open", scene.open)):
        community = _community(people, name, visibility)
        samples |= shared | _of_community(community, people) | _of_admission(community, people)
        for part in (_said, _known, _met, _governed, _moderated):
            samples |= part(community, people)
    return scene


def _people() -> dict[str, Person]:
    people = {
        "stranger": make_person("stranger", kind=Person.Kind.GUEST),
        "colleague": make_person("sun"),
        "guest": make_person("zhao"),
        "member": make_person("liu", name="刘洋"),
        "author": make_person("wang"),
        "adviser": make_person("he", name="何静"),
        "manager": make_person("lin"),
        "admin": make_person("admin"),
        "keeper": make_person("song", name="宋洋"),
        "leaver": make_person("gone", name="钱进"),
    }
    elsewhere = start_community(name="读书会", kind="interest", by=people["manager"])
    add_members(elsewhere, {people["stranger"]: Role.MEMBER}, by=people["manager"])
    return people


def _community(people: dict[str, Person], name: str, visibility: str) -> Community:
    manager = people["manager"]
    # A kind with every feature switched on.
    community = start_community(
        name=name,
        kind="professional",
        by=manager,
        visibility=visibility,
        slug=f"{visibility}-place",
        admission="request",
    )
    roles = {people[key]: Role.MEMBER for key in ("guest", "member", "author", "leaver")}
    add_members(community, {**roles, people["adviser"]: Role.ADVISER}, by=manager)
    if visibility == "open":
        add_members(community, {people["keeper"]: Role.MANAGER}, by=manager)
    return Community.objects.get(pk=community.pk)


def _organisation(people: dict[str, Person]) -> dict[str, Any]:
    """Build what belongs to no community."""
    author, admin = people["author"], people["admin"]
    department = Department.objects.create(name="售后部", head=author)
    location = Location.objects.create(name="杭州")
    run = ImportRun.objects.create(kind="people", name="people.csv", format="csv", state="ready", by=admin)
    ImportRow.objects.create(run=run, line=2, key="N-1", outcome="new")
    list_words(["坏词"], weight=1, by=admin)
    claim = PersonSkill.objects.create(person=author, skill=Skill.objects.create(name="制冷"))
    return {
        "people/<handle>": author.handle,
        "photos/<pk>": set_photo(author, io.BytesIO(_png()), by=author).pk,
        "<pk>/<side>.webp": 96,
        "fields/<key>": ProfileField.objects.create(key="school", label="学校").key,
        "skills/<pk>": claim.pk,
        "fields/<pk>": ProfileField.objects.get(key="school").pk,
        "demo/<handle>": author.handle,
        "invitations/<key>": login_link_key(hand_link(make_person("invited", password=""), by=admin)),
        "entry links/<key>": login_link_key(hand_link(make_person("forgetful"), by=admin)),
        "logo/<digest>.png": "none",
        "mailings/<pk>": LinkMailing.objects.create(about="售后部", by=admin).pk,
        "departments/<pk>": department.pk,
        "positions/<pk>": Position.objects.create(name="工程师").pk,
        "places/<pk>": location.pk,
        "rooms/<pk>": Room.objects.create(location=location, name="听涛室").pk,
        "days/<date>": SpecialDay.objects.create(date=dt.date(2031, 3, 5), name="司庆").date.isoformat(),
        "working-time/<year>": 2031,
        "inbox/<pk>": Notification.objects.create(person=author, notice="directory.endorsed").pk,
        "stop/<key>": stop_key(author, "talk"),
        "shown/<key>": "forged",
        "devices/<pk>": PushDevice.objects.create(person=author, endpoint="https://push.example.com/a").pk,
        "icon/<name>.png": "192",
        "calendar/<key>.ics": author.calendar_key,
        "synonyms/<pk>": add_synonyms("除霜、化霜", by=admin).pk,
        "suggestions/<pk>": SynonymSuggestion.objects.create(before="融霜", after="除霜").pk,
        "words/<pk>": Word.objects.get(text="坏词").pk,
        "goals/<pk>": state_goal(title="少跑一趟", by=admin).pk,
        "transfers imports/<pk>": run.pk,
        "lines/<line>": 2,
    }


def _png() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (20, 20), "navy").save(out, "PNG")
    return out.getvalue()


def _of_community(community: Community, people: dict[str, Person]) -> dict[str, Any]:
    """Build the home page, announcements, poll and files of a community."""
    manager, author = people["manager"], people["author"]
    tomorrow = timezone.localdate() + dt.timedelta(days=1)
    announcement = announce_to(community, title="先看这里", body="说说你卡在哪", by=manager)
    occasion = add_occasion(community, title="旺季", starts_on=tomorrow, ends_on=tomorrow, by=manager)
    content = upload(io.BytesIO(community.slug.encode()), name="表.txt", by=author, community=community)
    poll = open_poll(
        community,
        question="下次讲哪个",
        options=["停机", "备件"],
        closes_at=timezone.now() + dt.timedelta(days=3),
        by=author,
    )
    rulebook = community.rulebooks.first()
    assert rulebook is not None
    return {
        "community": community.pk,
        "rulebook": rulebook.pk,
        "option": poll.options.get(order=1).pk,
        "communities/<slug>": community.slug,
        "members/<pk>": Membership.objects.get(community=community, person=people["member"]).pk,
        "home/<pk>": add_text(community, title="怎么提问", text="先看表", by=manager).pk,
        "texts/<pk>": add_text(community, title="怎么回答", text="先看表", by=manager).pk,
        "announcements/<pk>": announcement.pk,
        "n/<pk>": announcement.pk,
        "calendar/<pk>": occasion.pk,
        "files/<key>": content.key,
        "files/<pk>": share_file(community, content, by=author).pk,
        "polls/<pk>": poll.pk,
    }


def _of_admission(community: Community, people: dict[str, Person]) -> dict[str, Any]:
    """Build join requests, invitations, an opening and a split."""
    manager = people["manager"]
    asker, invited = make_person(f"asker-{community.pk}"), make_person(f"invited-{community.pk}")
    link = make_link(community, days=7, by=manager)
    invite_people(community, [invited], by=manager)
    invitation = invitation_of(community, invited)
    assert invitation is not None
    below = start_community(name=f"{community.name} 上海", kind="help", by=manager, parent=community)
    split = split_community(community, name=f"{community.name} 二组", people=[people["leaver"]], things={}, by=manager)
    opening = Opening.objects.create(
        community=below, parent=community, part="project", opens_at=timezone.now() + dt.timedelta(days=9), by=manager
    )
    prepared = PreparedAnnouncement.objects.create(opening=opening, audience="above", days=1, title="快了", body="等等")
    return {
        "requests/<pk>": JoinRequest.objects.create(community=community, person=asker).pk,
        "invitations/<pk>": link.pk,
        "links/<key>": link_key(link),
        "invited/<pk>": invitation.pk,
        "openings/<pk>": opening.pk,
        "announcements/<number>": prepared.pk,
        "life/<pk>": split.pk,
    }


def _said(community: Community, people: dict[str, Person]) -> dict[str, Any]:
    """Build channels and questions."""
    manager, author = people["manager"], people["author"]
    channel = open_channel(community, name="日常", by=author)
    aside = open_channel(community, name="闲聊", by=author)
    few = open_channel(community, name="小组", kind="private", people=[people["member"]], by=author)
    message = post(channel, body="压缩机半夜停机", by=author)
    post(channel, body="先看表", by=people["member"], root=message)
    poll_message = start_poll(channel, question="几点", options=["一", "二"], lasts=dt.timedelta(hours=8), by=author)
    picture = upload(io.BytesIO(b"%d" % channel.pk), name="话.txt", by=author, is_private=True)
    post(channel, body="见附件", by=author, uploads=[picture])
    calling = post(channel, body="@所有人 停电", by=author)
    later = schedule(
        channel,
        body="明天见",
        due_at=timezone.now() + dt.timedelta(days=1),
        client_id=f"later-{channel.pk}",
        by=author,
    )
    incoming, key = open_incoming(channel, name="监控", by=manager)
    # Created directly, because the verbs would resolve the host.
    outgoing = OutgoingHook.objects.create(channel=channel, url="https://example.com/told", by=manager)
    program = CommandHook.objects.create(
        channel=channel, word="stock", url="https://example.com/asked", bot=new_bot("库存"), by=manager
    )
    call = CommandCall.objects.create(hook=program, by=author, client_id=f"call-{channel.pk}")
    question, solved = (ask(community, title=title, by=author) for title in ("停机先看哪", "备件在哪"))
    accept_answer(answer(solved, body="二号柜", by=people["member"]), by=author)
    ExpertRequest.objects.create(question=question, person=author, by=manager)
    duty = give_duty(community, author, weekday=1, starts=dt.time(9), ends=dt.time(12), by=manager)
    return {
        "channels/<pk>": channel.pk,
        "channel to forward into": aside.pk,
        **{f"conversations:{name} channels/<pk>": few.pk for name in ("person_out", "people", "leaving")},
        "option of the message": poll_of(poll_message).options.get(order=1).pk,
        "threads/<root>": message.pk,
        "turning/<message>": message.pk,
        "messages/<pk>": message.pk,
        "conversations:readers messages/<pk>": calling.pk,
        "conversations files/<key>": picture.key,
        **{f"conversations:{name} messages/<pk>": poll_message.pk for name in ("poll", "poll_closing", "ballot")},
        "people/<person_pk>": people["member"].pk,
        "scheduled/<pk>": later.pk,
        "commands/<call_pk>": call.pk,
        "programs/<kind>": "in",
        "<kind>/<hook_pk>": incoming.pk,
        "told/<hook_pk>": outgoing.pk,
        "hooks/<key>": key,
        "questions/<pk>": question.pk,
        "discussions:faq questions/<pk>": solved.pk,
        "another question": solved.pk,
        "answers/<pk>": answer(question, body="先看表", by=author).pk,
        "posts/<pk>": write_post(community, kind="idea", title="看表", body="先看表", by=author).pk,
        "rota/<pk>": duty.pk,
    }


def hidden(scene: Scene) -> dict[str, Any]:
    """Return the samples of the open community, with a private channel of author and member instead of its channel."""
    author, member = scene.people["author"], scene.people["member"]
    community = Community.objects.get(pk=scene.open["community"])
    channel = open_channel(community, name="只有两人", kind="private", people=[member], by=author)
    message = post(channel, body="先别说出去", by=author)
    poll_message = start_poll(channel, question="几点", options=["一", "二"], lasts=dt.timedelta(hours=8), by=author)
    picture = upload(io.BytesIO(b"only two"), name="话.txt", by=author, is_private=True)
    post(channel, body="见附件", by=author, uploads=[picture])
    calling = post(channel, body="@所有人 停电", by=author)
    return scene.open | {
        "channels/<pk>": channel.pk,
        **{f"conversations:{name} channels/<pk>": channel.pk for name in ("person_out", "people", "leaving")},
        "threads/<root>": message.pk,
        "turning/<message>": message.pk,
        "messages/<pk>": message.pk,
        "conversations:readers messages/<pk>": calling.pk,
        **{f"conversations:{name} messages/<pk>": poll_message.pk for name in ("poll", "poll_closing", "ballot")},
        "conversations files/<key>": picture.key,
    }


def _known(community: Community, people: dict[str, Person]) -> dict[str, Any]:
    """Build needs, topics and articles."""
    manager, author = people["manager"], people["author"]
    need = voice_need(community, title="压缩机半夜停机", by=author)
    topic = make_topic(community, [need], by=manager, title="停机先看哪", for_whom="新人", take_home="一张单子")
    library = library_of(community)
    article = start_draft(library=library, title="停机先看哪", markdown=TEXT, by=author)
    publish(article, by=author)
    change_article(article, by=author, tags=[community.slug])
    run = DocumentRun.objects.create(name="手册.zip", place=library.pk, state="ready", by=manager)
    return {
        "needs/<pk>": voice_need(community, title="没人知道备件在哪", by=author).pk,
        "topics/<pk>": topic.pk,
        "knowledge/<slug>": library.slug,
        "articles/<pk>": article.pk,
        "a/<pk>": article.pk,
        "another need": need.pk,
        "tags/<pk>": Tag.objects.get(name=community.slug).pk,
        "history/<number>": 1,
        "comments/<pk>": comment("article", article.pk, body="写得好", by=author).pk,
        "comments/<kind>": "article",
        "<kind>/<thing_id>": article.pk,
        "services/<kind>": "article",
        "<kind>/<key>": article.pk,
        "documents imports/<pk>": run.pk,
    }


# Views that work only during a gathering, after it, or in an evening sharing.
IN_THE_ROOM = [
    "pulse",
    "polls",
    "ballot",
    "poll_closing",
    "seat",
    "room",
    "ended",
    "queue",
    "wall",
    "checkin",
    "checkins",
    "checkins_file",
    "questions",
    "end",
    "poster",
    "poster_file",
    "ics",
]
IN_ADVANCE = ["audience", "second_call", "attendance_answer", "reminders", "audience_file", "share"]
AFTERWARDS = ["changed", "summary", "files", "file_removal", "thanks", "feedback", "deposit", "deposit_owner"]
IN_THE_EVENING = ["evening", "evening_lines", "evening_line_removal", "evening_guest", "evening_questions"]


def _met(community: Community, people: dict[str, Person]) -> dict[str, Any]:
    """Build gatherings before, during and after people meet."""
    manager, author, member = people["manager"], people["author"], people["member"]
    department = Department.objects.get()
    planned = make_talk(community, manager)
    fixed = make_fixed(community, manager, title="约好了")
    invite_audience(fixed, AudienceChoice(people=[member]), by=manager)
    running = now_running(make_fixed(community, manager, sharer=author, title="正在讲"))
    held_gathering = make_held(community, manager, author, member, sharer=author, title="讲过了")
    lightning = make_talk(community, manager, format=Format.LIGHTNING, title="六分钟一招")
    evening = make_talk(community, manager, sharer=author, format=Format.EVENING, title="晚间")
    slides = upload(io.BytesIO(b"slides %d" % held_gathering.pk), name="片子.txt", by=author, community=community)
    poll = ask_the_room(running, question="懂了吗", options=["懂了", "没有"], by=manager)
    return {
        "gatherings/<pk>": planned.pk,
        "g/<pk>": planned.pk,
        **{f"gatherings:{name} gatherings/<pk>": fixed.pk for name in IN_ADVANCE},
        **{f"gatherings:{name} gatherings/<pk>": running.pk for name in IN_THE_ROOM},
        **{f"gatherings:{name} gatherings/<pk>": held_gathering.pk for name in AFTERWARDS},
        **{f"gatherings:{name} gatherings/<pk>": lightning.pk for name in ("order", "stage")},
        **{f"gatherings:{name} gatherings/<pk>": evening.pk for name in IN_THE_EVENING},
        "option in the room": poll.options.get(order=1).pk,
        "<pk>/<place>": "room",
        "polls/<poll_pk>": poll.pk,
        "invitations/<invitation_pk>": invite_sharer(planned, author, by=manager).pk,
        "nominations/<pk>": Nomination.objects.create(gathering=planned, person=author, by=manager).pk,
        "asked/<pk>": DepartmentAsk.objects.create(gathering=planned, department=department, by=manager).pk,
        "lines/<line_pk>": evening.evening.lines.order_by("minute")[0].pk,
        "talks/<pk>": add_talk(lightning, title="先看表", speaker=author, minutes=6, by=manager).pk,
        "gatherings questions/<pk>": ask_in_room(running, "为什么", by=author).pk,
        "files/<file_pk>": GatheringFile.objects.create(gathering=held_gathering, upload=slides, by=author).pk,
    }


def _governed(community: Community, people: dict[str, Person]) -> dict[str, Any]:
    """Build budget, reports and proposals."""
    manager, author = people["manager"], people["author"]
    today = timezone.localdate()
    line = set_line(community, None, year=today.year, title="茶点", amount=Decimal(900), by=manager)
    receipt = upload(io.BytesIO(b"receipt %d" % line.pk), name="票.txt", by=manager, is_private=True)
    spending = spend(line, on=today, amount=Decimal(90), what="茶", receipt=receipt, by=manager)
    figures = make_report(community, month_period(today.replace(day=1) - dt.timedelta(days=1)))
    closes_at = timezone.now() + dt.timedelta(days=3)
    return {
        "lines/<pk>": line.pk,
        "spending/<pk>": spending.pk,
        "reports/<pk>": figures.pk,
        "proposals/<pk>": propose_to(community, title="改到周四", body="周三太忙", closes_at=closes_at, by=author).pk,
    }


def _moderated(community: Community, people: dict[str, Person]) -> dict[str, Any]:
    """Build a held post, decisions and sanctions."""
    manager, author = people["manager"], people["author"]
    bad = write_post(community, kind="idea", title="骂人的", body="骂人", by=author)
    report("post", bad.pk, reason="insult", by=people["member"])
    decision = decide_thing("post", bad.pk, leave=True, by=manager)
    sanction, other = (impose(community, author, "warn", reason=reason, by=manager) for reason in ("跑题", "插话"))
    appeal(other, words="没有插话", by=author)
    channel, advert = (
        community.channels.earliest("pk"),
        upload(io.BytesIO(b"advert %d" % bad.pk), name="a.txt", by=author),
    )
    payload = review_payload(channel, MessageDraft("广告", uploads=(advert,)))
    held_post = HeldPost.objects.create(community=community, kind="message", payload=payload, by=author)
    return {
        "moderation:answer sanctions/<pk>": other.pk,
        "decide": f"hold-{held_post.pk}/leave",
        "decisions/<pk>": decision.pk,
        "cases/<key>": f"hold-{held_post.pk}",
        "files/<upload>": advert.key,
        "sanctions/<pk>": sanction.pk,
        "ready-words/<pk>": save_template(community, title="广告", text="这里不做广告", by=manager).pk,
    }
