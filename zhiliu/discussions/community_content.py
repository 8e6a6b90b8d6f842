"""Questions, posts, findings and the rota as community content."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from zhiliu.communities.community_content import Chosen, Rows, offers_community_content
from zhiliu.communities.models import Community

from .models import Duty, Finding, Post, Question

OFFERED = 200


class Questions(Rows):
    """Questions with their answers, chosen individually."""

    key, name, models = "questions", _("Questions"), (Question,)

    def options(self, community: Community) -> list[tuple[int, str]]:
        """Return the newest ones."""
        questions = Question.objects.filter(community=community).order_by("-pk")[:OFFERED]
        return [(question.pk, str(question)) for question in questions]


class Findings(Rows):
    """Findings: the search helped someone who was about to ask. They move with the question that helped."""

    key, name, models = "findings", _("Answers found before asking"), (Finding,)

    def follows(self, selection: Chosen, source: Community) -> set[int]:
        """Add the findings about the chosen questions."""
        about = Finding.objects.filter(kind="question", thing_id__in=selection.get("questions", ()))
        return set(about.values_list("pk", flat=True)) | selection.get(self.key, set())


class Duties(Rows):
    """Rota lines. Lines that the target rota has too stay behind, so that nobody is listed twice."""

    key, name, models = "duties", _("Rota"), (Duty,)

    def move(self, keys: Iterable[int], source: Community, target: Community) -> Any:
        """Move the lines the target rota does not have."""
        same = ("weekday", "starts", "ends", "person")
        twins = Duty.objects.filter(community=target, **{name: OuterRef(name) for name in same})
        alone = Duty.objects.filter(community=source, pk__in=list(keys)).exclude(Exists(twins))
        return super().move(list(alone.values_list("pk", flat=True)), source, target)


class Posts(Rows):
    """Posts, chosen individually."""

    key, name, models = "posts", _("Posts"), (Post,)

    def options(self, community: Community) -> list[tuple[int, str]]:
        """Return the newest ones."""
        posts = Post.objects.filter(community=community, withdrawn_at=None).order_by("-pk")[:OFFERED]
        return [(post.pk, str(post)) for post in posts]


offers_community_content(Questions, weight=12)
offers_community_content(Posts, weight=13)
offers_community_content(Findings, weight=41)
offers_community_content(Duties)
