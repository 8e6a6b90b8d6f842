"""Need, topic, gathering and article of one line are one story."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from zhiliu.lineage.linking import link
from zhiliu.lineage.stories import Story, stories_of

pytestmark = pytest.mark.django_db

NEED, OTHER_NEED, TOPIC, GATHERING, ARTICLE = (
    ("need", 1),
    ("need", 2),
    ("topic", 3),
    ("gathering", 4),
    ("article", 5),
)


@pytest.fixture
def line(db: None) -> None:
    for source, target in (
        (NEED, TOPIC),
        (OTHER_NEED, TOPIC),
        (TOPIC, GATHERING),
        (GATHERING, ARTICLE),
    ):
        link(source, target, by_id=None)


def test_a_line_is_one_story_at_the_place_it_has_reached(line: None) -> None:
    assert stories_of([NEED, GATHERING, TOPIC, ARTICLE]) == [Story(ARTICLE, (GATHERING, TOPIC, NEED))]


def test_ends_of_a_line_belong_together_without_what_lies_between(line: None) -> None:
    assert stories_of([NEED, ARTICLE]) == [Story(ARTICLE, (NEED,))]
    assert stories_of([NEED, OTHER_NEED]) == [Story(NEED, (OTHER_NEED,))]


def test_other_lines_people_and_messages_stand_by_themselves_in_the_order_of_the_list(line: None) -> None:
    stranger, person, message = ("article", 9), ("person", 1), ("message", 1)
    link(("message", 1), NEED, by_id=None)
    assert [story.head for story in stories_of([person, TOPIC, stranger, message, NEED])] == [
        person,
        TOPIC,
        stranger,
        message,
    ]


def test_what_is_listed_twice_is_one_row(line: None) -> None:
    assert stories_of([ARTICLE, ARTICLE]) == [Story(ARTICLE)]
    assert stories_of([]) == []


def test_three_queries_whatever_the_length_of_the_list(line: None) -> None:
    def queries(references: list[Any]) -> int:
        with CaptureQueriesContext(
            connection,
        ) as counted:
            stories_of(references)
        return len(counted)

    assert queries([("article", key) for key in range(5, 60)]) <= 3
    assert queries([("person", 1), ("message", 2)]) == 0
