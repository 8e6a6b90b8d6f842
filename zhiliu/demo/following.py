"""Build follows: people whose articles are used have followers, some of them mutual."""

from __future__ import annotations

from django.db.models import Count

from zhiliu.directory.following import follow
from zhiliu.directory.models import Follow, Person
from zhiliu.search.following import follow_tag
from zhiliu.search.models import Tag, TagFollow

from .stage import Stage

# follower -> followed; pairs in both directions are mutual.
PAIRS = (
    ("lin", "qian-muzhi"),
    ("qian-muzhi", "lin"),
    ("lin", "jiang-shuyi"),
    ("jiang-shuyi", "lin"),
    ("lin", "wang"),
    ("wang", "qian-muzhi"),
    ("wang", "lin"),
    ("xu", "qian-muzhi"),
    ("jiang-shuyi", "qian-muzhi"),
)
FOLLOWERS, TAGS = 9, 3


def build(stage: Stage) -> None:
    """Spread the follows over the last four months, reproducibly."""
    pairs = [(stage.people[by], stage.people[person]) for by, person in PAIRS]
    excluded = {person.pk for pair in pairs for person in pair}
    pairs += [(by, stage.people["qian-muzhi"]) for by in stage.some(stage.others, FOLLOWERS, excluded)]
    for number, (by, person) in enumerate(pairs):
        at = stage.clock.at(-7 * (len(pairs) - number), "12:40")
        with stage.moment(at):
            follow_row = follow(person, by=by)
        Follow.objects.filter(pk=follow_row.pk).update(at=at)
    _tags(stage, [stage.people[key] for key in ("lin", "wang", "jiang-shuyi")])


def _tags(stage: Stage, people: list[Person]) -> None:
    """Let people follow the tags with the most articles."""
    tags = list(Tag.objects.annotate(n=Count("articles")).order_by("-n", "name")[:TAGS])
    for number, person in enumerate(people):
        for tag in tags[: TAGS - number]:
            at = stage.clock.at(-20 - number, "12:50")
            with stage.moment(at):
                tag_follow = follow_tag(tag, by=person)
            TagFollow.objects.filter(pk=tag_follow.pk).update(at=at)
