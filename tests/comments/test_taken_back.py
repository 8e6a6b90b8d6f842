"""A comment that was taken back is no news: not in inboxes, and not by mail."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail

from zhiliu.comments.commenting import comment, take_back_comment
from zhiliu.comments.models import Comment
from zhiliu.communities.models import Community
from zhiliu.directory.models import Person
from zhiliu.needs.models import Need
from zhiliu.needs.voicing import voice_need
from zhiliu.notifications.models import Delivery, Notification, Preference

pytestmark = pytest.mark.django_db


@pytest.fixture
def need(community: Community, lin: Person, catch_up: Any) -> Need:
    made = voice_need(community, title="总被拿来比价", by=lin)
    catch_up()
    return made


def said(need: Need, by: Person, body: str) -> Comment:
    made = comment("need", need.pk, body=body, by=by)
    assert isinstance(made, Comment)
    return made


def counts(person: Person) -> list[int]:
    rows = Notification.objects.filter(person=person, notice="needs.commented", read_at=None)
    return list(rows.values_list("count", flat=True))


@pytest.mark.parametrize("which", [0, 1, 2])
def test_a_row_that_counts_three_goes_down_whichever_is_taken_back(
    need: Need, lin: Person, wang: Person, xu: Person, catch_up: Any, which: int
) -> None:
    comments = [said(need, by, body) for by, body in ((wang, "一"), (xu, "二"), (wang, "三"))]
    catch_up()
    assert (counts(lin), counts(wang), counts(xu)) == ([3], [1], [2])
    take_back_comment(comments[which], need.community_id, by=comments[which].by)
    catch_up()
    assert counts(lin) == [2]
    assert counts(wang) == ([] if which == 1 else [1])
    assert counts(xu) == ([2] if which == 1 else [1])
    catch_up()
    assert counts(lin) == [2]


def test_what_was_read_before_is_not_counted_down(need: Need, lin: Person, wang: Person, catch_up: Any) -> None:
    first = said(need, wang, "一")
    catch_up()
    Notification.objects.filter(person=lin).update(read_at=need.at)
    for body in ("二", "三"):
        said(need, wang, body)
    catch_up()
    take_back_comment(first, need.community_id, by=wang)
    catch_up()
    assert counts(lin) == [2]


def test_taken_back_before_anybody_was_told_it_is_told_to_nobody(
    need: Need, lin: Person, wang: Person, catch_up: Any
) -> None:
    take_back_comment(said(need, wang, "一"), need.community_id, by=wang)
    catch_up()
    assert not Notification.objects.filter(notice="needs.commented").exists()


def test_taken_back_before_its_mail_goes_out_it_is_not_mailed(
    need: Need, lin: Person, wang: Person, catch_up: Any, run_jobs: Any
) -> None:
    Preference.objects.create(person=lin, group="mine", mail=Preference.Mail.NOW)
    said(need, wang, "这一条留着")
    made = said(need, wang, "这一条收回")
    catch_up()
    take_back_comment(made, need.community_id, by=wang)
    run_jobs()
    about = Delivery.objects.filter(person=lin, notification__notice="needs.commented").order_by("position")
    assert [bool(delivery.sent_at) for delivery in about] == [True, False]
    assert about[1].dropped == "no longer wanted"
    assert not [item for item in mail.outbox if "这一条收回" in item.body]
