"""Notifications on devices: as chosen, encrypted, once, not in quiet hours or after sign-out, and not mailed too."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from freezegun import freeze_time

from tests.cast import fresh
from tests.gatherings.stage import make_fixed
from zhiliu.communities.models import Community
from zhiliu.conversations.models import Message
from zhiliu.conversations.opening import open_channel, open_talk
from zhiliu.conversations.posting import post
from zhiliu.directory.accounts import deactivate
from zhiliu.directory.models import Person
from zhiliu.directory.sessions import end_sessions
from zhiliu.gatherings.audience import AudienceChoice, invite_audience
from zhiliu.kit.contracts.notification_types import NotificationType
from zhiliu.kit.models import Session
from zhiliu.needs.voicing import set_support, voice_need
from zhiliu.notifications import delivery
from zhiliu.notifications.delivery import mark_read
from zhiliu.notifications.models import Delivery, Notification, Preference, PushDelivery, PushDevice
from zhiliu.notifications.presentation import ShownNotification
from zhiliu.notifications.push.choices import is_shown_by_default
from zhiliu.notifications.push.devices import MOST_DEVICES, forget_closed_devices, move_session, open_devices
from zhiliu.notifications.push.keys import public_key
from zhiliu.notifications.push.sending import (
    MOST_SAID,
    MOST_TRIES,
    PushServiceError,
    payload_of,
    send_push,
    send_push_for,
)
from zhiliu.notifications.quiet import rest_until

from .push_service import PushService, Subscription

pytestmark = pytest.mark.django_db
Turn = Callable[..., Client]


@pytest.fixture
def service(settings: Any) -> Iterator[PushService]:
    settings.WEBHOOK_PRIVATE_HOSTS = {"127.0.0.1"}
    running = PushService(public_key())
    yield running
    running.close()


@pytest.fixture
def phone(service: PushService) -> Subscription:
    return Subscription(service)


@pytest.fixture
def turn_on(browse: Any) -> Turn:
    """A function: turn_on(person, subscription) signs in and turns notifications on; returns the client."""

    def turn(person: Person, subscription: Subscription) -> Client:
        client: Client = browse(person)
        assert client.post("/inbox/push/", subscription.values).status_code == 204
        return client

    return turn


@pytest.fixture
def call(community: Community, lin: Person, wang: Person, catch_up: Any) -> Callable[[str], Notification]:
    """A function: call("text") mentions Wang in a channel; returns his inbox row."""
    channel = open_channel(community, name="日常", by=lin)
    catch_up()
    Notification.objects.all().delete()

    def mention(text: str) -> Notification:
        post(channel, body=f"@{wang.name} {text}", by=lin)
        catch_up()
        return Notification.objects.get(person=wang)

    return mention


def send_all() -> None:
    for key in PushDelivery.objects.filter(sent_at=None, dropped="").values_list("pk", flat=True):
        send_push(key)


def dropped() -> list[str]:
    return list(PushDelivery.objects.order_by("pk").values_list("dropped", flat=True))


# -- what comes -------------------------------------------------------------------------------------------------------


def test_a_call_comes_encrypted_with_its_words_and_leads_to_it(
    wang: Person, phone: Subscription, turn_on: Turn, call: Any
) -> None:
    client = turn_on(wang, phone)
    row = call("停机先看哪？")
    send_all()
    (shown,) = phone.read()
    assert "日常" in shown["title"]
    assert (shown["url"], shown["unread"]) == (f"/inbox/{row.pk}/", 1)
    assert client.get(shown["url"]).status_code == 302
    assert phone.service.came[0][1]["Urgency"] == "high"
    assert "日常".encode() not in phone.service.came[0][2]


def test_the_number_on_the_icon_is_of_ones_own_unread(
    wang: Person, xu: Person, phone: Subscription, turn_on: Turn
) -> None:
    for person, read_at in ((xu, None), (wang, timezone.now()), (wang, None)):
        key = Notification.objects.count() + 100
        Notification.objects.create(person=person, notice="thanks.thanks_given", thing_id=key, read_at=read_at)
    turn_on(wang, phone)
    row = Notification.objects.create(person=wang, notice="conversations.called", thing_id=1, position=5)
    made = PushDelivery.objects.create(device=PushDevice.objects.get(), notification=row, position=5)
    assert payload_of(ShownNotification(row, None, None), made)["unread"] == 2


@pytest.mark.parametrize(("length", "shown"), [(MOST_SAID, "长" * MOST_SAID), (MOST_SAID + 1, "长" * MOST_SAID + "…")])
def test_long_words_are_shortened(
    length: int, shown: str, wang: Person, phone: Subscription, turn_on: Turn, lin: Person, catch_up: Any
) -> None:
    turn_on(wang, phone)
    post(open_talk([wang], by=lin), body="长" * length, by=lin)
    catch_up()
    send_all()
    assert phone.read()[0]["body"] == shown


def test_a_job_that_runs_twice_sends_once(wang: Person, phone: Subscription, turn_on: Turn, call: Any) -> None:
    turn_on(wang, phone)
    call("停机先看哪？")
    key = PushDelivery.objects.get().pk
    for _time in range(3):
        send_push(key)
    assert len(phone.read()) == 1


def test_each_device_gets_it_once_and_the_same_browser_is_one_device(
    wang: Person, service: PushService, phone: Subscription, turn_on: Turn, call: Any
) -> None:
    desk = Subscription(service, "desk")
    for device in (phone, phone, desk):
        turn_on(wang, device)
    call("停机先看哪？")
    send_all()
    assert [len(phone.read()), len(desk.read())] == [1, 1]


def test_a_browser_belongs_to_who_turned_it_on_last(
    wang: Person, xu: Person, phone: Subscription, turn_on: Turn, call: Any
) -> None:
    turn_on(wang, phone)
    turn_on(xu, phone)
    call("停机先看哪？")
    send_all()
    assert phone.read() == []
    assert PushDevice.objects.get().person == xu


@pytest.mark.parametrize(("choice", "comes"), [("never", 0), ("now", 1), ("", 1)])
def test_a_group_is_shown_as_chosen(
    choice: str, comes: int, wang: Person, phone: Subscription, turn_on: Turn, call: Any
) -> None:
    Preference.objects.create(person=wang, group="talk", push=choice)
    turn_on(wang, phone)
    call("停机先看哪？")
    send_all()
    assert len(phone.read()) == comes


def test_news_nobody_called_for_is_shown_only_if_chosen(
    community: Community, wang: Person, lin: Person, phone: Subscription, turn_on: Turn, catch_up: Any
) -> None:
    catch_up()
    turn_on(wang, phone)
    needs = [voice_need(community, title=title, by=wang) for title in ("除霜", "回油")]
    set_support(needs[0], by=lin, on=True)
    catch_up()
    assert PushDelivery.objects.count() == 0
    Preference.objects.create(person=wang, group="support", push="now")
    set_support(needs[1], by=lin, on=True)
    catch_up()
    assert PushDelivery.objects.count() == 1


def test_one_job_is_enqueued_per_device_and_fact(
    wang: Person, service: PushService, phone: Subscription, turn_on: Turn, call: Any
) -> None:
    for device in (phone, Subscription(service, "desk")):
        turn_on(wang, device)
    call("停机先看哪？")
    call("再看哪？")
    assert DBTaskResult.objects.filter(task_path=send_push_for.module_path).count() == 4


def test_people_told_in_several_batches_have_one_job_each(
    community: Community,
    lin: Person,
    wang: Person,
    xu: Person,
    service: PushService,
    turn_on: Turn,
    catch_up: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    channel = open_channel(community, name="日常", by=lin)
    catch_up()
    monkeypatch.setattr(delivery, "BATCH", 1)
    for person in (wang, xu):
        turn_on(person, Subscription(service, person.handle))
    post(channel, body=f"@{wang.name} @{xu.name} 停机先看哪？", by=lin)
    catch_up()
    assert DBTaskResult.objects.filter(task_path=send_push_for.module_path).count() == 2


# -- what does not come ------------------------------------------------------------------------------------------------


def test_what_was_read_meanwhile_does_not_come(wang: Person, phone: Subscription, turn_on: Turn, call: Any) -> None:
    turn_on(wang, phone)
    row = call("停机先看哪？")
    mark_read(wang, [row])
    send_all()
    assert (phone.read(), dropped()) == ([], ["read already"])


def test_of_two_in_a_row_only_the_last_comes(wang: Person, phone: Subscription, turn_on: Turn, call: Any) -> None:
    turn_on(wang, phone)
    call("停机先看哪？")
    call("再看哪？")
    send_all()
    assert (len(phone.read()), dropped()) == (1, ["followed by a newer one", ""])


def test_quiet_hours_hold_it_back(wang: Person, phone: Subscription, turn_on: Turn, call: Any, run_jobs: Any) -> None:
    turn_on(wang, phone)
    end = timezone.now() + dt.timedelta(hours=2)
    rest_until(end, by=wang)
    call("停机先看哪？")
    run_jobs()
    assert phone.read() == []
    with freeze_time(end + dt.timedelta(minutes=1)):
        run_jobs()
    assert len(phone.read()) == 1


@pytest.mark.parametrize("way", ["sign out", "ended elsewhere", "idle", "left"])
def test_after_the_session_nothing_comes(
    way: str, wang: Person, admin: Person, phone: Subscription, turn_on: Turn, call: Any, settings: Any
) -> None:
    client = turn_on(wang, phone)
    call("停机先看哪？")
    if way == "sign out":
        client.post("/signout/")
    elif way == "ended elsewhere":
        end_sessions(wang, by=admin)
    elif way == "left":
        deactivate(wang, by=admin)
    else:
        Session.objects.update(seen_at=timezone.now() - dt.timedelta(days=settings.SESSION_IDLE_DAYS))
    send_all()
    assert (phone.read(), dropped()) == ([], ["signed out"])
    forget_closed_devices()
    assert PushDevice.objects.count() == 0


def test_a_new_password_keeps_this_device(wang: Person, phone: Subscription, turn_on: Turn, call: Any) -> None:
    client = turn_on(wang, phone)
    key = client.session.session_key
    session = client.session
    session.cycle_key()
    assert session.session_key != key
    call("停机先看哪？")
    send_all()
    assert len(phone.read()) == 1


def test_a_device_whose_session_ended_is_asked_nothing(
    wang: Person, phone: Subscription, turn_on: Turn, call: Any
) -> None:
    turn_on(wang, phone).post("/signout/")
    call("停机先看哪？")
    assert PushDelivery.objects.count() == 0


def test_a_choice_made_meanwhile_holds(wang: Person, phone: Subscription, turn_on: Turn, call: Any) -> None:
    turn_on(wang, phone)
    call("停机先看哪？")
    Preference.objects.create(person=wang, group="talk", push="never")
    send_all()
    assert (phone.read(), dropped()) == ([], ["not on devices"])


def test_a_message_taken_back_does_not_come(wang: Person, phone: Subscription, turn_on: Turn, call: Any) -> None:
    turn_on(wang, phone)
    call("停机先看哪？")
    Message.objects.update(withdrawn_at=timezone.now())
    send_all()
    assert (phone.read(), dropped()) == ([], ["no longer wanted"])


def test_direct_messages_and_replies_come_without_a_choice(
    wang: Person, lin: Person, phone: Subscription, turn_on: Turn, community: Community, catch_up: Any
) -> None:
    channel = open_channel(community, name="日常", by=lin)
    root = post(channel, body="停机先看哪？", by=wang)
    catch_up()
    turn_on(wang, phone)
    post(open_talk([wang], by=lin), body="在吗", by=lin)
    post(channel, body="先看油压", by=lin, root=root)
    catch_up()
    send_all()
    assert {shown["body"] for shown in phone.read()} == {"在吗", "先看油压"}


def test_signing_out_on_one_device_leaves_the_other_on(
    wang: Person, service: PushService, phone: Subscription, turn_on: Turn, call: Any
) -> None:
    desk = Subscription(service, "desk")
    client = turn_on(wang, phone)
    turn_on(wang, desk)
    call("停机先看哪？")
    client.post("/signout/")
    first, second = PushDelivery.objects.order_by("device__added_at")
    send_push(second.pk)
    assert (len(phone.read()), len(desk.read())) == (0, 1)
    send_push(first.pk)
    assert (len(phone.read()), len(desk.read())) == (0, 1)


@pytest.mark.parametrize(
    ("change", "reason"), [({"thing_id": 0}, "out of reach"), ({"notice": "gone.kind"}, "not on devices")]
)
def test_what_cannot_be_shown_any_more_does_not_come_now_or_later(
    change: dict[str, Any], reason: str, wang: Person, phone: Subscription, turn_on: Turn, call: Any
) -> None:
    turn_on(wang, phone)
    row = call("停机先看哪？")
    was = {name: getattr(row, name) for name in change}
    Notification.objects.update(**change)
    key = PushDelivery.objects.get().pk
    send_push(key)
    Notification.objects.update(**was)
    send_push(key)
    assert (phone.read(), dropped()) == ([], [reason])


# -- push services ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [404, 410])
def test_an_ended_subscription_is_forgotten(
    status: int, wang: Person, phone: Subscription, turn_on: Turn, call: Any
) -> None:
    turn_on(wang, phone)
    call("停机先看哪？")
    phone.service.answers = [status]
    send_all()
    assert PushDevice.objects.count() == 0


@pytest.mark.parametrize("status", [400, 403, 413])
def test_a_refusal_is_not_tried_again(status: int, wang: Person, phone: Subscription, turn_on: Turn, call: Any) -> None:
    turn_on(wang, phone)
    call("停机先看哪？")
    phone.service.answers = [status]
    send_all()
    send_all()
    assert (phone.read(), dropped()) == ([], [f"HTTP {status}"])


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_busy_push_service_is_asked_again_a_few_times(
    status: int, wang: Person, phone: Subscription, turn_on: Turn, call: Any
) -> None:
    turn_on(wang, phone)
    call("停机先看哪？")
    phone.service.answers = [status, status]
    for _time in range(2):
        with pytest.raises(PushServiceError):
            send_all()
    send_all()
    assert (len(phone.read()), dropped()) == (1, [""])


def test_each_device_has_tries_of_its_own(
    wang: Person, service: PushService, phone: Subscription, turn_on: Turn, call: Any
) -> None:
    turn_on(wang, phone)
    turn_on(wang, Subscription(service, "desk"))
    call("停机先看哪？")
    first, second = PushDelivery.objects.order_by("pk").values_list("pk", flat=True)
    service.answers = [500]
    with pytest.raises(PushServiceError):
        send_push(first)
    assert dict(PushDelivery.objects.values_list("pk", "tries")) == {first: 1, second: 0}
    service.answers = [403]
    send_push(second)
    assert dict(PushDelivery.objects.values_list("pk", "dropped")) == {first: "", second: "HTTP 403"}


def test_one_that_is_never_reached_is_given_up(wang: Person, phone: Subscription, turn_on: Turn, call: Any) -> None:
    turn_on(wang, phone)
    call("停机先看哪？")
    phone.service.close()
    phone.service.server.server_close()
    for _time in range(MOST_TRIES - 1):
        with pytest.raises(PushServiceError):
            send_all()
    send_all()
    assert dropped() == ["not reached"]


def test_an_address_inside_the_network_is_refused(
    wang: Person, browse: Any, phone: Subscription, settings: Any
) -> None:
    settings.WEBHOOK_PRIVATE_HOSTS = set()
    client = browse(wang)
    for endpoint in (phone.values["endpoint"], "https://127.0.0.1/push", "ftp://example.com/", ""):
        answer = client.post("/inbox/push/", {**phone.values, "endpoint": endpoint})
        assert (answer.status_code, bool(answer.json()["said"])) == (422, True)
    assert PushDevice.objects.count() == 0


@pytest.mark.parametrize(
    ("endpoint", "status"),
    [
        ("https://93.184.216.34/push/a", 204),
        ("http://93.184.216.34/push/a", 422),
        ("https://93.184.216.34/" + "a" * 1000, 422),
    ],
)
def test_push_services_are_reached_by_https(
    endpoint: str, status: int, wang: Person, browse: Any, phone: Subscription
) -> None:
    assert browse(wang).post("/inbox/push/", {**phone.values, "endpoint": endpoint}).status_code == status


@pytest.mark.parametrize("broken", [{"p256dh": "AAAA"}, {"p256dh": ""}, {"auth": "AAAA"}, {"auth": "%"}])
def test_broken_keys_are_refused(broken: dict[str, str], wang: Person, browse: Any, phone: Subscription) -> None:
    assert browse(wang).post("/inbox/push/", {**phone.values, **broken}).status_code == 422
    assert PushDevice.objects.count() == 0


def test_the_devices_used_longest_ago_go_when_there_are_too_many(
    wang: Person, xu: Person, service: PushService, turn_on: Turn
) -> None:
    turn_on(xu, Subscription(service, "of xu"))
    for number in range(MOST_DEVICES + 2):
        turn_on(wang, Subscription(service, str(number)))
        turn_on(xu, Subscription(service, "of xu again"))
    assert PushDevice.objects.filter(person=xu).count() == 2
    kept = PushDevice.objects.filter(person=wang).order_by("pk").values_list("endpoint", flat=True)
    assert [endpoint.rsplit("/")[-1] for endpoint in kept] == [str(n) for n in range(2, MOST_DEVICES + 2)]


# -- beside mail ------------------------------------------------------------------------------------------------------


def test_what_a_device_showed_is_not_mailed_and_what_none_showed_is(
    wang: Person, phone: Subscription, turn_on: Turn, call: Any, run_jobs: Any, client: Client
) -> None:
    Preference.objects.create(person=wang, group="talk", mail="now")
    turn_on(wang, phone)
    call("停机先看哪？")
    run_jobs()
    assert mail.outbox == []
    assert client.post(phone.read()[0]["shown_url"]).status_code == 204
    call("再看哪？")
    with freeze_time(timezone.now() + dt.timedelta(minutes=11)):
        run_jobs()
    assert list(Delivery.objects.order_by("pk").values_list("dropped", flat=True)) == ["shown on a device", ""]
    assert len(mail.outbox) == 1


def test_a_receipt_counts_for_its_own_device_and_once(
    wang: Person, service: PushService, phone: Subscription, turn_on: Turn, call: Any, client: Client
) -> None:
    desk = Subscription(service, "desk")
    for device in (phone, desk):
        turn_on(wang, device)
    call("停机先看哪？")
    send_all()
    moments = []
    for _time in range(2):
        client.post(desk.read()[0]["shown_url"])
        moments.append(list(PushDelivery.objects.order_by("device__added_at").values_list("shown_at", flat=True)))
    assert moments[0] == moments[1]
    assert [moment is None for moment in moments[0]] == [True, False]
    seen = PushDevice.objects.order_by("added_at").values_list("shown_at", flat=True)
    assert list(seen) == moments[0]


def test_a_colleagues_device_does_not_keep_ones_mail_back(
    community: Community,
    lin: Person,
    wang: Person,
    xu: Person,
    phone: Subscription,
    turn_on: Turn,
    catch_up: Any,
    run_jobs: Any,
    client: Client,
) -> None:
    channel = open_channel(community, name="日常", by=lin)
    catch_up()
    run_jobs()
    mail.outbox.clear()
    turn_on(wang, phone)
    post(channel, body=f"@{wang.name} @{xu.name} 停机先看哪？", by=lin)
    catch_up()
    send_all()
    client.post(phone.read()[0]["shown_url"])
    with freeze_time(timezone.now() + dt.timedelta(minutes=11)):
        run_jobs()
    assert [message.to for message in mail.outbox] == [[xu.email]]


def test_without_a_device_mail_does_not_wait(wang: Person, call: Any, run_jobs: Any) -> None:
    Preference.objects.create(person=wang, group="talk", mail="now")
    call("停机先看哪？")
    run_jobs()
    assert len(mail.outbox) == 1


def test_a_forged_receipt_does_nothing(
    wang: Person, phone: Subscription, turn_on: Turn, call: Any, client: Client
) -> None:
    turn_on(wang, phone)
    call("停机先看哪？")
    send_all()
    assert client.post("/inbox/push/shown/MQ:x:y/").status_code == 204
    assert PushDelivery.objects.get().shown_at is None


def test_calendar_mails_go_at_once_beside_the_device(
    community: Community, lin: Person, wang: Person, phone: Subscription, turn_on: Turn, catch_up: Any, run_jobs: Any
) -> None:
    talk = make_fixed(community, lin)
    catch_up()
    run_jobs()
    mail.outbox.clear()
    turn_on(wang, phone)
    invite_audience(talk, AudienceChoice(people=[fresh(wang)]), by=lin)
    catch_up()
    run_jobs()
    assert len(phone.read()) == 1
    assert wang.email in [message.to[0] for message in mail.outbox]


# -- the page ---------------------------------------------------------------------------------------------------------


def test_choices_are_saved_and_shown(wang: Person, browse: Any) -> None:
    client = browse(wang)
    page = client.get("/inbox/preferences/").content.decode()
    assert page.count("checked") >= 3
    client.post("/inbox/preferences/", {"with_push": "1", "push_support": "now", "talk": "digest"})
    rows = {row.group: (row.push, row.mail) for row in Preference.objects.filter(person=wang)}
    assert rows["talk"] == ("never", "digest")


def test_a_group_that_is_left_alone_keeps_the_defaults_of_its_types(wang: Person, browse: Any) -> None:
    client = browse(wang)
    page = client.get("/inbox/preferences/")
    shown = {group["key"]: group for group in page.context["groups"]}
    as_shown = {key: group["mail"] for key, group in shown.items()}
    as_shown |= {f"push_{key}": "now" for key, group in shown.items() if group["is_shown"]}
    client.post("/inbox/preferences/", {"with_push": "1", **as_shown})
    assert not Preference.objects.exists()
    client.post("/inbox/preferences/", {"with_push": "1", **as_shown, "push_following": "now"})
    assert [(row.group, row.push, row.mail) for row in Preference.objects.all()] == [("following", "now", "")]


def test_a_device_is_turned_off_from_the_list_by_its_owner_only(
    wang: Person, xu: Person, phone: Subscription, turn_on: Turn, browse: Any
) -> None:
    client = turn_on(wang, phone)
    device = PushDevice.objects.get()
    assert browse(xu).post(f"/inbox/push/devices/{device.pk}/forget/").status_code == 404
    browse(xu).post("/inbox/push/remove/", {"endpoint": device.endpoint})
    assert PushDevice.objects.count() == 1
    client.post(f"/inbox/push/devices/{device.pk}/forget/")
    assert PushDevice.objects.count() == 0


def test_turning_off_here_leaves_other_devices_on(
    wang: Person, service: PushService, phone: Subscription, turn_on: Turn
) -> None:
    desk = Subscription(service, "desk")
    client = turn_on(wang, phone)
    turn_on(wang, desk)
    for _time in range(2):
        client.post("/inbox/push/remove/", {"endpoint": phone.values["endpoint"]})
    assert [device.endpoint for device in PushDevice.objects.all()] == [desk.values["endpoint"]]


def test_a_session_that_is_somebody_elses_by_now_gets_nothing(
    wang: Person, xu: Person, phone: Subscription, turn_on: Turn, call: Any
) -> None:
    turn_on(wang, phone)
    Session.objects.update(account_id=xu.pk)
    call("停机先看哪？")
    assert PushDelivery.objects.count() == 0


def test_a_test_is_sent_to_this_device(wang: Person, phone: Subscription, turn_on: Turn) -> None:
    client = turn_on(wang, phone)
    assert client.post("/inbox/push/test/", {"endpoint": phone.values["endpoint"]}).status_code == 204
    assert phone.read()[0]["title"] == "这台设备能收到通知"
    phone.service.answers = [500]
    assert "500" in client.post("/inbox/push/test/", {"endpoint": phone.values["endpoint"]}).json()["said"]
    assert client.post("/inbox/push/test/", {"endpoint": "https://example.com/"}).status_code == 422


def test_pages_ask_for_the_subscription_until_the_session_knows_it(
    wang: Person, phone: Subscription, browse: Any
) -> None:
    client = browse(wang)
    asks = '<meta name="push-url" content="/inbox/push/">'
    assert asks in client.get("/inbox/").content.decode()
    client.post("/inbox/push/", phone.values)
    assert asks not in client.get("/inbox/").content.decode()
    client.post("/inbox/push/remove/", {"endpoint": phone.values["endpoint"]})
    assert asks in client.get("/inbox/").content.decode()


# -- devices ----------------------------------------------------------------------------------------------------------


def test_open_devices_are_of_the_people_asked_for_and_their_open_sessions(
    wang: Person, xu: Person, service: PushService, phone: Subscription, turn_on: Turn
) -> None:
    turn_on(wang, phone)
    turn_on(xu, Subscription(service, "of xu"))
    assert [device.person for device in open_devices([wang])] == [wang]
    forget_closed_devices()
    assert PushDevice.objects.count() == 2
    Session.objects.filter(account_id=wang.pk).update(expire_date=timezone.now())
    assert list(open_devices([wang, xu]).values_list("person", flat=True)) == [xu.pk]
    forget_closed_devices()
    assert [device.person for device in PushDevice.objects.all()] == [xu]


def test_a_new_key_of_one_session_moves_its_device_alone(
    wang: Person, xu: Person, service: PushService, phone: Subscription, turn_on: Turn
) -> None:
    turn_on(wang, phone)
    turn_on(xu, Subscription(service, "of xu"))
    mine, other = PushDevice.objects.get(person=wang), PushDevice.objects.get(person=xu)
    move_session(mine.session_key, "new")
    assert {device.person: device.session_key for device in PushDevice.objects.all()} == {
        wang: "new",
        xu: other.session_key,
    }


@pytest.mark.parametrize("reason", ["push", "calls", "mail"])
def test_what_calls_or_is_mailed_or_says_so_is_shown_by_default(reason: str) -> None:
    kind = type("Kind", (NotificationType,), {"key": "a.b", reason: True})()
    assert is_shown_by_default(kind)
    assert not is_shown_by_default(type("Kind", (NotificationType,), {"key": "a.b"})())
