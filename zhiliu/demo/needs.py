"""Build needs with supporters, the topics they became, and polls."""

from __future__ import annotations

import datetime as dt
from typing import Any

from zhiliu.comments.facts import Commented
from zhiliu.comments.models import Comment, Vote
from zhiliu.directory.models import Person
from zhiliu.kit.text.markdown import render
from zhiliu.lineage.linking import note_new
from zhiliu.needs.facts import AnonymousNeedVoiced, NeedsMerged, NeedSupported, NeedVoiced, TopicMade
from zhiliu.needs.models import Merge, Need, Support, Topic
from zhiliu.needs.topics import add_needs
from zhiliu.polls.models import Ballot, Option, Poll

from .sources import read
from .stage import Stage


def build(stage: Stage) -> None:
    """Create needs, topics and polls."""
    entries = read("needs")
    for entry in entries:
        stage.needs[entry["key"]] = _need(stage, entry)
    note_new([("need", need.pk) for need in stage.needs.values()], 0)
    for entry in entries:
        if entry.get("duplicate_of"):
            _merge(stage, entry)
    for entry in read("topics"):
        stage.topics[entry["key"]] = _topic(stage, entry)
    note_new([("topic", topic.pk) for topic in stage.topics.values()], 1)
    for entry in read("polls"):
        _poll(stage, entry)


def _need(stage: Stage, entry: dict[str, Any]) -> Need:
    by = stage.people.get(entry.get("by") or "")
    at = stage.clock.at(entry["day"], "09:30", stage.chance.randint(0, 80))
    need = Need.objects.create(
        community=stage.communities[entry["community"]],
        title=entry["title"],
        body=entry.get("body") or "",
        by=by,
        is_anonymous=by is None,
        at=at,
        comment_count=len(entry.get("comments") or []),
    )
    if by is None:
        stage.tell(AnonymousNeedVoiced(community_id=need.community_id), at.replace(hour=0, minute=0))
    else:
        stage.tell(NeedVoiced(need_id=need.pk, community_id=need.community_id, by_id=by.pk), at)
    _supporters(stage, need, entry)
    for comment in entry.get("comments") or []:
        _comment(stage, need, comment)
    return need


def _supporters(stage: Stage, need: Need, entry: dict[str, Any]) -> None:
    named = [stage.people[key] for key in entry.get("named_supporters") or []]
    excluded = {person.pk for person in named} | {need.by_id or 0}
    rest = stage.some(stage.members[entry["community"]], max(0, entry["supporters"] - len(named)), excluded)
    people = [person for person in [*named, *rest] if person.pk != need.by_id]
    rows = [Support(need=need, by=person, at=_after(stage, need.at, 9)) for person in people]
    Support.objects.bulk_create(rows)
    for row in rows:
        stage.tell(NeedSupported(need_id=need.pk, on=True, community_id=need.community_id, by_id=row.by_id), row.at)
    Need.objects.filter(pk=need.pk).update(support_count=len(rows))
    need.support_count = len(rows)


def _after(stage: Stage, at: dt.datetime, days: int) -> dt.datetime:
    later = at + dt.timedelta(minutes=stage.chance.randint(10, days * 1440))
    return min(later, stage.clock.now - dt.timedelta(minutes=stage.chance.randint(3, 50)))


def _comment(stage: Stage, need: Need, entry: dict[str, Any]) -> None:
    at, by = stage.clock.at(entry["day"], "13:40", stage.chance.randint(0, 200)), stage.people[entry["by"]]
    comment = Comment.objects.create(
        kind="need", thing_id=need.pk, by=by, body=entry["body"], html=render(entry["body"]).html, at=max(at, need.at)
    )
    stage.tell(
        Commented(comment_id=comment.pk, kind="need", thing_id=need.pk, community_id=need.community_id, by_id=by.pk), at
    )


def _merge(stage: Stage, entry: dict[str, Any]) -> None:
    need, into = stage.needs[entry["key"]], stage.needs[entry["duplicate_of"]]
    at = stage.clock.at(entry["day"] + 1, "16:00")
    by = stage.communities[entry["community"]].by
    Merge.objects.create(need=need, into=into, by=by, at=at)
    Need.objects.filter(pk=need.pk).update(state=Need.State.MERGED, merged_into=into)
    stage.tell(NeedsMerged(need_id=need.pk, into_id=into.pk, community_id=need.community_id, by_id=by.pk), at)


def _topic(stage: Stage, entry: dict[str, Any]) -> Topic:
    at, by = stage.clock.at(entry["day"], "11:10"), stage.people[entry["by"]]
    texts = {name: entry.get(name) or "" for name in ("pains", "differently", "solved_by", "seen_by")}
    topic = Topic.objects.create(
        community=stage.communities[entry["community"]],
        title=entry["title"],
        for_whom=entry["for_whom"],
        take_home=entry["take_home"],
        small_enough=True,
        by=by,
        at=at,
        **texts,
    )
    needs = [stage.needs[key] for key in entry["needs"]]
    with stage.moment(at):
        add_needs(topic, needs, by_id=by.pk)
    keys = tuple(need.pk for need in needs)
    stage.tell(TopicMade(topic_id=topic.pk, need_ids=keys, community_id=topic.community_id, by_id=by.pk), at)
    _votes(stage, topic, entry)
    return topic


def _votes(stage: Stage, topic: Topic, entry: dict[str, Any]) -> None:
    voters: list[Person] = stage.some(stage.members[entry["community"]], entry["votes"])
    Vote.objects.bulk_create(
        Vote(kind="topic", thing_id=topic.pk, by=person, at=_after(stage, topic.at, 12)) for person in voters
    )
    Topic.objects.filter(pk=topic.pk).update(vote_count=len(voters))
    topic.vote_count = len(voters)


def _poll(stage: Stage, entry: dict[str, Any]) -> None:
    community = stage.communities[entry["community"]]
    poll = Poll.objects.create(
        community=community,
        question=entry["question"],
        by=stage.people[entry["by"]],
        is_secret=entry["secret"],
        at=stage.clock.at(entry["day"], "09:10"),
        closes_at=stage.clock.planned(entry["closes_day"], "18:00"),
    )
    voters = stage.some(stage.members[entry["community"]], community.member_count)
    ballots = []
    for order, option in enumerate(entry["options"]):
        option_row = Option.objects.create(poll=poll, text=option["text"], order=order)
        chosen, voters = voters[: option["votes"]], voters[option["votes"] :]
        ballots += [Ballot(poll=poll, option=option_row, by=person) for person in chosen]
    Ballot.objects.bulk_create(ballots)
    Poll.objects.filter(pk=poll.pk).update(ballot_count=len(ballots))
