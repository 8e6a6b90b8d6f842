"""The sample company is whole, and the same each time."""

from __future__ import annotations

import pytest
from django.utils import timezone

from zhiliu.activity.models import Activity
from zhiliu.communities.models import Community
from zhiliu.demo.company import build
from zhiliu.directory.models import Follow, Person
from zhiliu.discussions.models import Duty, FaqEntry, Post, Question
from zhiliu.gatherings.models import Gathering
from zhiliu.knowledge.models import Article, Use
from zhiliu.lineage.lines import line_of
from zhiliu.lineage.models import Link
from zhiliu.needs.models import Need, Topic
from zhiliu.notifications.models import InboxRow


@pytest.mark.slow
@pytest.mark.django_db
def test_the_sample_company_is_whole() -> None:
    build()
    assert Person.objects.count() == 300
    assert {community.kind for community in Community.objects.all()} == {
        "professional",
        "interest",
        "help",
        "best",
        "learning",
        "knowledge",
    }
    assert Community.objects.filter(merged_into=None).count() == 21
    assert (Need.objects.count(), Topic.objects.count(), Gathering.objects.count()) == (70, 26, 35)
    assert Article.objects.exclude(library__slug="handbook").count() == 64
    assert (Question.objects.count(), Question.objects.unanswered().count(), FaqEntry.objects.count()) == (9, 2, 1)
    assert (Duty.objects.count(), Post.objects.count()) == (11, 4)
    assert Use.objects.count() == 90
    assert not Activity.objects.filter(at__gt=timezone.now()).exists()
    positions = list(Activity.objects.order_by("id").values_list("at", flat=True)[:5000])
    assert positions == sorted(positions)
    assert Article.objects.filter(draft_markdown__contains="](article:").count() == 0
    used = Use.objects.filter(article__pk__in=Link.objects.filter(source_kind="gathering").values("target_id")).first()
    assert used is not None
    line = line_of(("article", used.article_id), Person.objects.get(handle="admin"))
    assert [station.state for station in line.stations[:5]].count("hidden") == 0
    assert line.stations[2].url and line.stations[4].url
    assert InboxRow.objects.filter(person__handle="jiang-shuyi", notice="gatherings.by_followed").exists()
    assert Follow.objects.filter(person__handle="qian-muzhi").count() == 13
    assert set(Gathering.objects.filter(format="lightning").values_list("state", flat=True)) == {"held", "fixed"}
