"""People are told once, in their language, by the way they chose."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone, translation

from tests.cast import fresh
from zhiliu.activity.consumers import consume
from zhiliu.activity.models import Activity, Cursor
from zhiliu.communities.joining import remove_member
from zhiliu.communities.models import Community
from zhiliu.directory.models import Person
from zhiliu.needs.voicing import set_support, voice_need
from zhiliu.notifications.delivery import mark_read, unread_count
from zhiliu.notifications.mailing import enqueue_digests, stop_key
from zhiliu.notifications.models import Delivery, Notification, Preference
from zhiliu.notifications.presentation import show
from zhiliu.thanks.thanking import thank

pytestmark = pytest.mark.django_db


def test_a_replayed_fact_tells_nobody_twice(lin: Person, wang: Person, catch_up: Any) -> None:
    thank(wang, reason="那张对比表", by=lin)
    catch_up()
    Cursor.objects.update(position=0)
    catch_up()
    assert Notification.objects.get(person=wang, notice="thanks.thanks_given").count == 1
    assert Delivery.objects.count() == 1


def test_nobody_is_told_of_their_own_act(community: Community, lin: Person, catch_up: Any) -> None:
    voice_need(community, title="我自己的", by=lin)
    catch_up()
    assert not Notification.objects.filter(person=lin, notice="needs.voiced").exists()


def test_a_read_row_comes_back_and_counts_anew(
    community: Community, lin: Person, wang: Person, xu: Person, catch_up: Any
) -> None:
    need = voice_need(community, title="停机", by=wang)
    set_support(need, on=True, by=lin)
    catch_up()
    assert mark_read(wang) >= 1
    assert unread_count(wang) == (0, 0)
    set_support(need, on=True, by=xu)
    catch_up()
    row = Notification.objects.get(person=wang, notice="needs.supported")
    assert (row.count, row.read_at) == (1, None)


def test_mail_goes_out_once_with_a_stable_id(lin: Person, wang: Person, catch_up: Any, run_jobs: Any) -> None:
    thank(wang, reason="那张对比表", by=lin)
    catch_up()
    run_jobs()
    run_jobs()
    assert len(mail.outbox) == 1
    message = mail.outbox[0]
    assert "林晓岚感谢你" in message.subject
    assert message.extra_headers["Message-ID"].startswith("<zhiliu-")
    assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_mail_is_in_the_readers_language(lin: Person, wang: Person, catch_up: Any, run_jobs: Any) -> None:
    Person.objects.filter(pk=wang.pk).update(language="en")
    thank(wang, reason="that table", by=lin)
    catch_up()
    run_jobs()
    assert "thanks you" in mail.outbox[0].subject


def test_what_was_read_meanwhile_is_not_mailed(lin: Person, wang: Person, catch_up: Any, run_jobs: Any) -> None:
    thank(wang, reason="那张对比表", by=lin)
    catch_up()
    mark_read(wang)
    run_jobs()
    assert mail.outbox == []
    assert Delivery.objects.get().dropped == "read already"


def test_access_is_checked_again_when_sending(
    closed_community: Community, lin: Person, wang: Person, catch_up: Any, run_jobs: Any
) -> None:
    need = voice_need(closed_community, title="底价", by=wang)
    Preference.objects.create(person=wang, group="support", mail="now")
    set_support(need, on=True, by=lin)
    catch_up()
    remove_member(closed_community, wang, by=lin)
    run_jobs()
    assert [message for message in mail.outbox if "底价" in message.subject] == []
    row = Notification.objects.get(person=wang, notice="needs.supported")
    assert show([row], fresh(wang)) == []


def test_a_preference_of_never_is_kept_and_the_link_in_a_mail_sets_it(
    client: Any, lin: Person, wang: Person, catch_up: Any, run_jobs: Any
) -> None:
    assert client.get(f"/inbox/stop/{stop_key(wang, 'support')}/").status_code == 200
    assert client.post(f"/inbox/stop/{stop_key(wang, 'support')}/").status_code == 200
    assert client.post("/inbox/stop/forged/").status_code == 404
    thank(wang, reason="那张对比表", by=lin)
    catch_up()
    run_jobs()
    assert mail.outbox == []
    assert Notification.objects.filter(person=wang).count() == 1


def test_a_choice_made_meanwhile_is_kept(lin: Person, wang: Person, catch_up: Any, run_jobs: Any) -> None:
    thank(wang, reason="那张对比表", by=lin)
    catch_up()
    Preference.objects.create(person=wang, group="support", mail="never")
    run_jobs()
    assert mail.outbox == []
    assert Delivery.objects.get().dropped == "not by mail"


def test_the_digest_comes_once_a_day_and_only_with_something_in_it(
    lin: Person, wang: Person, xu: Person, catch_up: Any, run_jobs: Any
) -> None:
    for person in (wang, xu):
        Preference.objects.create(person=person, group="support", mail="digest")
    thank(wang, reason="那张对比表", by=lin)
    catch_up()
    assert enqueue_digests() == 1
    assert enqueue_digests() == 0
    run_jobs()
    assert [message.to for message in mail.outbox] == [["wang@example.com"]]


def test_old_facts_fill_the_inbox_but_send_no_mail(lin: Person, wang: Person) -> None:
    thank(wang, reason="那张对比表", by=lin)
    Activity.objects.update(at=timezone.now() - dt.timedelta(days=5))
    consume("notifications")
    assert Notification.objects.filter(person=wang).exists()
    assert not Delivery.objects.exists()


def test_opening_a_row_reads_it_and_leads_there(
    community: Community, lin: Person, wang: Person, catch_up: Any, browse: Any
) -> None:
    need = voice_need(community, title="停机", by=wang)
    set_support(need, on=True, by=lin)
    catch_up()
    row = Notification.objects.get(person=wang, notice="needs.supported")
    client = browse(wang)
    assert "停机" in client.get("/inbox/").content.decode()
    assert client.get(f"/inbox/{row.pk}/").headers["Location"] == need.get_absolute_url()
    assert browse(lin).get(f"/inbox/{row.pk}/").status_code == 404
    row.refresh_from_db()
    assert row.read_at is not None


def test_every_kind_of_notice_has_a_sentence_in_both_languages() -> None:
    from types import SimpleNamespace

    from zhiliu.kit.contracts.notification_types import notice_kinds

    row = SimpleNamespace(
        who="林晓岚", others=2, count=3, title="停机", details={}, row=None, card=None, person=None, url=""
    )
    for kind in notice_kinds:
        for language in ("zh-hans", "en"):
            with translation.override(language):
                assert str(kind.sentence(row)).strip(), kind.key


def test_one_row_is_marked_as_read_without_opening_it_and_only_by_its_owner(
    lin: Person, wang: Person, sun: Person, browse: Any, catch_up: Any
) -> None:
    thank(wang, reason="那张对比表", by=lin)
    catch_up()
    row = Notification.objects.get(person=wang, notice="thanks.thanks_given")
    assert browse(sun).post(f"/inbox/{row.pk}/read/").status_code == 404
    assert browse(wang).get(f"/inbox/{row.pk}/read/").status_code == 405
    row.refresh_from_db()
    assert row.read_at is None
    assert f'action="/inbox/{row.pk}/read/"' in browse(wang).get("/inbox/").content.decode()
    for _again in range(2):
        answer = browse(wang).post(f"/inbox/{row.pk}/read/", headers={"HX-Request": "true"}).content.decode()
        assert f'href="/inbox/{row.pk}/"' in answer and "未读" not in answer
    row.refresh_from_db()
    assert row.read_at is not None
    assert browse(wang).post(f"/inbox/{row.pk}/read/").headers["Location"] == "/inbox/"
