"""What the tests of discussions share: a question, an answer, a post, and who did what by the log."""

from __future__ import annotations

import datetime as dt

from zhiliu.activity.models import Activity
from zhiliu.communities.models import Community
from zhiliu.directory.models import Person
from zhiliu.discussions.answering import answer
from zhiliu.discussions.asking import ask
from zhiliu.discussions.models import Answer, Post, Question
from zhiliu.discussions.posting import write_post

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
# A working day at nine, without holidays around it.
FRIDAY = dt.datetime(2026, 6, 26, 9, 0, tzinfo=dt.timezone(dt.timedelta(hours=8)))


def asked(community: Community, title: str, by: Person, *, at: dt.datetime | None = None) -> Question:
    """A published question, as a new request would load it."""
    question = ask(community, title=title, by=by)
    assert isinstance(question, Question)
    if at is not None:
        Question.objects.filter(pk=question.pk).update(at=at)
    return Question.objects.select_related("community", "by").get(pk=question.pk)


def answered(question: Question, by: Person, body: str = "三分钟") -> Answer:
    """A published answer."""
    made = answer(question, body=body, by=by)
    assert isinstance(made, Answer)
    return made


def written(community: Community, title: str, by: Person, *, kind: str = "idea") -> Post:
    """A published post."""
    post = write_post(community, kind=kind, title=title, body="先看表", by=by)
    assert isinstance(post, Post)
    return post


def log(verb: str) -> list[int | None]:
    """Who did it, each time."""
    rows = Activity.objects.filter(verb=f"discussions.{verb}").order_by("pk")
    return [row.by_id for row in rows]
