"""Fills a database with people and activity for the page figures. ``python -m bench.data PEOPLE ACTIVITY``"""

from __future__ import annotations

import datetime as dt
import random
import sys
from typing import Any

ROWS = 5000


def fill(people: int, activity: int) -> str:
    """Create people, communities, needs, topics and log rows.

    Returns:
        The session key of a person who belongs to communities and has an inbox.
    """
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    chance = random.Random(7)
    everybody = _people(people, chance)
    communities = _communities(everybody, chance)
    _needs(communities, everybody, chance, max(400, activity // 50))
    _inbox(everybody[0])
    _activity(activity, communities, len(everybody), chance)
    return session_of(everybody[0])


def _people(count: int, chance: random.Random) -> list[Any]:
    from zhiliu.directory.models import Department, NameKey, Organisation, Person

    Organisation(name="测量用公司").save()
    root = Department.objects.create(name="公司")
    departments = [Department.objects.create(name=f"部门 {n}", parent=root) for n in range(max(5, count // 200))]
    people = [
        Person(
            name=f"{chance.choice('王李张刘陈杨赵黄周吴')}{chance.choice('晓一子文思雨')}{chance.choice('岚帆涵轩琪宁')}{n}",
            handle=f"p{n}",
            employee_number=f"N{n}",
            email=f"p{n}@example.com",
            department=chance.choice(departments),
            hired_on=dt.date(2015, 1, 1) + dt.timedelta(days=chance.randint(0, 4000)),
            password="!",
        )
        for n in range(count)
    ]
    rows = Person.objects.bulk_create(people, batch_size=ROWS)
    NameKey.objects.bulk_create((NameKey(person=item, key=item.name) for item in rows), batch_size=ROWS)
    return list(rows)


def _communities(people: list[Any], chance: random.Random) -> list[Any]:
    from zhiliu.communities.models import Community, Membership
    from zhiliu.communities.starting import start_community

    communities = []
    for number in range(max(12, len(people) // 400)):
        community = start_community(name=f"社区 {number}", kind="professional", by=people[1], slug=f"c{number}")
        members = people if number == 0 else chance.sample(people, min(200, len(people)))
        members = members[: len(people) // 3] if number == 0 else members
        Membership.objects.bulk_create(
            (Membership(community=community, person=member) for member in members),
            ignore_conflicts=True,
            batch_size=ROWS,
        )
        Community.objects.filter(pk=community.pk).update(member_count=community.memberships.count())
        communities.append(community)
    for community in communities[:6]:
        Membership.objects.get_or_create(community=community, person=people[0])
    return communities


def _needs(communities: list[Any], people: list[Any], chance: random.Random, count: int) -> None:
    from django.utils import timezone

    from zhiliu.lineage.models import LineageProgress
    from zhiliu.needs.models import Need, Support, Topic

    now = timezone.now()
    topics = Topic.objects.bulk_create(
        (
            Topic(
                community=chance.choice(communities[:12]),
                title=f"主题 {n}：半夜停机先看哪三样",
                for_whom="值夜的人",
                take_home="一张单子",
                by=chance.choice(people),
                at=now - dt.timedelta(minutes=n),
            )
            for n in range(max(400, count // 10))  # more than a page in each community
        ),
        batch_size=ROWS,
    )
    needs = Need.objects.bulk_create(
        (
            Need(
                community=chance.choice(communities[:12]),
                title=f"需求 {n}：压缩机半夜停机，先看哪一个",
                body="现场只有我一个人。",
                by=chance.choice(people),
                at=now - dt.timedelta(minutes=n),
                support_count=5,
            )
            for n in range(count)
        ),
        batch_size=ROWS,
    )
    Support.objects.bulk_create(
        (Support(need=need, by=chance.choice(people)) for need in needs for _ in range(2)),
        ignore_conflicts=True,
        batch_size=ROWS,
    )
    LineageProgress.objects.bulk_create(
        [LineageProgress(kind="need", thing_id=need.pk, station=0) for need in needs]
        + [LineageProgress(kind="topic", thing_id=topic.pk, station=1) for topic in topics],
        batch_size=ROWS,
    )


def _inbox(person: Any) -> None:
    from django.utils import timezone

    from zhiliu.needs.models import Need
    from zhiliu.notifications.models import Notification

    keys = list(Need.objects.values_list("pk", "by_id")[:200])
    now = timezone.now()
    Notification.objects.bulk_create(
        Notification(
            person=person,
            notice="needs.voiced",
            kind="need",
            thing_id=key,
            by_id=by,
            at=now - dt.timedelta(hours=place),
            read_at=None if place < 5 else now,
        )
        for place, (key, by) in enumerate(keys)
    )


def _activity(count: int, communities: list[Any], people: int, chance: random.Random) -> None:
    from django.utils import timezone

    from zhiliu.activity.models import Activity
    from zhiliu.needs.models import Need

    now, top = timezone.now(), Need.objects.count()
    for start in range(0, count, 20 * ROWS):
        Activity.objects.bulk_create(
            (
                Activity(
                    verb="needs.need_voiced",
                    by_id=chance.randint(1, people),
                    community_id=chance.choice(communities).pk,
                    kind="need",
                    thing_id=chance.randint(1, top),
                    data={},
                    at=now - dt.timedelta(seconds=count - n),
                )
                for n in range(start, min(count, start + 20 * ROWS))
            ),
            batch_size=ROWS,
        )
    from zhiliu.activity.consumers import last_position
    from zhiliu.activity.models import Cursor

    for name in ("communities", "notifications", "search", "notifications.guests"):
        Cursor.objects.update_or_create(name=name, defaults={"position": last_position()})


def session_of(person: Any) -> str:
    """Return the key of a new session of a person."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    from zhiliu.kit.web.sessions import SessionStore

    store = SessionStore()
    store[SESSION_KEY] = str(person.pk)
    store[BACKEND_SESSION_KEY] = "zhiliu.directory.signin.backends.PasswordBackend"
    store[HASH_SESSION_KEY] = person.get_session_auth_hash()
    store.save()
    return str(store.session_key)


if __name__ == "__main__":
    print(fill(int(sys.argv[1]), int(sys.argv[2])))
