"""Budget, spending with receipts, and reports on a schedule."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.core import mail as mail_module
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone, translation

from tests.cast import fresh
from zhiliu.communities.joining import give_role
from zhiliu.communities.models import Community
from zhiliu.directory.models import Person
from zhiliu.gatherings.models import CheckIn, Gathering
from zhiliu.governance.budgets import set_line, spend, take_back_spending
from zhiliu.governance.models import BudgetLine, Report, ReportPlan, Spending
from zhiliu.governance.periods import last_over, month_period, quarter_of
from zhiliu.governance.queries import budget_lines_of
from zhiliu.governance.reporting import make_due, make_report, plan_reports
from zhiliu.kit.errors import Forbidden, Refused
from zhiliu.kit.system.confined import Overrun
from zhiliu.kit.system.pdf import draw_pdf, has_pdf
from zhiliu.needs.models import Need

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


@pytest.fixture
def sponsor(community: Community, wang: Person, lin: Person) -> Person:
    """Wang is the sponsor."""
    give_role(community, wang, "sponsor", by=lin)
    return fresh(wang)


@pytest.fixture
def line(community: Community, sponsor: Person) -> BudgetLine:
    """A budget line of 1000 yuan."""
    return set_line(community, None, year=TODAY.year, title="茶歇", amount=Decimal(1000), by=sponsor)


def test_members_neither_see_nor_keep_the_budget(
    community: Community, line: BudgetLine, xu: Person, browse: Any
) -> None:
    assert browse(xu).get(f"/communities/{community.slug}/sponsor/").status_code == 403
    with pytest.raises(Forbidden):
        spend(line, on=TODAY, amount=Decimal(1), what="x", by=xu)
    assert not Spending.objects.exists()


def test_what_is_left_follows_what_was_spent_and_taken_back(
    community: Community, line: BudgetLine, sponsor: Person
) -> None:
    spend(line, on=TODAY, amount=Decimal("120.50"), what="茶", by=sponsor)
    more = spend(line, on=TODAY, amount=Decimal(900), what="点心", by=sponsor)
    state = budget_lines_of(community, TODAY.year)[0]
    assert (state.spent, state.left, state.part) == (Decimal("1020.50"), Decimal("-20.50"), 100)
    take_back_spending(more, True, by=sponsor)
    take_back_spending(more, True, by=sponsor)
    assert budget_lines_of(community, TODAY.year)[0].left == Decimal("879.50")
    take_back_spending(more, False, by=sponsor)
    assert budget_lines_of(community, TODAY.year)[0].left == Decimal("-20.50")


@pytest.mark.parametrize("days", [1, -800])
def test_a_day_ahead_or_of_another_year_is_refused(line: BudgetLine, sponsor: Person, days: int) -> None:
    with pytest.raises(Refused):
        spend(line, on=TODAY + dt.timedelta(days=days), amount=Decimal(1), what="x", by=sponsor)
    assert not Spending.objects.exists()


def test_two_lines_of_one_name_in_a_year_are_refused(community: Community, line: BudgetLine, sponsor: Person) -> None:
    with pytest.raises(Refused):
        set_line(community, None, year=TODAY.year, title="茶歇", amount=Decimal(5), by=sponsor)
    assert BudgetLine.objects.count() == 1


def test_a_receipt_is_for_those_who_see_spending_only(
    community: Community, line: BudgetLine, sponsor: Person, xu: Person, lin: Person, browse: Any
) -> None:
    sent = {"line": line.pk, "what": "茶", "amount": "12.5", "on": TODAY.isoformat()}
    sent["receipt"] = SimpleUploadedFile("票.txt", "收据".encode())
    base = f"/communities/{community.slug}/sponsor/spending"
    assert browse(sponsor).post(f"{base}/new/", sent).status_code == 302
    spending = Spending.objects.get()
    assert spending.receipt is not None
    url = f"{base}/{spending.pk}/receipt/"
    assert b"".join(browse(lin).get(url).streaming_content).decode() == "收据"
    assert browse(xu).get(url).status_code == 403
    for person in (xu, lin, sponsor):
        assert browse(person).get(spending.receipt.get_absolute_url()).status_code == 404


def test_amounts_that_are_none_are_refused(
    community: Community, line: BudgetLine, sponsor: Person, browse: Any
) -> None:
    for amount in ("0", "-3", "abc", "99999999999999", "NaN"):
        sent = {"line": line.pk, "what": "茶", "amount": amount, "on": TODAY.isoformat()}
        answer = browse(sponsor).post(f"/communities/{community.slug}/sponsor/spending/new/", sent)
        assert answer.status_code == 200, amount
    assert not Spending.objects.exists()


def test_a_line_of_another_community_cannot_be_spent_from(
    community: Community, closed_community: Community, lin: Person, sponsor: Person, browse: Any
) -> None:
    foreign = set_line(closed_community, None, year=TODAY.year, title="差旅", amount=Decimal(9), by=lin)
    sent = {"line": foreign.pk, "what": "茶", "amount": "1", "on": TODAY.isoformat()}
    assert browse(sponsor).post(f"/communities/{community.slug}/sponsor/spending/new/", sent).status_code == 200
    assert not Spending.objects.exists()


def test_months_and_quarters() -> None:
    assert month_period(dt.date(2024, 2, 10)).last == dt.date(2024, 2, 29)
    assert quarter_of(dt.date(2024, 5, 1)).first == dt.date(2024, 4, 1)
    assert quarter_of(dt.date(2024, 5, 1)).last == dt.date(2024, 6, 30)
    assert month_period(dt.date(2024, 3, 1)).before.first == dt.date(2024, 2, 1)
    assert quarter_of(dt.date(2024, 1, 1)).before.first == dt.date(2023, 10, 1)
    assert last_over("monthly", dt.date(2024, 1, 5)) == month_period(dt.date(2023, 12, 5))
    assert last_over("never", dt.date(2024, 1, 5)) is None


def fill(community: Community, lin: Person, at: dt.datetime) -> Gathering:
    """A need voiced and a gathering held at that time, Lin came."""
    need = Need.objects.create(community=community, title="漏氟", by=lin)
    Need.objects.filter(pk=need.pk).update(at=at)
    people = {"by": lin, "sharer": lin, "host": lin}
    times = {"starts_at": at - dt.timedelta(hours=1), "ends_at": at, "held_at": at}
    held = Gathering.objects.create(community=community, title="漏氟一小时", state="held", **people, **times)
    CheckIn.objects.create(gathering=held, person=lin)
    return held


def test_a_report_counts_its_period_and_nothing_else(community: Community, line: BudgetLine, lin: Person) -> None:
    period = month_period(TODAY).before
    fill(community, lin, period.starts_at)
    fill(community, lin, period.ends_at)
    counts = make_report(community, period).figures["counts"]
    assert (counts["needs"], counts["gatherings"], counts["came"]) == (1, 1, 1)


def test_a_report_says_what_the_money_bought(community: Community, line: BudgetLine, sponsor: Person) -> None:
    spend(line, on=TODAY, amount=Decimal("120.50"), what="茶", bought="两场分享", by=sponsor)
    gone = spend(line, on=TODAY, amount=Decimal(5), what="误记", by=sponsor)
    take_back_spending(gone, True, by=sponsor)
    money = make_report(community, month_period(TODAY)).figures["money"]
    assert (money["total"], money["lines"][0]["left"]) == ("120.50", "879.50")
    assert [(item["what"], item["bought"]) for item in money["spent"]] == [("茶", "两场分享")]


def test_a_report_stays_as_it_was(community: Community, line: BudgetLine, lin: Person) -> None:
    first = make_report(community, month_period(TODAY))
    fill(community, lin, timezone.now())
    assert make_report(community, month_period(TODAY)) == first
    assert first.figures["counts"]["needs"] == 0


def test_reports_come_by_plan_once_and_sponsors_are_told(
    community: Community, sponsor: Person, lin: Person, xu: Person, catch_up: Any
) -> None:
    plan_reports(community, "monthly", by=sponsor)
    ReportPlan.objects.update(at=timezone.now() - dt.timedelta(days=70))
    assert (make_due(), make_due()) == (1, 0)
    catch_up()
    report = Report.objects.get()
    assert report.starts_on == month_period(TODAY).before.first
    told = {person for person in (sponsor, lin, xu) if person.notifications.filter(notice="governance.report").exists()}  # type: ignore[attr-defined]
    assert told == {sponsor, lin}


def test_the_mail_carries_the_figures_and_what_the_money_bought(
    community: Community, line: BudgetLine, sponsor: Person, lin: Person, catch_up: Any, run_jobs: Any
) -> None:
    spend(line, on=TODAY, amount=Decimal("1120.50"), what="茶", bought="两场分享", by=sponsor)
    fill(community, lin, timezone.now())
    make_report(community, month_period(TODAY))
    catch_up()
    run_jobs()
    sent = [mail for mail in mail_module.outbox if "报告" in mail.subject and mail.to == [sponsor.email]]
    assert len(sent) == 1
    body = sent[0].body
    assert "举办活动: 1 (+1)" in body and "¥1,120.50" in body and "两场分享" in body


def test_nothing_is_sent_for_periods_before_the_plan(community: Community, sponsor: Person) -> None:
    plan_reports(community, "quarterly", by=sponsor)
    assert make_due() == 0


def test_the_report_is_read_on_the_web_and_as_pdf(
    community: Community, line: BudgetLine, sponsor: Person, lin: Person, xu: Person, browse: Any
) -> None:
    spend(line, on=TODAY, amount=Decimal("120.50"), what="茶", bought="两场分享", by=sponsor)
    fill(community, lin, timezone.now())
    report = make_report(community, month_period(TODAY))
    page = browse(sponsor).get(report.get_absolute_url()).content.decode()
    assert "两场分享" in page and "漏氟一小时" in page and "120.50" in page
    assert browse(xu).get(report.get_absolute_url()).status_code == 403
    if not has_pdf():
        pytest.skip("WeasyPrint or Pango is not here")
    answer = browse(sponsor).get(f"{report.get_absolute_url()}pdf/")
    assert (answer["Content-Type"], answer.content[:5]) == ("application/pdf", b"%PDF-")
    assert browse(xu).get(f"{report.get_absolute_url()}pdf/").status_code == 403


def test_without_weasyprint_there_is_no_link_and_no_pdf(
    community: Community, sponsor: Person, browse: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("zhiliu.governance.views.reports.has_pdf", lambda: False)
    report = make_report(community, month_period(TODAY))
    assert "pdf/" not in browse(sponsor).get(report.get_absolute_url()).content.decode()
    assert browse(sponsor).get(f"{report.get_absolute_url()}pdf/").status_code == 404


def test_a_pdf_that_takes_too_long_is_given_up_with_a_word(
    community: Community, sponsor: Person, browse: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def overrun(html: str) -> bytes:
        raise Overrun

    monkeypatch.setattr("zhiliu.governance.views.reports.has_pdf", lambda: True)
    monkeypatch.setattr("zhiliu.governance.views.reports.pdf_of_html", overrun)
    report = make_report(community, month_period(TODAY))
    answer = browse(sponsor).get(f"{report.get_absolute_url()}pdf/", follow=True)
    assert answer.redirect_chain[-1] == (report.get_absolute_url(), 302)
    assert "没能及时生成 PDF，请稍后再试" in answer.content.decode()


def test_drawing_a_pdf_loads_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    if not has_pdf():
        pytest.skip("WeasyPrint or Pango is not here")
    asked: list[str] = []
    seen = "http://127.0.0.1:9/seen.png"
    monkeypatch.setattr("urllib.request.OpenerDirector.open", lambda *_rest, **_more: asked.append("open"))
    drawn = f'<img src="{seen}"><img src="file:///etc/hostname"><link rel="stylesheet" href="{seen}">'
    assert draw_pdf(drawn)[:5] == b"%PDF-"
    assert asked == []


@pytest.mark.parametrize("count", [1, 3])
def test_the_desk_asks_a_fixed_number_of_questions(
    count: int, community: Community, line: BudgetLine, sponsor: Person, browse: Any, django_assert_num_queries: Any
) -> None:
    for number in range(count):
        spend(line, on=TODAY, amount=Decimal(1), what=f"茶 {number}", by=sponsor)
        make_report(community, month_period(TODAY - dt.timedelta(days=40 * number)))
    client = browse(sponsor)
    url = f"/communities/{community.slug}/sponsor/"
    client.get(url)
    with django_assert_num_queries(12):
        client.get(url)


def test_a_line_with_spending_keeps_its_year_and_covers_what_was_spent(
    community: Community, line: BudgetLine, sponsor: Person
) -> None:
    struck = spend(line, on=TODAY, amount=Decimal(300), what="点心", by=sponsor)
    spend(line, on=TODAY, amount=Decimal(200), what="茶", by=sponsor)
    take_back_spending(struck, True, by=sponsor)
    with translation.override("en"), pytest.raises(Refused, match="its year can’t change") as refused:
        set_line(community, line, year=TODAY.year + 1, title="茶歇", amount=Decimal(1000), by=sponsor)
    assert refused.value.field == "year"
    with translation.override("en"), pytest.raises(Refused, match="¥200 has already been spent") as refused:
        set_line(community, line, year=TODAY.year, title="茶歇", amount=Decimal("199.99"), by=sponsor)
    assert refused.value.field == "amount"
    saved = BudgetLine.objects.get()
    assert (saved.year, saved.amount) == (TODAY.year, 1000)
    assert set_line(community, saved, year=TODAY.year, title="茶歇", amount=Decimal(200), by=sponsor).amount == 200


def test_an_overspent_line_may_be_renamed_and_raised_and_one_without_spending_changed(
    community: Community, line: BudgetLine, sponsor: Person
) -> None:
    moved = set_line(community, line, year=TODAY.year + 1, title="茶歇", amount=Decimal(10), by=sponsor)
    line = set_line(community, moved, year=TODAY.year, title="茶歇", amount=Decimal(10), by=sponsor)
    spend(line, on=TODAY, amount=Decimal(50), what="茶", by=sponsor)
    assert set_line(community, line, year=TODAY.year, title="茶点", amount=Decimal(10), by=sponsor).title == "茶点"
    assert set_line(community, line, year=TODAY.year, title="茶点", amount=Decimal(20), by=sponsor).amount == 20


def test_the_year_that_counts_is_the_one_the_line_has_by_now(
    community: Community, line: BudgetLine, sponsor: Person
) -> None:
    set_line(community, BudgetLine.objects.get(), year=TODAY.year + 1, title="茶歇", amount=Decimal(1000), by=sponsor)
    with pytest.raises(Refused):
        spend(line, on=TODAY, amount=Decimal(1), what="茶", by=sponsor)
    assert not Spending.objects.exists()
