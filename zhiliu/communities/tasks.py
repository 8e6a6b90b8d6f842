"""Tasks of communities."""

from django_tasks import task

from zhiliu.kit.contracts.periodic import Daily, Every, periodic

from .admission.ruling import evaluate, evaluate_all
from .lifecycle.dormancy import tell_asleep, tell_outgrown
from .models import Community
from .opening.carrying_out import open_due


@periodic(Daily(hour=2))
@task()
def evaluate_rules() -> None:
    """Evaluate every rule for everyone: years of service pass without a fact."""
    evaluate_all()


@task()
def evaluate_rule(community_id: int) -> None:
    """Evaluate the rule of one community after it was changed."""
    community = Community.objects.filter(pk=community_id).first()
    if community is not None:
        evaluate(community)


@periodic(Every(minutes=5))
@task()
def open_communities() -> None:
    """Open communities that are due, and send their prepared announcements."""
    open_due()


@periodic(Daily(hour=8))
@task()
def watch_communities() -> None:
    """Notify managers of communities that have outgrown their size or fallen asleep."""
    tell_outgrown()
    tell_asleep()
