"""Recent posts of a person: rates from the log in one query; texts only where they are compared."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import connection
from django.db.models import QuerySet

from zhiliu.activity.models import Activity
from zhiliu.communities.models import Community
from zhiliu.directory.models import Person
from zhiliu.kit.contracts.moderated_types import RecentPost, moderated

from .facts import ThingHeld
from .models import HeldPost

MINUTE, HOUR, DAY = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1)
# Number of last acts to read: more than anybody posts in an hour, and few enough to read quickly.
LAST_ACTS = 400
MOST_RECENT = 200
_ACTS = """
    SELECT verb, count(*) FILTER (WHERE at > %s), count(*) FILTER (WHERE community_id = %s AND at > %s),
           count(*) FILTER (WHERE community_id = %s AND at > %s)
    FROM (SELECT verb, community_id, at FROM activity_activity WHERE by_id = %s ORDER BY id DESC LIMIT %s) AS last_acts
    GROUP BY verb
"""


@dataclass(frozen=True)
class PostingRate:
    """A person's posting rate.

    Args:
        minute, hour: posts in the community, within that time; including held ones. kinds: types of their posts
            anywhere within a day. waits: whether any post of theirs was held within a day.
    """

    minute: int = 0
    hour: int = 0
    kinds: frozenset[str] = frozenset()
    waits: bool = False


def posting_rate_of(person: Person, community: Community, now: dt.datetime) -> PostingRate:
    """Count a person's last acts in the log; one query, plus two if a post of theirs was held."""
    labels = {kind.said.name: kind.kind for kind in moderated}
    acts = _acts(person, community, now)
    posts = [(labels[verb], day, hour, minute) for verb, day, hour, minute in acts if verb in labels]
    kinds = frozenset(label for label, in_a_day, _hour, _minute in posts if in_a_day)
    hour, minute = sum(entry[2] for entry in posts), sum(entry[3] for entry in posts)
    has_held = any(verb == ThingHeld.name and in_a_day for verb, in_a_day, _hour, _minute in acts)
    if has_held:
        minute += _waiting(person, now - MINUTE).filter(community=community).count()
        hour += _waiting(person, now - HOUR).filter(community=community).count()
    return PostingRate(minute, hour, kinds, has_held)


def _acts(person: Person, community: Community, now: dt.datetime) -> list[tuple[str, int, int, int]]:
    """Return a person's last acts by verb: counts within a day anywhere, an hour and a minute in the community.

    Raw SQL, because it runs for every message and composing it takes Django longer than the rest of the screening.
    """
    at = Activity._meta.get_field("at")
    day, hour, minute = (at.get_db_prep_value(now - ago, connection) for ago in (DAY, HOUR, MINUTE))
    with connection.cursor() as cursor:
        cursor.execute(_ACTS, [day, community.pk, hour, community.pk, minute, person.pk, LAST_ACTS])
        counts: list[tuple[str, int, int, int]] = cursor.fetchall()
    return counts


def _waiting(person: Person, since: dt.datetime) -> QuerySet[HeldPost]:
    return HeldPost.objects.waiting().filter(by=person, at__gt=since)


def posting_times(person: Person, community: Community, most: int, now: dt.datetime) -> list[dt.datetime]:
    """Return when somebody posted in a community within the last hour, newest first, ``most`` at most."""
    verbs = [kind.said.name for kind in moderated]
    rows = Activity.objects.filter(by_id=person.pk, community_id=community.pk, verb__in=verbs, at__gt=now - HOUR)
    times = [*rows.order_by("-id").values_list("at", flat=True)[:most]]
    times += _waiting(person, now - HOUR).filter(community=community).values_list("at", flat=True)
    return sorted(times, reverse=True)[:most]


def said_elsewhere(person: Person, place: str, tally: PostingRate, now: dt.datetime) -> list[RecentPost]:
    """Return a person's posts in communities in the last day except at ``place``, including held ones, newest first."""
    since = now - DAY
    kinds = [kind for kind in moderated if kind.kind in tally.kinds]
    recent_posts = [
        recent_post
        for kind in kinds
        for recent_post in kind.said_elsewhere(person.pk, place, since=since, most=MOST_RECENT)
    ]
    if tally.waits:
        held_posts = [
            RecentPost(hold.text, hold.at, hold.community_id, str(hold.payload.get("place", "")))
            for hold in _waiting(person, since).order_by("-pk")[:MOST_RECENT]
        ]
        recent_posts += [recent_post for recent_post in held_posts if recent_post.place != place]
    return sorted(recent_posts, key=lambda recent_post: recent_post.at, reverse=True)
