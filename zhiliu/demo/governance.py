"""Build goals with services, a budget with half a year of spending and reports, proposals and votes."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from io import BytesIO

from django.utils import timezone

from zhiliu.communities.models import Community, Membership
from zhiliu.communities.role_permissions import Role
from zhiliu.directory.models import Person
from zhiliu.files.models import Upload
from zhiliu.files.storing import upload
from zhiliu.gatherings.models import Gathering
from zhiliu.governance.budgets import set_line, spend
from zhiliu.governance.goals import serve_goal, state_goal
from zhiliu.governance.models import BudgetLine, Goal, Proposal, ProposalVote, Report, ReportPlan, Spending
from zhiliu.governance.periods import month_period
from zhiliu.governance.proposing import follow_up, result_of
from zhiliu.governance.reporting import figures_of
from zhiliu.kit.contracts.object_types import cards_for
from zhiliu.kit.text.markdown import render
from zhiliu.knowledge.models import Article
from zhiliu.needs.models import Topic

from .stage import Stage

DESK = "service-help"
GOALS = (
    ("现场一次修好率到九成", "返修一次，客户停机一天。", "每月回访里一次修好的比例", 120),
    ("新人三个月能独立上门", "去年要七个月，师傅们分身乏术。", "独立签单的新人占比", 200),
    ("报价当天给得出", "慢一天，丢三成单子。", "当天给出报价的比例", 90),
)
SPENT = (
    (-118, "检漏仪租用", "860.00", "三个班组试用两周，留下一台", 0),
    (-92, "外请制冷专家半天", "2400.00", "漏氟一题一讲，写成两篇文章", 1),
    (-61, "茶歇", "320.00", "两场分享会", 2),
    (-33, "电子万用表两只", "598.00", "现场演示用，之后放求助台借用", 0),
    (-12, "茶歇", "186.50", "本月分享会", 2),
)


def build(stage: Stage) -> None:
    """Build goals, budget and proposals."""
    admin = Person.objects.get(handle="admin")
    _goals(stage, admin)
    desk = Community.objects.without_tree_fields().get(slug=DESK)
    _money(stage, desk)
    _reports(stage, desk)
    _proposals(stage, desk)


def _goals(stage: Stage, admin: Person) -> None:
    for number, (title, why, measure, days) in enumerate(GOALS):
        at = stage.clock.at(-170 + number, "10:00")
        with stage.moment(at):
            ends = stage.clock.today + dt.timedelta(days=days)
            goal = state_goal(title=title, why=why, measure=measure, ends_on=ends, by=admin, owner=stage.others[number])
        Goal.objects.filter(pk=goal.pk).update(at=at)
        _serve(stage, goal, number, admin)


def _serve(stage: Stage, goal: Goal, number: int, admin: Person) -> None:
    community = Community.objects.without_tree_fields().get(slug=("service-help", "newcomers", "key-accounts")[number])
    references = [("community", community.pk)]
    references += [("topic", key) for key in Topic.objects.filter(community=community).values_list("pk", flat=True)[:3]]
    gatherings = Gathering.objects.filter(community=community).order_by("pk").values_list("pk", flat=True)[:3]
    references += [("gathering", key) for key in gatherings]
    written = Article.objects.filter(library__community=community, state="published").order_by("-use_count", "pk")
    references += [("article", key) for key in written.values_list("pk", flat=True)[:4]]
    with stage.moment(stage.clock.at(-90 + number, "15:00")):
        for card in cards_for(references).values():
            serve_goal(goal, card, by=admin)


def _money(stage: Stage, desk: Community) -> None:
    keeper = Person.objects.get(memberships__community=desk, memberships__role=Role.MANAGER)
    gatherings = list(Gathering.objects.filter(community=desk, held_at__isnull=False).order_by("held_at"))
    lines: dict[tuple[int, int], BudgetLine] = {}
    purposes = (("工具与耗材", "6000"), ("外请专家", "8000"), ("茶歇", "2400"))
    for day, what, amount, bought, purpose in SPENT:
        at = stage.clock.at(day, "17:30")
        on = timezone.localdate(at)
        with stage.moment(at):
            if (on.year, purpose) not in lines:
                for number, (title, budget) in enumerate(purposes):
                    line = set_line(desk, None, year=on.year, title=title, amount=Decimal(budget), by=keeper)
                    lines[on.year, number] = line
            spending = spend(
                lines[on.year, purpose],
                on=on,
                amount=Decimal(amount),
                what=what,
                bought=bought,
                gathering_id=gatherings[-1].pk if gatherings and purpose != 0 else None,
                receipt=_receipt(what, amount, keeper, desk),
                by=keeper,
            )
        Spending.objects.filter(pk=spending.pk).update(at=at)


def _receipt(what: str, amount: str, by: Person, desk: Community) -> Upload:
    text = f"收据\n{what}\n金额 {amount} 元\n".encode()
    return upload(BytesIO(text), name=f"{what}.txt", by=by, community=desk, is_private=True)


def _reports(stage: Stage, desk: Community) -> None:
    keeper = Person.objects.get(memberships__community=desk, memberships__role=Role.MANAGER)
    ReportPlan.objects.create(community=desk, rhythm=ReportPlan.Rhythm.MONTHLY, by=keeper, at=stage.clock.at(-150))
    period = month_period(stage.clock.today).before
    for _number in range(3):
        at = timezone.make_aware(dt.datetime.combine(period.last + dt.timedelta(days=1), dt.time(7)))
        Report.objects.create(
            community=desk, starts_on=period.first, ends_on=period.last, figures=figures_of(desk, period), at=at
        )
        period = period.before


def _proposals(stage: Stage, desk: Community) -> None:
    employees = Membership.objects.filter(community=desk).exclude(person__kind="guest")
    members = list(employees.select_related("person").order_by("person_id"))
    keeper = Person.objects.get(memberships__community=desk, memberships__role=Role.MANAGER)
    done = _propose(
        stage,
        desk,
        members[7].person,
        ("夜里的求助也有人接", "每晚两人轮值到十点，值一次调休两小时。", -40, -33),
    )
    _vote(stage, done, members[:31], ("yes", "yes", "yes", "no", "abstain"))
    done.members = len(members)
    for choice, field in (("yes", "yes"), ("no", "no"), ("abstain", "abstained")):
        setattr(done, field, done.votes.filter(choice=choice).count())
    done.result, done.decided_at = result_of(done), done.closes_at
    done.save()
    with stage.moment(stage.clock.at(-31, "09:40")):
        follow_up(done, "下月起排班，表放在共享文件里；试行两个月后再看。", by=keeper)
    running = _propose(
        stage, desk, members[11].person, ("把每月第二场改到线上", "外地的同事来不了，录下来大家都能看。", -2, 5)
    )
    _vote(stage, running, members[3:15], ("yes", "no", "yes"))


def _propose(stage: Stage, desk: Community, by: Person, entry: tuple[str, str, int, int]) -> Proposal:
    title, body, day, closes = entry
    return Proposal.objects.create(
        community=desk,
        title=title,
        body=body,
        html=render(body).html,
        by=by,
        at=stage.clock.at(day, "14:10"),
        closes_at=stage.clock.at(closes, "23:59"),
        quorum=20,
    )


def _vote(stage: Stage, proposal: Proposal, members: list[Membership], pattern: tuple[str, ...]) -> None:
    ProposalVote.objects.bulk_create(
        ProposalVote(
            proposal=proposal,
            by=membership.person,
            choice=pattern[number % len(pattern)],
            at=proposal.at + dt.timedelta(hours=number),
        )
        for number, membership in enumerate(members)
    )
