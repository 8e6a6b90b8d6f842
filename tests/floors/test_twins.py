"""Every ``can_see`` and its ``visible_to`` agree, for everybody in the cast and every sample."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from typing import Any

import django.apps
import pytest
from django.db.models import Model
from django.utils import timezone

from tests.cast import fresh, make_person
from zhiliu.communities import rules as community_rules
from zhiliu.communities.joining import add_members, leave
from zhiliu.communities.models import Community
from zhiliu.communities.reach import reach
from zhiliu.communities.role_permissions import Role
from zhiliu.conversations import rules as conversation_rules
from zhiliu.conversations.models import Channel
from zhiliu.conversations.opening import open_channel, open_talk
from zhiliu.directory.accounts import deactivate
from zhiliu.directory.models import Person
from zhiliu.directory.reach import can_see_person, visible_people
from zhiliu.discussions import rules as discussion_rules
from zhiliu.discussions.asking import ask
from zhiliu.discussions.models import Post, Question
from zhiliu.discussions.posting import withdraw_post, write_post
from zhiliu.files import rules as file_rules
from zhiliu.files.models import SharedFile, Upload
from zhiliu.files.sharing import share_file
from zhiliu.files.storing import upload
from zhiliu.gatherings import rules as gathering_rules
from zhiliu.gatherings.lightning import add_talk
from zhiliu.gatherings.models import Gathering
from zhiliu.gatherings.proposing import propose
from zhiliu.governance import rules as governance_rules
from zhiliu.governance.models import Proposal
from zhiliu.governance.proposing import propose_to
from zhiliu.kit.contracts.object_types import things
from zhiliu.knowledge import rules as knowledge_rules
from zhiliu.knowledge.drafting import library_of, organisation_library, start_draft
from zhiliu.knowledge.models import Article, Library
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

# The rule of each model's ``visible_to``.
TWINS: dict[type[Model], Callable[[Person, Any], bool]] = {
    Article: knowledge_rules.can_see,
    Channel: conversation_rules.can_see,
    Community: community_rules.can_see,
    DocumentRun: transfer_rules.can_bring,
    Gathering: gathering_rules.can_see,
    Need: need_rules.can_see,
    Poll: poll_rules.can_see,
    Post: discussion_rules.can_see_post,
    Proposal: governance_rules.can_see_proposal,
    Question: discussion_rules.can_see,
    Sanction: moderation_rules.can_see_sanction,
    SharedFile: file_rules.can_see,
    Topic: need_rules.can_see,
}
# Models that are only loaded through ``visible_to``, and why.
NO_TWIN: dict[type[Model], str] = {
    Library: "pages and forms fetch it by its slug through the query set; what is in it has its own rule",
    Upload: "served by its key through the query set; private ones by the page they belong to, after its rule",
}


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
    return [fresh(person) for person in (lin, wang, xu, zhao, sun, admin, make_person("went"), make_person("gone"))]


@pytest.fixture
def scene(
    cast: list[Person], lin: Person, wang: Person, xu: Person, admin: Person, community: Any, closed_community: Any
) -> None:
    gone, went = (Person.objects.get(handle=handle) for handle in ("gone", "went"))
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
        add_members(place, dict.fromkeys((gone, went), Role.MEMBER), by=lin)
        for leaver in (gone, went):
            voice_need(place, title="停机先看哪，写完就走", by=leaver)
            open_channel(place, name=f"{leaver.handle} 的", kind="private", people=[wang], by=leaver)
            impose(place, leaver, "warn", reason="跑题", by=lin)
            propose(place, title="停机走之前", for_whom="新人", take_home="一张单子", by=leaver)
        open_channel(place, name="日常", by=lin)
        open_channel(place, name="两个人", kind="private", people=[wang], by=lin)
        share_file(place, upload(io.BytesIO(place.slug.encode()), name="表.txt", by=wang, community=place), by=wang)
        propose_to(place, title="改到周四", body="周三太忙", closes_at=closes, by=wang)
    open_talk([wang, xu], by=wang)
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
    for place in (community, closed_community):
        leave(place, by=fresh(went))
    deactivate(fresh(gone), by=admin)


@pytest.mark.django_db
def test_twins_agree(scene: None, cast: list[Person]) -> None:
    cast = [fresh(person) for person in cast]
    for model, rule in TWINS.items():
        rows = list(model.objects.all())
        answers = {person.handle: {row.pk for row in rows if rule(person, row)} for person in cast}
        # Someone must see a row and someone not, or the comparison is void.
        assert rows and len(set(map(frozenset, answers.values()))) > 1, model.__name__
        for person in cast:
            by_query = set(model.objects.visible_to(person).values_list("pk", flat=True))
            assert answers[person.handle] == by_query, (person.handle, model.__name__)


def test_every_model_that_is_visible_to_some_has_its_twin_or_says_why_not() -> None:
    models = {model for model in django.apps.apps.get_models() if hasattr(model._default_manager, "visible_to")}
    assert models == TWINS.keys() | NO_TWIN.keys()
    assert not TWINS.keys() & NO_TWIN.keys()
    assert all(len(reason) > 20 for reason in NO_TWIN.values())


@pytest.mark.django_db
def test_people_twins_agree(scene: None, cast: list[Person]) -> None:
    cast = [fresh(person) for person in cast]
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
    for person in map(fresh, cast):
        words = ("先看", "停机", "备件", "文章", "草稿")
        hits = [hit for word in words for hit in find(word, keys=reach(person).keys, limit=100).hits]
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
