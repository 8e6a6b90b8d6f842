"""Every ``can_see`` and its ``visible_to`` give the same answer, for everybody in the cast about every sample thing."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from tests.cast import fresh, make_person
from zhiliu.communities import rules as community_rules
from zhiliu.communities.models import Community
from zhiliu.communities.reach import reach
from zhiliu.directory.models import Person
from zhiliu.directory.reach import can_see_person, visible_people
from zhiliu.discussions import rules as discussion_rules
from zhiliu.discussions.asking import ask
from zhiliu.discussions.models import Post, Question
from zhiliu.discussions.posting import withdraw_post, write_post
from zhiliu.gatherings import rules as gathering_rules
from zhiliu.gatherings.lightning import add_talk
from zhiliu.gatherings.models import Gathering
from zhiliu.gatherings.proposing import propose
from zhiliu.kit.contracts.object_types import things
from zhiliu.knowledge import rules as knowledge_rules
from zhiliu.knowledge.drafting import library_of, organisation_library, start_draft
from zhiliu.knowledge.models import Article
from zhiliu.knowledge.publishing import change_article, publish
from zhiliu.moderation import rules as moderation_rules
from zhiliu.moderation.models import Sanction
from zhiliu.moderation.sanctioning import impose
from zhiliu.needs import rules as need_rules
from zhiliu.needs.models import Need, Topic
from zhiliu.needs.topics import make_topic
from zhiliu.needs.voicing import voice_need
from zhiliu.polls import rules as poll_rules
from zhiliu.polls.models import Poll
from zhiliu.polls.voting import open_poll
from zhiliu.search.index import find
from zhiliu.transfers import rules as transfer_rules
from zhiliu.transfers.documents.models import DocumentRun


@pytest.fixture
def cast(
    lin: Person,
    wang: Person,
    xu: Person,
    zhao: Person,
    sun: Person,
    admin: Person,
    community: Any,
    closed_community: Any,
) -> list[Person]:
    return [fresh(person) for person in (lin, wang, xu, zhao, sun, admin, make_person("gone", is_active=True))]


@pytest.fixture
def scene(
    cast: list[Person], lin: Person, wang: Person, xu: Person, admin: Person, community: Any, closed_community: Any
) -> None:
    for place in (community, closed_community):
        need = voice_need(place, title="压缩机半夜停机", by=wang)
        make_topic(place, [need], by=lin, title="停机先看哪", for_whom="新人", take_home="一张单子")
        voice_need(place, title="没人知道备件在哪", by=wang, anonymous=True)
        ask(place, title="停机先看哪", by=wang)
        write_post(place, kind="idea", title="停机先看哪", body="先看表", by=wang)
        withdraw_post(write_post(place, kind="idea", title="停机撤回的", body="先看表", by=wang), by=wang)
        propose(place, title="停机先看哪", for_whom="新人", take_home="一张单子", by=lin)
        short = propose(place, title="六分钟一招", format="lightning", by=lin)
        add_talk(short, title="先看表", speaker=Person.objects.get(handle="sun"), minutes=6, by=lin)
        closes = timezone.now() + dt.timedelta(days=3)
        open_poll(place, question="下次讲哪个", options=["停机", "备件"], closes_at=closes, by=lin)
        impose(place, wang, "warn", reason="跑题", by=lin)
    for library, by in (
        (library_of(community), wang),
        (library_of(closed_community), wang),
        (organisation_library(), wang),
    ):
        DocumentRun.objects.create(name="手册.zip", place=library.pk, by=lin)
        for audience in Article.Audience.values:
            draft = start_draft(library=library, title=f"{audience} 草稿", markdown="先看表，再动手。", by=by)
            article = start_draft(library=library, title=f"{audience} 文章", markdown="先看表，再动手。", by=by)
            publish(article, by=by)
            change_article(article, by=by, audience=audience, named_readers=[xu])
            change_article(draft, by=by, audience=audience)


@pytest.mark.django_db
def test_twins_agree(scene: None, cast: list[Person]) -> None:
    pairs = [
        (Community.objects.without_tree_fields(), community_rules.can_see),
        (Need.objects.all(), need_rules.can_see),
        (Topic.objects.all(), need_rules.can_see),
        (Article.objects.all(), knowledge_rules.can_see),
        (Gathering.objects.all(), gathering_rules.can_see),
        (DocumentRun.objects.all(), transfer_rules.can_bring),
        (Poll.objects.all(), poll_rules.can_see),
        (Sanction.objects.all(), moderation_rules.can_see_sanction),
        (Question.objects.all(), discussion_rules.can_see),
        (Post.objects.all(), discussion_rules.can_see_post),
    ]
    for person in cast:
        for rows, rule in pairs:
            by_rule = {thing.pk for thing in rows if rule(person, thing)}
            by_query = set(rows.visible_to(person).values_list("pk", flat=True))
            assert by_rule == by_query, (person.handle, rows.model.__name__)


@pytest.mark.django_db
def test_people_twins_agree(scene: None, cast: list[Person]) -> None:
    for person in cast:
        seen = set(visible_people(person).values_list("pk", flat=True))
        assert seen == {other.pk for other in cast if can_see_person(person, other)}


@pytest.mark.django_db
def test_things_show_only_what_the_query_sets_show(scene: None, cast: list[Person]) -> None:
    for label, model in (
        ("need", Need),
        ("topic", Topic),
        ("article", Article),
        ("question", Question),
        ("post", Post),
    ):
        every = list(model.objects.values_list("pk", flat=True))
        for person in cast:
            expected = set(model.objects.visible_to(person).values_list("pk", flat=True))
            assert things.get(label).visible(person, every) == expected, (label, person.handle)


@pytest.mark.django_db
def test_search_finds_only_what_the_reader_may_see(scene: None, cast: list[Person], catch_up: Any) -> None:
    catch_up()
    for person in cast:
        hits = find("先看 停机 备件 文章 草稿", keys=reach(person).keys, limit=100).hits
        articles = {hit.key for hit in hits if hit.kind == "article"}
        needs = {hit.key for hit in hits if hit.kind == "need"}
        questions = {hit.key for hit in hits if hit.kind == "question"}
        assert questions == set(Question.objects.visible_to(person).values_list("pk", flat=True)), person.handle
        posts = {hit.key for hit in hits if hit.kind == "post"}
        assert posts == set(Post.objects.visible_to(person).values_list("pk", flat=True)), person.handle
        assert articles <= set(Article.objects.visible_to(person).values_list("pk", flat=True)), person.handle
        assert needs == set(Need.objects.visible_to(person).exclude(state="merged").values_list("pk", flat=True)), (
            person.handle
        )


@pytest.mark.django_db
def test_a_guest_sees_their_communities_only(
    scene: None, zhao: Person, sun: Person, lin: Person, community: Any
) -> None:
    guest = fresh(zhao)
    assert [field.name for field in Community.objects.without_tree_fields().visible_to(guest)] == [community.name]
    assert not can_see_person(guest, sun)
    assert can_see_person(guest, lin)
    assert not can_see_person(fresh(sun), zhao)
