"""Not asking twice: what is there is offered; and what was said elsewhere becomes a question."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import Http404

from tests.cast import fresh
from zhiliu.activity.models import Activity
from zhiliu.communities.models import Community
from zhiliu.conversations.opening import open_channel
from zhiliu.conversations.posting import post
from zhiliu.conversations.turning import turn_into
from zhiliu.directory.models import Person
from zhiliu.discussions.asking import ask
from zhiliu.discussions.deflection import note_found
from zhiliu.discussions.models import Finding, Question
from zhiliu.knowledge.drafting import library_of, start_draft
from zhiliu.knowledge.publishing import publish
from zhiliu.lineage.models import Link
from zhiliu.lineage.timeline import timeline_of

pytestmark = pytest.mark.django_db


def test_what_is_there_is_offered_while_typing_and_only_what_one_may_see(
    community: Community, closed_community: Community, wang: Person, sun: Person, browse: Any, catch_up: Any
) -> None:
    seen = ask(community, title="压缩机停机后多久能再启动", by=wang)
    hidden = ask(closed_community, title="压缩机停机的底价", by=wang)
    article = start_draft(library=library_of(community), title="压缩机停机处理", markdown="等三分钟。", by=wang)
    publish(article, by=wang)
    catch_up()
    path = "/questions/similar/"
    page = browse(sun).get(path, {"title": "压缩机停机以后什么时候再开"}).content.decode()
    assert seen.get_absolute_url() in page and article.get_absolute_url() in page
    assert hidden.get_absolute_url() not in page
    assert "note-box" not in browse(sun).get(path, {"title": "压缩"}).content.decode()


def test_that_the_search_helped_is_noted_once_a_day(community: Community, wang: Person, browse: Any) -> None:
    there = ask(community, title="停机后多久能再启动", by=wang)
    path = f"/communities/{community.slug}/questions/found/"
    for _ in range(2):
        answered = browse(wang).post(path, {"kind": "question", "key": there.pk, "title": "停了多久能开"})
    assert answered["Location"] == there.get_absolute_url()
    finding = Finding.objects.get()
    assert (finding.by, finding.words, finding.thing_id) == (wang, "停了多久能开", there.pk)
    assert Activity.objects.filter(verb="discussions.answer_found").count() == 1
    answered = browse(wang).post(path, {"kind": "question", "key": there.pk}, headers={"HX-Request": "true"})
    assert answered["HX-Redirect"] == there.get_absolute_url()


def test_nothing_is_noted_about_what_is_out_of_reach(
    community: Community, closed_community: Community, wang: Person, sun: Person
) -> None:
    hidden = ask(closed_community, title="底价怎么谈", by=wang)
    with pytest.raises(Http404):
        note_found(community, ("question", hidden.pk), words="底价", by=fresh(sun))
    assert Finding.objects.count() == 0


def test_a_message_becomes_a_question_with_the_way_back(
    community: Community, wang: Person, xu: Person, browse: Any
) -> None:
    channel = open_channel(community, name="日常", by=wang)
    message = post(channel, body="停机后多久能再启动？", by=xu)
    outcome = turn_into("question", channel, [message.pk], by=wang)
    page = browse(wang).get(outcome.url).content.decode()
    assert f'<option value="{community.slug}" selected>' in page
    assert "停机后多久能再启动？" in page and f'value="message-{message.pk}"' in page
    sent = {"title": "停机后多久能再启动", "source": f"message-{message.pk}"}
    browse(wang).post(f"/communities/{community.slug}/questions/new/", sent)
    question = Question.objects.get()
    link = Link.objects.get()
    assert (link.source_kind, link.source_id, link.target_kind, link.target_id) == (
        *("message", message.pk),
        *("question", question.pk),
    )
    assert message.get_absolute_url() in browse(xu).get(question.get_absolute_url()).content.decode()
    # The message has no station of its own: the question stands there alone.
    line = timeline_of(("question", question.pk), fresh(xu))
    assert (line.stations[0].state, line.stations[0].count_sources) == ("here", 0)


def test_a_source_out_of_reach_or_made_up_leaves_no_trace(
    community: Community, closed_community: Community, wang: Person, sun: Person, browse: Any
) -> None:
    hidden = ask(closed_community, title="底价怎么谈", by=wang)
    for source in (f"question-{hidden.pk}", "nonsense-1", "message-x", "<b>", "question-99999999999999999999"):
        sent = {"title": "从哪来的", "source": source}
        assert browse(sun).post(f"/communities/{community.slug}/questions/new/", sent).status_code == 302
    assert (Question.objects.filter(community=community).count(), Link.objects.count()) == (5, 0)


def test_a_question_is_a_destination_only_where_one_may_ask(
    community: Community, wang: Person, sun: Person, closed_community: Community
) -> None:
    from zhiliu.discussions.conversions import may_ask

    assert may_ask(fresh(sun), community.pk)
    assert not may_ask(fresh(sun), closed_community.pk)
    assert not may_ask(fresh(wang), None)
    Community.objects.filter(pk=community.pk).update(features=["needs"])
    assert not may_ask(fresh(wang), community.pk)


def test_a_search_without_result_can_be_asked(community: Community, wang: Person, browse: Any) -> None:
    page = browse(wang).get("/search/?q=曲轴箱").content.decode()
    assert "/questions/new/?title=" in page
    led = browse(wang).get("/questions/new/", {"title": "曲轴箱"}, follow=True)
    assert "曲轴箱" in led.content.decode()
