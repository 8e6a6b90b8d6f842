"""Fill the sample company up to a large one. ``python -m bench.large``, in the environment of a copy of it

100,000 people, 5,000 communities (the manager in 200 of them, one of 100,000 members), 50,000 articles in one library,
20,000 rows in the manager's inbox, and a million rows of activity.
"""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

PEOPLE, COMMUNITIES, MEMBER_OF, ARTICLES, INBOX, ACTIVITY = 100_000, 5_000, 200, 50_000, 20_000, 1_000_000
ROWS = 5_000


def fill() -> None:
    """Insert all of it in bulk."""
    from zhiliu.communities.models import Community
    from zhiliu.directory.models import Person

    chance = random.Random(11)
    manager = Person.objects.get(handle="lin")
    keys = _people()
    _communities(manager)
    _members(Community.objects.get(slug="service-help"), keys)
    _articles(Person.objects.exclude(handle="lin")[:40], chance)
    _inbox(manager)
    _activity(keys, chance)


def _people() -> list[int]:
    from zhiliu.directory.models import Department, NameKey, Person

    places = list(Department.objects.all()[:50])
    rows = Person.objects.bulk_create(
        (
            Person(
                name=f"王{number}",
                handle=f"large-{number}",
                employee_number=f"large-{number}",
                department=places[number % len(places)],
                hired_on=dt.date(2019, 1, 1),
                password="!",
                calendar_key=f"large-{number}",
            )
            for number in range(PEOPLE)
        ),
        batch_size=ROWS,
    )
    NameKey.objects.bulk_create((NameKey(person=row, key=row.name) for row in rows), batch_size=ROWS)
    return [row.pk for row in rows]


def _communities(manager: Any) -> None:
    from zhiliu.communities.models import Community, Membership

    rows = [
        Community(
            name=f"大公司的第 {number} 个社区",
            slug=f"large-{number}",
            mark="大",
            kind="help",
            by=manager,
            features=["needs", "library"],
        )
        for number in range(COMMUNITIES)
    ]
    for row in rows:
        row.lft, row.rght, row.tree_depth = 0, 0, 0  # type: ignore[attr-defined]
    made = Community.objects.bulk_create(rows, batch_size=1000)
    Membership.objects.bulk_create(Membership(community=row, person=manager) for row in made[:MEMBER_OF])


def _members(community: Any, people: list[int]) -> None:
    from zhiliu.communities.models import Community, Membership

    rows = (Membership(community=community, person_id=key) for key in people)
    Membership.objects.bulk_create(rows, batch_size=ROWS, ignore_conflicts=True)
    Community.objects.filter(pk=community.pk).update(member_count=len(people))


def _articles(owners: Any, chance: random.Random) -> None:
    from django.utils import timezone

    from zhiliu.knowledge.models import Article, Library

    library, now, writers = Library.objects.get(slug="service-help"), timezone.now(), list(owners)
    Article.objects.bulk_create(
        (
            Article(
                library=library,
                title=f"第 {number} 篇",
                state=Article.State.PUBLISHED,
                owner=chance.choice(writers),
                published_at=now - dt.timedelta(minutes=number + 60),
                use_count=number % 30,
                html="<p>正文</p>",
                plain="正文",
            )
            for number in range(ARTICLES)
        ),
        batch_size=1000,
    )


def _inbox(manager: Any) -> None:
    from django.utils import timezone

    from zhiliu.notifications.models import Notification

    pattern = Notification.objects.filter(person=manager)[0]
    for start in range(0, INBOX, ROWS):
        rows = []
        for number in range(start, start + ROWS):
            row = Notification(
                **{field.attname: getattr(pattern, field.attname) for field in pattern._meta.concrete_fields}
            )
            row.pk, row.thing_id, row.at = None, 10_000_000 + number, timezone.now() - dt.timedelta(minutes=number)
            rows.append(row)
        Notification.objects.bulk_create(rows, batch_size=1000, ignore_conflicts=True)


def _activity(people: list[int], chance: random.Random) -> None:
    from bench.data import _activity as fill_activity
    from zhiliu.communities.models import Community

    fill_activity(ACTIVITY, list(Community.objects.all()[:100]), 100, chance)


def main() -> None:
    """Fill the database of this environment."""
    import django

    django.setup()
    fill()


if __name__ == "__main__":
    main()
