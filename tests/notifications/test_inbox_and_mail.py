"""One row of an inbox and one mail at a time: what is read, counted, taken back and sent touches nothing else."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone
from freezegun import freeze_time

from tests.cast import fresh, gone, make_person
from tests.gatherings.stage import make_fixed
from tests.search.test_following_tags import tagged
from zhiliu.activity.models import Activity
from zhiliu.communities.models import Community
from zhiliu.conversations.opening import open_channel
from zhiliu.conversations.posting import post
from zhiliu.directory.following import follow
from zhiliu.directory.login_links import hand_link, use_link
from zhiliu.directory.models import Person
from zhiliu.gatherings.audience import AudienceChoice, invite_audience
from zhiliu.inbound_mail.quote_stripping import MARK
from zhiliu.kit.errors import Refused
from zhiliu.moderation.sanctioning import impose, lift
from zhiliu.needs.voicing import set_support, voice_need
from zhiliu.notifications.delivery import (
    OLD,
    forget_news,
    mark_read,
    mark_read_about,
    mark_read_answered,
    unread_count,
)
from zhiliu.notifications.mail_server import BACKEND
from zhiliu.notifications.mailing import IN_MAIL, enqueue_digests, send_mails
from zhiliu.notifications.models import Delivery, Notification, Preference, QuietHours
from zhiliu.notifications.presentation import show
from zhiliu.notifications.quiet import LONGEST_REST, choose_quiet, quiet_among, rest_until
from zhiliu.thanks.thanking import thank

pytestmark = pytest.mark.django_db
SECOND = dt.timedelta(seconds=1)
THANKS = "thanks.thanks_given"


def row(person: Person, thing_id: int = 1, **fields: Any) -> Notification:
    values = {"notice": "conversations.said", "kind": "channel", "count": 1, **fields}
    return Notification.objects.create(person=person, thing_id=thing_id, **values)


def unread() -> set[int]:
    return set(Notification.objects.filter(read_at=None).values_list("pk", flat=True))


def inboxes() -> list[list[int]]:
    """Whose inboxes the log says changed, each time."""
    facts = Activity.objects.filter(verb="notifications.inbox_changed").order_by("pk")
    return [fact.data["person_ids"] for fact in facts]


# -- reading ----------------------------------------------------------------------------------------------------------


def test_what_is_read_is_ones_own_and_told_when_there_was_something(lin: Person, wang: Person) -> None:
    mine, second, theirs = row(wang), row(wang, 2), row(lin)
    assert [mark_read(wang, [mine, theirs]), mark_read(wang, [mine])] == [1, 0]
    assert unread() == {second.pk, theirs.pk}
    first = Notification.objects.get(pk=mine.pk).read_at
    assert [mark_read(wang), mark_read(wang)] == [1, 0]
    assert (unread(), Notification.objects.get(pk=mine.pk).read_at) == ({theirs.pk}, first)
    assert inboxes() == [[wang.pk], [wang.pk]]


def test_looking_at_a_thing_reads_what_is_about_it(lin: Person, wang: Person) -> None:
    about, done = row(wang), row(wang, notice="conversations.called", read_at=timezone.now())
    other_kind, other_thing, theirs = row(wang, kind="message"), row(wang, 2), row(lin)
    assert [mark_read_about(wang, "channel", 1), mark_read_about(wang, "channel", 1)] == [1, 0]
    assert unread() == {other_kind.pk, other_thing.pk, theirs.pk}
    assert Notification.objects.get(pk=done.pk).read_at == done.read_at
    assert Notification.objects.get(pk=about.pk).read_at is not None
    assert inboxes() == [[wang.pk]]


def test_unread_rows_and_calls_are_counted_for_oneself(lin: Person, wang: Person) -> None:
    for number, calls in enumerate((True, False, True)):
        row(wang, number, calls=calls)
    row(wang, 9, calls=True, read_at=timezone.now())
    row(lin, calls=True)
    assert (unread_count(wang), unread_count(lin)) == ((3, 2), (1, 1))


def test_what_was_answered_by_mail_is_read_and_nothing_else(
    community: Community, lin: Person, wang: Person, xu: Person, catch_up: Any
) -> None:
    channel, other = (open_channel(community, name=name, by=lin) for name in ("日常", "闲聊"))
    messages = [post(place, body="@王一帆 @徐小满 看看", by=lin) for place in (channel, other)]
    catch_up()
    calls = Notification.objects.filter(notice="conversations.called")
    assert mark_read_answered(fresh(wang), "message.reply", messages[0].pk) == 1
    assert set(calls.filter(read_at=None).values_list("person", "thing_id")) == {
        (wang.pk, other.pk),
        (xu.pk, channel.pk),
        (xu.pk, other.pk),
    }
    assert mark_read_answered(fresh(wang), "message.reply", messages[0].pk) == 0
    assert mark_read_answered(fresh(wang), "talk.reply", messages[1].pk) == 0


# -- taking back ------------------------------------------------------------------------------------------------------


def forget(*people: Person, message: int = 5, by: int | None = None) -> None:
    keys = [person.pk for person in people]
    forget_news("conversations.said", keys, ("channel", 1), "message", message, by_id=by)


@pytest.mark.parametrize(
    ("began", "last", "counted"), [(5, 5, True), (3, 5, True), (5, 8, True), (3, 8, True), (6, 8, False), (2, 4, False)]
)
def test_an_item_is_taken_out_of_the_row_that_counts_it(wang: Person, began: int, last: int, counted: bool) -> None:
    counts = row(wang, count=3, began={"message": began}, details={"message": last})
    forget(wang)
    counts.refresh_from_db()
    assert (counts.count, counts.read_at) == (2 if counted else 3, None)
    assert inboxes() == ([[wang.pk]] if counted else [])


def test_a_row_that_was_about_it_alone_is_read_also_where_it_does_not_know_its_first(wang: Person) -> None:
    only = row(wang, details={"message": 5})
    forget(wang)
    assert Notification.objects.get(pk=only.pk).read_at is not None


def test_what_is_taken_back_leaves_other_rows_and_other_people(
    lin: Person, wang: Person, xu: Person, zhao: Person
) -> None:
    of = {"began": {"message": 5}, "details": {"message": 5}}
    done = row(zhao, count=2, read_at=timezone.now(), **of)
    one, many = row(wang, **of), row(xu, count=3, **of)
    others = [
        row(lin, **of),
        row(wang, 2, **of),
        row(wang, kind="message", **of),
        row(wang, notice="conversations.called", **of),
    ]
    forget(wang, xu, zhao, lin, by=lin.pk)
    assert unread() == {many.pk, *(item.pk for item in others)}
    counts = dict(Notification.objects.values_list("pk", "count"))
    assert (counts[one.pk], counts[many.pk], counts[done.pk]) == (1, 2, 2)
    assert inboxes() == [[wang.pk, xu.pk]]


# -- telling ----------------------------------------------------------------------------------------------------------


def test_each_person_and_thing_has_a_row_of_its_own_that_counts(
    community: Community, lin: Person, wang: Person, xu: Person, catch_up: Any
) -> None:
    first, second = (voice_need(community, title=title, by=wang) for title in ("停机", "漏氟"))
    theirs = voice_need(community, title="结霜", by=lin)
    for need, person in ((first, lin), (first, xu), (second, xu), (theirs, wang)):
        set_support(need, on=True, by=person)
        catch_up()
    rows = Notification.objects.filter(notice="needs.supported").values_list("person", "thing_id", "count", "by_id")
    assert set(rows) == {
        (wang.pk, first.pk, 2, xu.pk),
        (wang.pk, second.pk, 1, xu.pk),
        (lin.pk, theirs.pk, 1, wang.pk),
    }
    assert inboxes().count([wang.pk]) == 3


def test_who_has_left_is_told_nothing(lin: Person, wang: Person, catch_up: Any) -> None:
    thank(wang, reason="那张对比表", by=lin)
    gone(wang)
    catch_up()
    assert not Notification.objects.exists() and inboxes() == []


def test_what_comes_by_the_way_is_told_to_those_who_see_it_and_have_no_other_news_of_it(
    community: Community, closed_community: Community, lin: Person, wang: Person, sun: Person, catch_up: Any
) -> None:
    for person in (wang, sun):
        follow(lin, by=person)
    catch_up()
    shown, hidden = tagged(community, lin), tagged(closed_community, lin, "底价")
    row(wang, shown.pk, kind="article", notice=THANKS)
    row(sun, shown.pk, kind="topic", notice=THANKS)
    row(sun, hidden.pk + 99, kind="article", notice=THANKS)
    catch_up()
    told = Notification.objects.filter(notice="knowledge.by_followed").values_list("person", "thing_id")
    assert set(told) == {(wang.pk, hidden.pk), (sun.pk, shown.pk)}


def test_mail_is_sent_for_what_is_younger_than_two_days(lin: Person, wang: Person, catch_up: Any) -> None:
    now = timezone.now()
    for number, age in enumerate((OLD, OLD - SECOND)):
        thank(wang, reason=f"第 {number} 次", by=lin)
        Activity.objects.filter(verb=THANKS.replace("thanks_given", "thanked")).update(at=now - age)
        Activity.objects.filter(verb__startswith="thanks.").update(at=now - age)
        with freeze_time(now):
            catch_up()
    assert (Notification.objects.count(), Delivery.objects.count()) == (2, 1)


def test_a_choice_for_one_group_and_one_person_is_theirs(
    lin: Person, wang: Person, xu: Person, sun: Person, catch_up: Any
) -> None:
    Preference.objects.create(person=wang, group="support", mail="never")
    Preference.objects.create(person=xu, group="talk", mail="never")
    Person.objects.filter(pk=sun.pk).update(email=None)
    for person in (wang, xu, sun):
        thank(person, reason="好", by=lin)
    catch_up()
    assert list(Delivery.objects.values_list("person", flat=True)) == [xu.pk]


# -- sending ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def deliveries(lin: Person, wang: Person, xu: Person, catch_up: Any) -> list[Delivery]:
    """Two mails that wait: to Wang and to Xu."""
    for person in (wang, xu):
        thank(person, reason="那张对比表", by=lin)
    catch_up()
    return list(Delivery.objects.order_by("person"))


def test_a_mail_is_sent_once_and_the_other_waits(deliveries: list[Delivery]) -> None:
    for _turn in range(2):
        send_mails(deliveries[0].pk)
    assert [message.to for message in mail.outbox] == [["wang@example.com"]]
    assert [item.sent_at is None for item in Delivery.objects.order_by("person")] == [False, True]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"is_active": False}, "no address"),
        ({"email": None}, "no address"),
    ],
)
def test_a_mail_nobody_can_get_is_dropped_for_good_and_the_other_goes_out(
    deliveries: list[Delivery], wang: Person, change: dict[str, Any], why: str
) -> None:
    before = {name: getattr(wang, name) for name in change}
    Person.objects.filter(pk=wang.pk).update(**change)
    send_mails(deliveries[0].pk)
    Person.objects.filter(pk=wang.pk).update(**before)
    for item in deliveries:
        send_mails(item.pk)
    assert [message.to for message in mail.outbox] == [["xu@example.com"]]
    assert [item.dropped for item in Delivery.objects.order_by("person")] == [why, ""]


def test_what_is_no_longer_so_is_not_mailed_and_what_still_is_goes_out(
    community: Community, lin: Person, wang: Person, xu: Person, catch_up: Any
) -> None:
    lifted, standing = (impose(community, person, "warn", reason="跑题", by=lin) for person in (wang, xu))
    catch_up()
    deliveries = Delivery.objects.filter(notification__notice="moderation.sanctioned").order_by("person")
    lift(lifted, by=lin)
    for delivery in deliveries:
        send_mails(delivery.pk)
    assert [message.to for message in mail.outbox] == [["xu@example.com"]] and standing.lifted_at is None
    assert [delivery.dropped for delivery in deliveries.all()] == ["no longer wanted", ""]


def test_a_new_password_is_told_and_there_is_nothing_to_open(wang: Person, admin: Person, catch_up: Any) -> None:
    use_link(hand_link(wang, by=admin), password="tall trees by the river")
    catch_up()
    (shown,) = show(Notification.objects.filter(person=wang), wang)
    assert (shown.row.notice, shown.row.kind, shown.row.thing_id) == ("directory.password_set", "", 0)
    assert ("通过链接" in shown.sentence, shown.url, shown.mail_lines, shown.calendar) == (True, "", [], None)
    send_mails(Delivery.objects.get(person=wang).pk)
    (message,) = mail.outbox
    assert "References" not in message.extra_headers and message.attachments == []


def test_without_a_server_mail_is_dropped_with_the_reason(deliveries: list[Delivery], settings: Any) -> None:
    settings.EMAIL_BACKEND = BACKEND
    send_mails(deliveries[0].pk)
    assert [item.dropped for item in Delivery.objects.order_by("person")] == ["no mail server", ""]


@pytest.mark.parametrize(("takes_mail", "length", "shown"), [(True, 1000, 1000), (True, 1001, 1000), (False, 1000, 0)])
def test_a_mail_that_can_be_answered_quotes_a_thousand_characters(
    community: Community,
    lin: Person,
    wang: Person,
    catch_up: Any,
    settings: Any,
    takes_mail: bool,
    length: int,
    shown: int,
) -> None:
    settings.MAIL_IN_ADDRESS, settings.LMTP_LISTEN = "%s@in.example.com", "127.0.0.1:24" if takes_mail else ""
    post(open_channel(community, name="日常", by=lin), body=f"@王一帆{' '}" + "长" * (length - 5), by=lin)
    catch_up()
    send_mails(Delivery.objects.get(person=wang, notification__notice="conversations.called").pk)
    (message,) = mail.outbox
    body = str(message.body)
    assert (body.count("长"), "…" in body) == (max(0, shown - 5), length > IN_MAIL)
    assert (MARK in body) is takes_mail
    assert [address.endswith("@in.example.com") for address in message.reply_to] == [True] * takes_mail
    assert message.extra_headers["References"] == message.extra_headers["In-Reply-To"]


# -- the digest -------------------------------------------------------------------------------------------------------


def test_a_digest_holds_what_is_new_unread_and_chosen_for_it(
    community: Community, lin: Person, wang: Person, xu: Person, catch_up: Any
) -> None:
    Preference.objects.create(person=wang, group="support", mail="digest")
    Preference.objects.create(person=wang, group="talk", mail="never")
    Preference.objects.create(person=xu, group="talk", mail="digest")
    needs = [voice_need(community, title=title, by=wang) for title in ("停机", "漏氟", "结霜")]
    for need in needs:
        set_support(need, on=True, by=lin)
    post(open_channel(community, name="日常", by=lin), body="@王一帆 看看", by=lin)
    thank(xu, reason="好", by=lin)
    catch_up()
    supported = Notification.objects.filter(notice="needs.supported").order_by("thing_id")
    Notification.objects.filter(pk=supported[1].pk).update(read_at=timezone.now())
    Notification.objects.filter(pk=supported[2].pk).update(at=timezone.now() - dt.timedelta(days=7, seconds=1))
    day = timezone.localdate() + dt.timedelta(days=1)
    assert (enqueue_digests(day), enqueue_digests(day)) == (1, 0)
    digest = Delivery.objects.get(digest_on=day)
    mail.outbox.clear()
    send_mails(digest.pk)
    (message,) = mail.outbox
    body = str(message.body)
    assert [title in body for title in ("停机", "漏氟", "结霜")] == [True, False, False]
    assert (message.to, "1" in message.subject, message.reply_to) == (["wang@example.com"], True, [])
    assert "References" not in message.extra_headers


def test_an_invitation_for_the_calendar_is_attached_to_its_own_mail_and_to_no_digest(
    community: Community, lin: Person, wang: Person, xu: Person, catch_up: Any
) -> None:
    Preference.objects.create(person=xu, group="gatherings", mail="digest")
    gathering = make_fixed(community, lin, title="漏氟一小时")
    invite_audience(gathering, AudienceChoice(people=[wang, xu]), by=lin)
    catch_up()
    assert enqueue_digests() == 1
    mail.outbox.clear()
    send_mails(Delivery.objects.get(person=wang, notification__notice="gatherings.audience").pk)
    send_mails(Delivery.objects.get(person=xu, digest_on__isnull=False).pk)
    alone, digest = mail.outbox
    assert ["漏氟一小时" in str(message.body) for message in (alone, digest)] == [True, True]
    assert [name for name, _content, _type in alone.attachments] == ["invite.ics"]
    assert digest.attachments == []


@pytest.mark.parametrize("change", [{"is_active": False}, {"email": None}])
def test_no_digest_is_made_for_who_left_or_has_no_address(
    lin: Person, wang: Person, catch_up: Any, change: dict[str, Any]
) -> None:
    Preference.objects.create(person=wang, group="support", mail="digest")
    thank(wang, reason="好", by=lin)
    catch_up()
    Person.objects.filter(pk=wang.pk).update(**change)
    assert enqueue_digests() == 0


def test_no_digest_is_made_for_who_wants_mail_at_once(lin: Person, wang: Person, catch_up: Any) -> None:
    Preference.objects.create(person=wang, group="support", mail="now")
    thank(wang, reason="好", by=lin)
    catch_up()
    assert enqueue_digests() == 0


# -- showing ----------------------------------------------------------------------------------------------------------


def test_rows_are_shown_with_who_acted_and_what_about_and_left_out_where_they_are_unknown(
    community: Community, closed_community: Community, lin: Person, wang: Person, sun: Person
) -> None:
    need, hidden = (voice_need(place, title="停机", by=lin) for place in (community, closed_community))
    kind = {"notice": "needs.supported", "kind": "need"}
    rows = [
        row(sun, need.pk, by_id=wang.pk, count=3, **kind),
        row(sun, hidden.pk, by_id=wang.pk, **kind),
        row(sun, need.pk, notice="gone.away", kind="need"),
        row(sun, 7, notice="conversations.taken_out", kind="", by_id=None),
    ]
    shown = show(rows, fresh(sun))
    assert [(item.row.pk, item.who, item.title, item.url, item.others) for item in shown] == [
        (rows[0].pk, wang.name, "停机", need.get_absolute_url(), 2),
        (rows[3].pk, "", "", "", 0),
    ]
    assert [(item.mail_lines, item.reply_to, item.calendar, item.said) for item in shown[1:]] == [([], None, None, "")]
    keys = {item.key for item in shown}
    Notification.objects.filter(pk=rows[0].pk).update(read_at=timezone.now())
    assert len(keys | {item.key for item in show([Notification.objects.get(pk=rows[0].pk)], fresh(sun))}) == 3


# -- do not disturb ---------------------------------------------------------------------------------------------------


def test_one_rests_for_two_weeks_at_most_and_from_now_on(lin: Person) -> None:
    with freeze_time("2026-11-25 12:00"):
        now = timezone.now()
        for until in (now, now - SECOND, now + LONGEST_REST + SECOND):
            with pytest.raises(Refused, match="两周"):
                rest_until(until, by=lin)
        assert not QuietHours.objects.exists()
        for until in (now + SECOND, now + LONGEST_REST):
            rest_until(until, by=lin)
            assert QuietHours.objects.get().until == until


@pytest.mark.parametrize(
    ("starts", "ends", "days_off", "kept"),
    [
        (dt.time(22), dt.time(8), True, (dt.time(22), dt.time(8), True)),
        (dt.time(22), dt.time(8), False, (dt.time(22), dt.time(8), False)),
        (dt.time(22), None, True, (None, None, False)),
        (None, dt.time(8), True, (None, None, False)),
        (dt.time(8), dt.time(8), True, (None, None, False)),
    ],
)
def test_hours_have_a_beginning_and_an_end_or_there_are_none(
    lin: Person, wang: Person, starts: dt.time | None, ends: dt.time | None, days_off: bool, kept: tuple[Any, ...]
) -> None:
    until = timezone.now() + dt.timedelta(hours=1)
    for person in (lin, wang):
        rest_until(until, by=person)
    choose_quiet(starts, ends, on_days_off=days_off, by=lin)
    hours = QuietHours.objects.get(person=lin)
    assert (hours.starts, hours.ends, hours.on_days_off) == kept
    rest_until(None, by=lin)
    assert QuietHours.objects.filter(person=lin).exists() is (kept[0] is not None)
    assert QuietHours.objects.filter(person=wang).exists()


def test_those_who_rest_are_found_among_many_with_their_days_off(lin: Person, wang: Person, xu: Person) -> None:
    choose_quiet(dt.time(22), dt.time(8), on_days_off=True, by=lin)
    choose_quiet(dt.time(22), dt.time(8), on_days_off=False, by=wang)
    # A Saturday at noon.
    with freeze_time(timezone.make_aware(dt.datetime(2026, 11, 28, 12))):
        people = [fresh(person) for person in (lin, wang, xu)]
        assert quiet_among(people) == {lin.pk: timezone.make_aware(dt.datetime(2026, 11, 30, 8))}
    # A Friday at ten in the evening.
    with freeze_time(timezone.make_aware(dt.datetime(2026, 11, 27, 22))):
        people = [fresh(person) for person in (wang, xu, make_person("wu"))]
        assert quiet_among(people) == {wang.pk: timezone.make_aware(dt.datetime(2026, 11, 28, 8))}


@pytest.mark.parametrize(
    ("clock", "ends"), [((11, 59), None), ((12, 0), 13), ((12, 59), 13), ((13, 0), None), ((20, 0), None)]
)
def test_quiet_hours_by_day_begin_and_end_on_the_minute(lin: Person, clock: tuple[int, int], ends: int | None) -> None:
    choose_quiet(dt.time(12), dt.time(13), on_days_off=False, by=lin)
    with freeze_time(timezone.make_aware(dt.datetime(2026, 11, 25, *clock))):
        end = {lin.pk: timezone.make_aware(dt.datetime(2026, 11, 25, ends))} if ends else {}
        assert quiet_among([fresh(lin)]) == end


def test_quiet_days_off_end_at_midnight_where_the_hours_are_by_day(lin: Person) -> None:
    choose_quiet(dt.time(12), dt.time(13), on_days_off=True, by=lin)
    with freeze_time(timezone.make_aware(dt.datetime(2026, 11, 28, 15))):
        assert quiet_among([fresh(lin)]) == {lin.pk: timezone.make_aware(dt.datetime(2026, 11, 30))}
