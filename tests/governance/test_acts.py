"""Each act of governance asks its rule, touches what it names, and is announced when it changes something."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone
from freezegun import freeze_time

from tests.cast import fresh, make_community, make_person
from tests.search.test_following_tags import tagged
from zhiliu.activity.models import Activity
from zhiliu.communities.joining import add_members
from zhiliu.communities.models import Community
from zhiliu.communities.role_permissions import Role
from zhiliu.directory.models import Person
from zhiliu.gatherings.models import CheckIn, Gathering
from zhiliu.governance.budgets import set_line, spend, take_back_spending
from zhiliu.governance.goals import change_goal, close_goal, end_service, serve_goal, state_goal
from zhiliu.governance.models import BudgetLine, Goal, Proposal, ProposalVote, Report, ReportPlan, Service, Spending
from zhiliu.governance.periods import Period, last_over, month_period, quarter_of
from zhiliu.governance.proposing import (
    LONGEST,
    count_due,
    count_votes,
    follow_up,
    propose_to,
    vote_on,
    withdraw_proposal,
)
from zhiliu.governance.queries import (
    budget_lines_of,
    goals_of,
    goals_with_counts,
    my_vote,
    open_goals,
    proposals_of,
    report_title,
    served_by,
    spendings_of,
    years_of,
)
from zhiliu.governance.reporting import make_due, make_report, plan_reports
from zhiliu.kit.contracts.object_types import ObjectCard, card_or_404
from zhiliu.kit.errors import Forbidden, Refused
from zhiliu.knowledge.models import Article, Publication, Use
from zhiliu.knowledge.publishing import change_article
from zhiliu.knowledge.using import note_use
from zhiliu.needs.models import Topic
from zhiliu.thanks.models import Thanks

pytestmark = pytest.mark.django_db
SECOND, HOUR, DAY = dt.timedelta(seconds=1), dt.timedelta(hours=1), dt.timedelta(days=1)
YEAR = 2026
KEEPS_BUDGET = "Who can"


def log(verb: str) -> list[int | None]:
    """Who did it, each time."""
    return list(Activity.objects.filter(verb=f"governance.{verb}").order_by("pk").values_list("by_id", flat=True))


def at(month: int, day: int = 15, hour: int = 12) -> dt.datetime:
    return timezone.make_aware(dt.datetime(YEAR, month, day, hour))


# -- goals ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def goal(admin: Person) -> Goal:
    return state_goal(title="一次修好率到九成", by=admin)


@pytest.fixture
def other_goal(admin: Person) -> Goal:
    return state_goal(title="报价当天给得出", by=admin)


def card(topic: Topic) -> ObjectCard:
    return ObjectCard("topic", topic.pk, topic.title, "", community_id=topic.community_id)


def test_only_administrators_change_and_close_goals(goal: Goal, lin: Person, admin: Person) -> None:
    for act in (
        lambda: change_goal(goal, version=1, title="我的", by=lin),
        lambda: close_goal(goal, True, by=lin),
        lambda: state_goal(title="我的", by=lin),
    ):
        with pytest.raises(Forbidden, match="administrator"):
            act()
    assert list(Goal.objects.values_list("title", "closed_at")) == [("一次修好率到九成", None)]
    assert log("goal_set") == [admin.pk]


def test_a_goal_is_changed_alone_and_keeps_its_own_name(goal: Goal, other_goal: Goal, admin: Person) -> None:
    change_goal(goal, version=1, title=goal.title, why="客户不再等", by=admin)
    for version, title, why in ((1, "旧的", "Someone else changed this"), (2, other_goal.title, "already exists")):
        with pytest.raises(Refused, match=why):
            change_goal(goal, version=version, title=title, by=admin)
    rows = Goal.objects.order_by("pk").values_list("title", "why", "version")
    assert list(rows) == [(goal.title, "客户不再等", 2), (other_goal.title, "", 1)]
    assert log("goal_set") == [admin.pk] * 3


def test_a_goal_is_closed_and_opened_alone_and_told_once_each(goal: Goal, other_goal: Goal, admin: Person) -> None:
    for closed in (True, True):
        close_goal(goal, closed, by=admin)
    assert (list(open_goals()), len(log("goal_set"))) == ([other_goal], 3)
    first = Goal.objects.get(pk=goal.pk).closed_at
    close_goal(goal, True, by=admin)
    assert Goal.objects.get(pk=goal.pk).closed_at == first
    close_goal(other_goal, True, by=admin)
    for _turn in range(3):
        close_goal(goal, False, by=admin)
    assert (list(open_goals()), len(log("goal_set"))) == ([goal], 5)
    acts = [row.data["act"] for row in Activity.objects.filter(verb="governance.goal_set").order_by("pk")]
    assert acts == ["stated", "stated", "closed", "closed", "opened"]


def test_what_serves_goals_is_linked_and_unlinked_one_by_one(
    goal: Goal, other_goal: Goal, community: Community, lin: Person, wang: Person, admin: Person
) -> None:
    topics = [Topic.objects.create(community=community, title=title, by=lin) for title in ("漏氟", "停机")]
    gathering = ObjectCard("gathering", topics[0].pk, "", "", community_id=community.pk)
    place = ObjectCard("community", community.pk, "", "")
    for thing in (*map(card, topics), gathering, place):
        for item in (goal, other_goal):
            for _turn in range(3):
                serve_goal(item, thing, by=admin)
    assert (Service.objects.count(), log("goal_served")) == (8, [admin.pk] * 8)
    with pytest.raises(Forbidden, match="Only the managers of its community"):
        serve_goal(goal, card(topics[0]), by=wang)
    for _turn in range(3):
        end_service(goal, card(topics[0]), by=lin)
    left = set(Service.objects.filter(goal=goal).values_list("kind", "thing_id"))
    assert left == {("topic", topics[1].pk), ("gathering", topics[0].pk), ("community", community.pk)}
    assert (Service.objects.count(), log("goal_served")) == (7, [admin.pk] * 8 + [lin.pk])
    assert [goals_of("topic", topic.pk) for topic in topics] == [[other_goal], [goal, other_goal]]
    facts = Activity.objects.filter(verb="governance.goal_served")
    assert set(facts.values_list("community_id", flat=True)) == {community.pk}
    counts = goals_with_counts().get(pk=goal.pk)
    assert (counts.n_topic, counts.n_gathering, counts.n_community, counts.n_article) == (1, 1, 1, 0)  # type: ignore[attr-defined]


def test_a_goal_shows_what_serves_it_by_kind_and_only_what_one_may_see(
    goal: Goal, community: Community, closed_community: Community, lin: Person, sun: Person
) -> None:
    shown, hidden = (
        Topic.objects.create(community=place, title="漏氟", by=lin) for place in (community, closed_community)
    )
    for thing in (shown, hidden):
        serve_goal(goal, card_or_404("topic", thing.pk, lin), by=lin)
    assert [(part["kind"], [item.key for item in part["cards"]]) for part in served_by(goal, sun)] == [
        ("topic", [shown.pk])
    ]


# -- budgets ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def line(community: Community, lin: Person) -> BudgetLine:
    return set_line(community, None, year=YEAR, title="茶歇", amount=Decimal(1000), by=lin)


def test_a_line_is_named_once_within_its_community_and_year(
    community: Community, closed_community: Community, line: BudgetLine, lin: Person
) -> None:
    for place, year, title in (
        (community, YEAR + 1, "茶歇"),
        (closed_community, YEAR, "茶歇"),
        (community, YEAR, "差旅"),
    ):
        set_line(place, None, year=year, title=title, amount=Decimal(5), by=lin)
    with pytest.raises(Refused, match="already exists for that year") as refused:
        set_line(community, None, year=YEAR, title="茶歇", amount=Decimal(5), by=lin)
    with pytest.raises(Refused, match="already exists for that year"):
        set_line(community, line, year=YEAR, title="差旅", amount=Decimal(5), by=lin)
    set_line(community, BudgetLine.objects.get(pk=line.pk), year=YEAR, title="茶歇", amount=Decimal(7), by=lin)
    assert (refused.value.field, BudgetLine.objects.count(), log("budget_set")) == ("title", 4, [lin.pk] * 5)
    lines = {item.line.title: item.line.amount for item in budget_lines_of(community, YEAR)}
    assert lines == {"茶歇": 7, "差旅": 5}
    assert (years_of(community, YEAR), years_of(closed_community, YEAR - 1)) == ([YEAR + 1, YEAR], [YEAR, YEAR - 1])


def test_who_does_not_keep_the_budget_changes_nothing_of_it(
    community: Community, line: BudgetLine, lin: Person, wang: Person
) -> None:
    with freeze_time(at(6)):
        spending = spend(line, on=dt.date(YEAR, 6, 1), amount=Decimal(5), what="茶", by=fresh(lin))
        for act in (
            lambda: set_line(community, line, year=YEAR, title="我的", amount=Decimal(5), by=wang),
            lambda: spend(line, on=dt.date(YEAR, 6, 1), amount=Decimal(5), what="茶", by=wang),
            lambda: take_back_spending(spending, True, by=wang),
            lambda: plan_reports(community, "monthly", by=wang),
        ):
            with pytest.raises(Forbidden, match=KEEPS_BUDGET):
                act()
    assert list(BudgetLine.objects.values_list("title", "amount")) == [("茶歇", 1000)]
    assert list(Spending.objects.values_list("amount", "taken_back_at")) == [(5, None)]
    assert (ReportPlan.objects.count(), len(log("money_spent")), len(log("budget_set"))) == (0, 1, 1)


@pytest.mark.parametrize(
    ("on", "why"),
    [
        (dt.date(YEAR, 6, 16), "in the future"),
        (dt.date(YEAR - 1, 12, 31), f"This budget is for {YEAR}"),
        (dt.date(YEAR, 6, 15), ""),
        (dt.date(YEAR, 1, 1), ""),
    ],
)
def test_money_was_spent_until_today_in_the_year_of_the_line(
    line: BudgetLine, lin: Person, on: dt.date, why: str
) -> None:
    with freeze_time(at(6, 15)):
        person = fresh(lin)
        if why:
            with pytest.raises(Refused, match=why) as refused:
                spend(line, on=on, amount=Decimal(1), what="茶", by=person)
            assert refused.value.field == "on"
        else:
            spend(line, on=on, amount=Decimal(1), what="茶", by=person)
    assert (Spending.objects.count(), len(log("money_spent"))) == (0 if why else 1, 0 if why else 1)


def test_spending_is_struck_out_and_restored_alone_and_told_once_each(
    community: Community, closed_community: Community, line: BudgetLine, lin: Person
) -> None:
    other = set_line(closed_community, None, year=YEAR, title="差旅", amount=Decimal(9), by=lin)
    with freeze_time(at(6)):
        person = fresh(lin)
        day = dt.date(YEAR, 6, 1)
        first, second = (spend(line, on=day, amount=Decimal(5), what=what, by=person) for what in ("茶", "点心"))
        spend(other, on=day, amount=Decimal(1), what="车", by=person)
    for _turn in range(3):
        take_back_spending(first, True, by=lin)
    assert list(Spending.objects.filter(line=line, taken_back_at=None)) == [second]
    for _turn in range(3):
        take_back_spending(second, False, by=lin)
    take_back_spending(second, True, by=lin)
    for _turn in range(3):
        take_back_spending(first, False, by=lin)
    assert list(Spending.objects.filter(taken_back_at__isnull=False)) == [second]
    assert log("money_spent") == [lin.pk] * 6
    assert set(spendings_of(community, YEAR)) == {first, second}
    assert (list(spendings_of(community, YEAR - 1)), spendings_of(closed_community, YEAR).count()) == ([], 1)


def test_a_line_without_money_is_spent_altogether(community: Community, line: BudgetLine, lin: Person) -> None:
    set_line(community, line, year=YEAR, title="茶歇", amount=Decimal(0), by=lin)
    assert [item.part for item in budget_lines_of(community, YEAR)] == [100]


# -- reports ----------------------------------------------------------------------------------------------------------


def test_a_plan_is_set_alone_and_told_when_it_changes(
    community: Community, closed_community: Community, lin: Person
) -> None:
    for place in (community, closed_community, community):
        plan_reports(place, "monthly", by=lin)
    plan_reports(community, "quarterly", by=lin)
    assert dict(ReportPlan.objects.values_list("community", "rhythm")) == {
        community.pk: "quarterly",
        closed_community.pk: "monthly",
    }
    assert log("report_planned") == [lin.pk] * 3


def planned(community: Community, rhythm: str, since: dt.datetime) -> None:
    plan, _new = ReportPlan.objects.get_or_create(community=community)
    ReportPlan.objects.filter(pk=plan.pk).update(rhythm=rhythm, at=since)


def test_the_report_of_the_last_period_is_made_once_for_every_plan_that_is_older(
    community: Community, closed_community: Community, lin: Person
) -> None:
    young, never, archived = (make_community(lin, name=name) for name in ("新的", "不要的", "存档的"))
    may = month_period(dt.date(YEAR, 5, 1))
    make_report(make_community(lin, name="别处"), may)
    make_report(community, month_period(dt.date(YEAR, 4, 1)))
    make_report(community, quarter_of(dt.date(YEAR, 5, 1)))
    for place, rhythm, since in (
        (community, "monthly", may.ends_at),
        (closed_community, "quarterly", at(1)),
        (young, "monthly", may.ends_at + SECOND),
        (never, "never", at(1)),
        (archived, "monthly", at(1)),
    ):
        planned(place, rhythm, since)
    Community.objects.filter(pk=archived.pk).update(phase=Community.Phase.ARCHIVED)
    before = set(Report.objects.values_list("pk", flat=True))
    today = dt.date(YEAR, 6, 15)
    assert (make_due(today), make_due(today)) == (2, 0)
    made = Report.objects.exclude(pk__in=before).values_list("community", "starts_on", "ends_on")
    assert set(made) == {
        (community.pk, may.first, may.last),
        (closed_community.pk, dt.date(YEAR, 1, 1), dt.date(YEAR, 3, 31)),
    }
    assert len(log("report_ready")) == Report.objects.count()


def test_who_changes_from_quarters_to_months_still_gets_the_last_month_of_the_quarter(
    community: Community, lin: Person
) -> None:
    planned(community, "quarterly", at(1))
    today = dt.date(YEAR, 7, 10)
    assert make_due(today) == 1
    planned(community, "monthly", at(1))
    assert (make_due(today), make_due(today)) == (1, 0)
    rows = Report.objects.order_by("starts_on").values_list("starts_on", "ends_on")
    assert list(rows) == [
        (dt.date(YEAR, 4, 1), dt.date(YEAR, 6, 30)),
        (dt.date(YEAR, 6, 1), dt.date(YEAR, 6, 30)),
    ]


def test_a_rhythm_has_a_last_period_that_is_over() -> None:
    day = dt.date(YEAR, 5, 20)
    assert last_over("monthly", day) == Period(dt.date(YEAR, 4, 1), dt.date(YEAR, 4, 30))
    assert last_over("quarterly", day) == Period(dt.date(YEAR, 1, 1), dt.date(YEAR, 3, 31))


def test_a_report_is_called_after_its_month_or_quarter(community: Community) -> None:
    titles = [
        report_title(make_report(community, period))
        for period in (
            month_period(dt.date(YEAR, 4, 1)),
            quarter_of(dt.date(YEAR, 4, 1)),
            Period(dt.date(YEAR - 1, 4, 1), dt.date(YEAR, 4, 30)),
        )
    ]
    assert titles[0] == f"{community.name} · {YEAR}-04"
    assert titles[1] == f"{community.name} · {YEAR} Q2"
    assert "Q" in titles[2]


def use(article: Article, by: Person, when: dt.datetime, **fields: Any) -> None:
    made = note_use(article, where=f"现场 {when}", by=by, **fields)
    Use.objects.filter(pk=made.pk).update(at=when)


def held(community: Community, title: str, when: dt.datetime, *came: Person) -> Gathering:
    talk = Gathering.objects.create(
        community=community, title=title, state="held", starts_at=when - HOUR, ends_at=when, held_at=when
    )
    CheckIn.objects.bulk_create(CheckIn(gathering=talk, person=person) for person in came)
    return talk


def test_a_report_holds_what_happened_in_its_community_within_its_days(
    community: Community, closed_community: Community, lin: Person, wang: Person, xu: Person
) -> None:
    june = month_period(dt.date(YEAR, 6, 1))
    moments = (june.starts_at - SECOND, june.starts_at, june.ends_at - SECOND, june.ends_at)
    community.memberships.update(joined_at=at(1))
    community.memberships.filter(person=xu).update(joined_at=june.ends_at)
    closed_community.memberships.update(joined_at=moments[1])
    for place in (community, closed_community):
        article = tagged(place, lin, f"查漏 {place.pk}")
        for number, moment in enumerate(moments):
            held(place, f"第 {number} 场", moment, lin, wang)
            use(article, wang, moment, outcome="worked" if number == 1 else "failed", story=f"第 {number} 次")
            Thanks.objects.create(to=lin, by=wang, reason=f"{place.pk} {number}", at=moment, community_id=place.pk)
    figures = make_report(community, june).figures
    counts = {name: figures["counts"][name] for name in ("joined", "gatherings", "came", "uses", "worked", "thanks")}
    assert counts == {"joined": 0, "gatherings": 2, "came": 4, "uses": 2, "worked": 1, "thanks": 2}
    before = {name: figures["before"][name] for name in ("gatherings", "came", "uses", "worked", "thanks")}
    assert before == {"gatherings": 1, "came": 2, "uses": 1, "worked": 0, "thanks": 1}
    assert figures["members"] == community.memberships.count() - 1
    assert [(row["title"], row["sharer"], row["came"]) for row in figures["gatherings"]] == [
        ("第 1 场", "", 2),
        ("第 2 场", "", 2),
    ]
    assert [(row["story"], row["by"]) for row in figures["stories"]] == [("第 1 次", "王一帆")]


def test_a_report_counts_and_names_articles_published_within_its_days(
    community: Community, closed_community: Community, lin: Person
) -> None:
    june = month_period(dt.date(YEAR, 6, 1))
    for place in (community, closed_community):
        for number, moment in enumerate((june.starts_at - SECOND, june.starts_at, june.ends_at - SECOND, june.ends_at)):
            article = tagged(place, lin, f"查漏 {place.pk} 之 {number}")
            Publication.objects.filter(revision__article=article).update(at=moment)
    figures = make_report(community, june).figures
    assert (figures["counts"]["articles"], figures["before"]["articles"]) == (2, 1)
    assert [row["title"] for row in figures["articles"]] == [f"查漏 {community.pk} 之 {number}" for number in (1, 2)]


def test_articles_for_some_and_uses_without_a_story_are_not_named_in_a_report(
    community: Community, lin: Person, wang: Person, xu: Person
) -> None:
    shown, named, quiet = (tagged(community, lin, title) for title in ("给大家", "只给小满", "没故事"))
    for article, story in ((shown, "修好了"), (named, "悄悄修好"), (quiet, "")):
        note_use(article, where="现场", by=xu, outcome="worked", story=story)
    change_article(named, by=lin, audience="named", named_readers=[xu])
    figures = make_report(community, month_period(timezone.localdate())).figures
    assert {row["title"] for row in figures["articles"]} == {"给大家", "没故事"}
    assert ([row["story"] for row in figures["stories"]], figures["counts"]["articles"]) == (["修好了"], 3)
    assert {row["uses"] for row in figures["articles"]} == {1}


def test_a_report_shows_the_money_of_its_days_and_what_is_left_after_them(
    community: Community, closed_community: Community, line: BudgetLine, lin: Person
) -> None:
    foreign = set_line(closed_community, None, year=YEAR, title="差旅", amount=Decimal(9), by=lin)
    set_line(community, None, year=YEAR - 1, title="去年的", amount=Decimal(9), by=lin)
    with freeze_time(at(12, 31)):
        person = fresh(lin)
        for day, amount in (((5, 31), 1), ((6, 1), 2), ((6, 30), 4), ((7, 1), 8)):
            spend(line, on=dt.date(YEAR, *day), amount=Decimal(amount), what=f"{amount}", by=person)
        struck = spend(line, on=dt.date(YEAR, 6, 2), amount=Decimal(16), what="误记", by=person)
        spend(foreign, on=dt.date(YEAR, 6, 2), amount=Decimal(32), what="车", by=person)
        take_back_spending(struck, True, by=person)
    money = make_report(community, month_period(dt.date(YEAR, 6, 1))).figures["money"]
    assert [(row["what"], Decimal(row["amount"])) for row in money["spent"]] == [("2", 2), ("4", 4)]
    (shown,) = money["lines"]
    amounts = {name: Decimal(shown[name]) for name in ("amount", "now", "spent", "left")}
    assert (shown["title"], amounts, Decimal(money["total"])) == (
        "茶歇",
        {"amount": 1000, "now": 6, "spent": 7, "left": 993},
        6,
    )


def test_a_line_from_which_nothing_was_spent_is_whole(community: Community, line: BudgetLine) -> None:
    money = make_report(community, month_period(dt.date(YEAR, 6, 1))).figures["money"]
    (shown,) = money["lines"]
    assert [Decimal(shown[name]) for name in ("amount", "now", "spent", "left")] == [1000, 0, 0, 1000]
    assert (money["spent"], Decimal(money["total"])) == ([], 0)


# -- proposals --------------------------------------------------------------------------------------------------------


def proposal_of(community: Community, by: Person, **fields: Any) -> Proposal:
    values = {"title": "改到线上", "body": "外地的来不了。", "closes_at": timezone.now() + DAY, **fields}
    return propose_to(community, by=by, **values)


def over(proposal: Proposal) -> Proposal:
    Proposal.objects.filter(pk=proposal.pk).update(closes_at=timezone.now() - SECOND)
    return Proposal.objects.get(pk=proposal.pk)


def test_a_vote_ends_later_than_now_and_within_sixty_days(community: Community, wang: Person) -> None:
    with freeze_time(at(6)):
        now, person = timezone.now(), fresh(wang)
        for closes_at in (now, now + LONGEST + SECOND):
            with pytest.raises(Refused, match="within the next 60 days") as refused:
                proposal_of(community, person, closes_at=closes_at)
            assert refused.value.field == "closes_on"
        for closes_at in (now + SECOND, now + LONGEST):
            proposal_of(community, person, closes_at=closes_at)
    assert (Proposal.objects.count(), log("proposed")) == (2, [wang.pk] * 2)


def test_a_vote_counts_for_one_proposal_and_is_told_when_it_changes(
    community: Community, wang: Person, xu: Person
) -> None:
    first, second = proposal_of(community, wang), proposal_of(community, wang)
    for proposal, choice, person in (
        (first, "yes", wang),
        (first, "yes", wang),
        (first, "yes", xu),
        (second, "no", wang),
        (first, "abstain", wang),
    ):
        vote_on(proposal, choice, by=person)
    assert set(ProposalVote.objects.values_list("proposal", "by", "choice")) == {
        (first.pk, wang.pk, "abstain"),
        (first.pk, xu.pk, "yes"),
        (second.pk, wang.pk, "no"),
    }
    assert log("proposal_voted") == [None] * 4
    assert [my_vote(proposal, person) for proposal in (first, second) for person in (wang, xu)] == [
        "abstain",
        "yes",
        "no",
        "",
    ]


def test_a_proposal_is_withdrawn_alone_and_told_once(community: Community, wang: Person, xu: Person) -> None:
    first, second = proposal_of(community, wang), proposal_of(community, wang)
    for _turn in range(3):
        withdraw_proposal(first, by=wang)
    assert dict(Proposal.objects.values_list("pk", "result")) == {first.pk: "withdrawn", second.pk: ""}
    with pytest.raises(Forbidden, match="Only the person who proposed it"):
        withdraw_proposal(second, by=xu)
    assert log("proposal_decided") == [wang.pk]


def test_a_decided_proposal_is_withdrawn_no_more(community: Community, wang: Person) -> None:
    proposal = over(proposal_of(community, wang))
    count_votes(proposal)
    withdraw_proposal(proposal, by=wang)
    assert (Proposal.objects.get().result, log("proposal_decided")) == ("too_few", [None])


def test_votes_are_counted_from_the_moment_the_vote_ends(community: Community, wang: Person) -> None:
    proposal = proposal_of(community, wang)
    vote_on(proposal, "yes", by=wang)
    with freeze_time(proposal.closes_at - SECOND):
        assert (count_votes(proposal).result, count_due()) == ("", 0)
    with freeze_time(proposal.closes_at):
        assert (count_due(), count_due()) == (1, 0)
    assert Proposal.objects.get().result == "accepted"


def test_guests_and_those_outside_count_neither_as_voters_nor_for_the_quorum(
    community: Community, closed_community: Community, lin: Person, wang: Person, xu: Person, zhao: Person, sun: Person
) -> None:
    proposal, other = proposal_of(community, wang), proposal_of(closed_community, wang)
    for item, person, choice in ((proposal, lin, "yes"), (proposal, xu, "abstain"), (other, wang, "no")):
        vote_on(item, choice, by=person)
    for person in (zhao, sun):
        ProposalVote.objects.create(proposal=proposal, by=person, choice="no")
    counted = count_votes(over(proposal))
    assert (counted.yes, counted.no, counted.abstained, counted.members) == (1, 0, 1, 3)
    assert (counted.result, Proposal.objects.get(pk=other.pk).result) == ("accepted", "")


@pytest.mark.parametrize(("members", "result"), [(5, "accepted"), (6, "too_few")])
def test_the_quorum_is_reached_when_its_share_has_voted(
    community: Community, lin: Person, members: int, result: str
) -> None:
    missing = members - community.memberships.exclude(person__kind="guest").count()
    add_members(community, {make_person(f"p{number}"): Role.MEMBER for number in range(missing)}, by=lin)
    proposal = proposal_of(community, lin, quorum=20)
    vote_on(proposal, "yes", by=lin)
    counted = count_votes(over(proposal))
    assert (counted.members, counted.result) == (members, result)


def test_what_follows_is_said_of_one_decided_proposal_and_told_when_it_changes(
    community: Community, lin: Person, wang: Person
) -> None:
    first, second, waiting = (proposal_of(community, wang) for _number in range(3))
    for proposal in (first, second):
        count_votes(over(proposal))
    for text in ("下月起", "下月起", "下周起"):
        follow_up(first, text, by=lin)
    with pytest.raises(Refused, match="Members are still voting"):
        follow_up(waiting, "好", by=lin)
    with pytest.raises(Forbidden, match="Who can"):
        follow_up(second, "好", by=wang)
    rows = Proposal.objects.order_by("pk").values_list("follows", "follows_by")
    assert list(rows) == [("下周起", lin.pk), ("", None), ("", None)]
    assert log("proposal_followed") == [lin.pk] * 2


def test_proposals_are_listed_for_their_community_with_how_many_voted_and_whether_oneself_did(
    community: Community, closed_community: Community, lin: Person, wang: Person, sun: Person
) -> None:
    proposal, other = proposal_of(community, wang), proposal_of(closed_community, wang)
    for person in (lin, wang):
        vote_on(proposal, "yes", by=person)
    assert [(row, row.voted, row.mine) for row in proposals_of(community, wang)] == [(proposal, 2, 1)]  # type: ignore[attr-defined]
    assert [(row.voted, row.mine) for row in proposals_of(closed_community, wang)] == [(0, 0)]  # type: ignore[attr-defined]
    assert list(Proposal.objects.visible_to(sun)) == [proposal]
    assert set(Proposal.objects.visible_to(fresh(wang))) == {proposal, other}
