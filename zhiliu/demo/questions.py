"""Build questions with answers, one of them in the FAQ and one waiting; a rota; posts."""

from __future__ import annotations

import datetime as dt
from typing import Any

from zhiliu.comments.facts import Commented
from zhiliu.comments.models import Comment, Vote
from zhiliu.directory.models import Person
from zhiliu.discussions.answering import publish_answer, say_it_helped
from zhiliu.discussions.asking import hand_to, publish_question
from zhiliu.discussions.asking_experts import ask_expert
from zhiliu.discussions.deflection import note_found
from zhiliu.discussions.faq import put_into_faq
from zhiliu.discussions.models import Answer, ExpertRequest, Finding, Post, Question, Resolution
from zhiliu.discussions.posting import publish_post
from zhiliu.discussions.resolving import accept_answer
from zhiliu.discussions.rota import give_duty
from zhiliu.kit.text.markdown import render
from zhiliu.knowledge.models import Article, Publication
from zhiliu.thanks.models import Thanks

from .sources import read
from .stage import Stage


def build(stage: Stage) -> None:
    """Create questions, rota and posts."""
    content = read("questions")
    for entry in content["questions"]:
        _question(stage, entry)
    for line in content["found"]:
        _found(stage, *line)
    _rota(stage, content["rota"])
    for entry in content["posts"]:
        _post(stage, entry)


def _question(stage: Stage, entry: dict[str, Any]) -> None:
    at, by = stage.clock.at(entry["day"], entry["time"]), stage.people[entry["by"]]
    with stage.moment(at):
        question = publish_question(
            stage.communities[entry["community"]],
            title=entry["title"],
            body=entry["body"],
            tags=entry["tags"],
            source=None,
            by=by,
        )
        if entry.get("owner"):
            owner = stage.people[entry["owner"]]
            hand_to(question, owner, by=owner)
    Question.objects.filter(pk=question.pk).update(at=at)
    answers = [_answer(stage, question, item) for item in entry["answers"]]
    others = [answer.at for answer in answers if answer.by_id != by.pk]
    Question.objects.filter(pk=question.pk).update(first_answer_at=min(others, default=None))
    if entry.get("asked"):
        _asked(stage, question, entry["asked"])
    if entry.get("accepted"):
        _accepted(stage, question, answers[entry["accepted"] - 1], entry)


def _answer(stage: Stage, question: Question, entry: dict[str, Any]) -> Answer:
    at = stage.clock.at(entry["day"], entry["time"])
    with stage.moment(at):
        answer = publish_answer(question, body=entry["body"], by=stage.people[entry["by"]])
    Answer.objects.filter(pk=answer.pk).update(at=at)
    answer.at = at
    readers = stage.members[question.community.slug]
    for person in stage.some(readers, entry.get("helped", 0), {answer.by_id or 0}):
        with stage.moment(min(at + dt.timedelta(hours=3), stage.clock.now)):
            say_it_helped(answer, on=True, by=person)
    return answer


def _asked(stage: Stage, question: Question, entry: dict[str, Any]) -> None:
    at = stage.clock.at(entry["day"], entry["time"])
    assert question.by is not None
    with stage.moment(at):
        expert_request = ask_expert(question, stage.people[entry["person"]], by=question.by, now=at)
    article = stage.articles[entry["article"]]
    ExpertRequest.objects.filter(pk=expert_request.pk).update(evidence_kind="article", evidence_id=article.pk)


def _accepted(stage: Stage, question: Question, answer: Answer, entry: dict[str, Any]) -> None:
    at, by = min(answer.at + dt.timedelta(hours=18), stage.clock.now), stage.people[entry["by"]]
    with stage.moment(at):
        resolution = accept_answer(answer, why=entry.get("why", ""), thanks=entry.get("thanks", ""), by=by)
    Resolution.objects.filter(pk=resolution.pk).update(at=at)
    Thanks.objects.filter(kind="question", thing_id=question.pk).update(at=at)
    if entry.get("faq"):
        _into_faq(stage, question, stage.people[entry["faq"]], at + dt.timedelta(days=1))


def _into_faq(stage: Stage, question: Question, by: Person, at: dt.datetime) -> None:
    with stage.moment(at):
        article = put_into_faq(question, by=by)
    Article.objects.filter(pk=article.pk).update(at=at, changed_at=at, published_at=at)
    article.revisions.update(at=at)
    Publication.objects.filter(revision__article=article).update(at=at)


def _found(stage: Stage, community: str, title: str, who: str, day: int, words: str) -> None:
    question, at = Question.objects.get(title=title), stage.clock.at(day)
    with stage.moment(at):
        note_found(stage.communities[community], ("question", question.pk), words=words, by=stage.people[who])
    Finding.objects.filter(by=stage.people[who], thing_id=question.pk).update(on=at.date())


def _rota(stage: Stage, entry: dict[str, Any]) -> None:
    community, by = stage.communities[entry["community"]], stage.people[entry["by"]]
    for weekday, starts, ends, key in entry["lines"]:
        with stage.moment(stage.clock.at(-60)):
            give_duty(
                community,
                stage.people[key],
                weekday=weekday,
                starts=dt.time.fromisoformat(starts),
                ends=dt.time.fromisoformat(ends),
                by=by,
            )


def _post(stage: Stage, entry: dict[str, Any]) -> None:
    at = stage.clock.at(entry["day"], "12:10")
    community = stage.communities[entry["community"]]
    with stage.moment(at):
        post = publish_post(
            community, kind=entry["kind"], title=entry["title"], body=entry["body"], by=stage.people[entry["by"]]
        )
    voters = stage.some(stage.members[community.slug], entry["votes"], {post.by_id or 0})
    Vote.objects.bulk_create(Vote(kind="post", thing_id=post.pk, by=person, at=at) for person in voters)
    for comment in entry["comments"]:
        _comment(stage, post, comment)
    Post.objects.filter(pk=post.pk).update(at=at, vote_count=len(voters), comment_count=len(entry["comments"]))


def _comment(stage: Stage, post: Post, entry: dict[str, Any]) -> None:
    at, by = stage.clock.at(entry["day"], "15:20"), stage.people[entry["by"]]
    comment = Comment.objects.create(
        kind="post", thing_id=post.pk, by=by, body=entry["body"], html=render(entry["body"]).html, at=at
    )
    stage.tell(
        Commented(comment_id=comment.pk, kind="post", thing_id=post.pk, community_id=post.community_id, by_id=by.pk), at
    )
