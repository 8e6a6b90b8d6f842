"""A kind of thing with a model says what is its own: its cards, what they read along, and readers of its own."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import fresh
from zhiliu.communities.models import Community
from zhiliu.directory.models import Person
from zhiliu.kit.contracts.object_types import ModelObjectType, ObjectCard
from zhiliu.needs.models import Topic

pytestmark = pytest.mark.django_db


class TopicType(ModelObjectType[Topic]):
    """Topics, not registered."""

    label = "topic"
    model = Topic

    def card(self, topic: Topic) -> ObjectCard:
        return ObjectCard("topic", topic.pk, topic.title, "/")


class TopicWithCommunity(TopicType):
    """Its cards name the community."""

    select_related = ("community",)

    def card(self, topic: Topic) -> ObjectCard:
        return ObjectCard("topic", topic.pk, topic.title, "/", topic.community.name)


class OwnTopic(TopicType):
    """Dropped ones cannot be pointed at; the others are for who made them."""

    def rows(self) -> Any:
        return super().rows().exclude(state=Topic.State.DROPPED)

    def seen_by(self, person: Person) -> Any:
        return self.rows().filter(by=person)


def make_topic(community: Community, by: Person, title: str, **fields: Any) -> Topic:
    return Topic.objects.create(community=community, by=by, title=title, for_whom="售后", take_home="清单", **fields)


@pytest.fixture
def topics(community: Community, closed_community: Community, lin: Person, wang: Person) -> tuple[Topic, Topic]:
    return make_topic(community, lin, "报价怎么审"), make_topic(closed_community, wang, "年终怎么评")


def titles(cards: dict[int, ObjectCard]) -> set[str]:
    return {card.title for card in cards.values()}


def test_readers_are_those_of_the_model(topics: tuple[Topic, Topic], wang: Person, sun: Person) -> None:
    keys = [topic.pk for topic in topics]
    kind = TopicType()
    assert titles(kind.load(keys)) == titles(kind.load_visible(fresh(wang), keys)) == {"报价怎么审", "年终怎么评"}
    assert kind.visible(fresh(sun), keys) == set(kind.load_visible(fresh(sun), keys)) == {topics[0].pk}


def test_only_the_ids_asked_for_are_loaded(topics: tuple[Topic, Topic], wang: Person) -> None:
    kind, key = TopicType(), topics[1].pk
    assert set(kind.load([key])) == set(kind.load_visible(fresh(wang), iter([key]))) == {key}
    assert kind.load([]) == kind.load_visible(wang, []) == {} and kind.visible(wang, []) == set()


def test_a_type_with_readers_of_its_own_asks_no_others(topics: tuple[Topic, Topic], lin: Person, wang: Person) -> None:
    keys = [topic.pk for topic in topics]
    assert OwnTopic().visible(lin, keys) == set(OwnTopic().load_visible(lin, keys)) == {topics[0].pk}
    assert OwnTopic().visible(wang, keys) == set(OwnTopic().load_visible(wang, keys)) == {topics[1].pk}


def test_what_cannot_be_pointed_at_has_no_card(community: Community, lin: Person) -> None:
    dropped = make_topic(community, lin, "不讲了", state=Topic.State.DROPPED)
    assert OwnTopic().load([dropped.pk]) == OwnTopic().load_visible(lin, [dropped.pk]) == {}
    assert set(TopicType().load([dropped.pk])) == {dropped.pk}


def test_cards_take_one_query_with_what_they_read_along(
    topics: tuple[Topic, Topic], wang: Person, django_assert_num_queries: Any
) -> None:
    keys, wang = [topic.pk for topic in topics], fresh(wang)
    kind = TopicWithCommunity()
    kind.visible(wang, keys)  # The person's communities are read once.
    with django_assert_num_queries(1):
        assert {card.text for card in kind.load(keys).values()} == {topic.community.name for topic in topics}
    with django_assert_num_queries(1):
        assert len(kind.load_visible(wang, keys)) == 2


def test_without_names_to_read_along_no_other_table_is_joined(topics: tuple[Topic, Topic]) -> None:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        TopicType().load([topics[0].pk])
    (query,) = queries.captured_queries
    assert "JOIN" not in query["sql"]
