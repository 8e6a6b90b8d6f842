"""What two people do at the same moment with a running order, and with a button pressed twice."""

from __future__ import annotations

import pytest

from tests.cast import make_community, make_person
from tests.directory.test_races import together
from zhiliu.activity.models import Activity
from zhiliu.directory.following import follow
from zhiliu.directory.models import Follow
from zhiliu.gatherings.lightning import add_talk, move_talk, start_talk
from zhiliu.gatherings.running_order import order_of

from .stage import make_fixed, now_running

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_hosts_who_start_and_move_talks_at_once_leave_one_on_stage_and_one_order() -> None:
    lin, wang, xu = (make_person(key) for key in ("lin", "wang", "xu"))
    hour = now_running(make_fixed(make_community(lin, wang, xu), lin, format="lightning", minutes=60))
    first, second, third = [add_talk(hour, title="一招", speaker=item, minutes=6, by=lin) for item in (wang, xu, lin)]
    together(lambda: start_talk(first, by=lin), lambda: start_talk(second, by=lin))
    assert sum(talk.is_running for talk in order_of(hour).talks) == 1
    together(lambda: move_talk(third, 1, by=lin), lambda: move_talk(second, 1, by=lin))
    assert [talk.place for talk in order_of(hour).talks] == [1, 2, 3]
    together(*(lambda: add_talk(hour, title="又一招", speaker=wang, minutes=5, by=lin) for _time in range(2)))
    assert hour.talks.count() == 3


def test_a_button_pressed_twice_at_once_is_one_follow_and_one_fact() -> None:
    lin, wang = make_person("lin"), make_person("wang")
    together(*(lambda: follow(lin, by=wang) for _time in range(2)))
    assert Follow.objects.count() == 1
    assert Activity.objects.filter(verb="directory.person_followed").count() == 1
