"""Rules of communities, carried out outside requests."""

from django_tasks import task

from zhiliu.kit.rounds import Daily, comes_round

from .admission.ruling import evaluate, evaluate_all
from .models import Community


@comes_round(Daily(hour=2))
@task()
def evaluate_rules() -> None:
    """Carry out every rule over everybody: also years of service pass without a fact."""
    evaluate_all()


@task()
def evaluate_rule(community_id: int) -> None:
    """Carry out the rule of one community, just written."""
    community = Community.objects.filter(pk=community_id).first()
    if community is not None:
        evaluate(community)
