"""A mail whose reason is gone by the time it is sent is not sent."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail

from zhiliu.communities.models import Community
from zhiliu.directory.models import Person
from zhiliu.gatherings.inviting import accept_to_share, invite_sharer
from zhiliu.gatherings.proposing import propose
from zhiliu.notifications.models import Delivery

pytestmark = pytest.mark.django_db


def asked(community: Community, lin: Person, wang: Person) -> Any:
    gathering = propose(community, title="停机先看哪", for_whom="新人", take_home="单子", by=lin)
    return invite_sharer(gathering, wang, by=lin)


def test_an_invitation_waiting_for_an_answer_is_mailed(
    community: Community, lin: Person, wang: Person, catch_up: Any, run_jobs: Any
) -> None:
    asked(community, lin, wang)
    catch_up()
    run_jobs()
    assert [message.to for message in mail.outbox if "停机先看哪" in message.subject] == [["wang@example.com"]]


def test_an_invitation_answered_meanwhile_is_not(
    community: Community, lin: Person, wang: Person, catch_up: Any, run_jobs: Any
) -> None:
    invitation = asked(community, lin, wang)
    catch_up()
    accept_to_share(invitation, by=wang)
    run_jobs()
    assert [
        message for message in mail.outbox if message.to == ["wang@example.com"] and "停机" in message.subject
    ] == []
    assert "no longer wanted" in set(Delivery.objects.values_list("dropped", flat=True))
