"""Budget lines, and what was spent from them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from zhiliu.communities.counting import lock_community
from zhiliu.communities.models import Community
from zhiliu.directory.models import Person
from zhiliu.files.models import Upload
from zhiliu.kit.contracts.audit import Picture, change, picture, picture_of
from zhiliu.kit.contracts.facts import announce
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.errors import Refused
from zhiliu.kit.templatetags.ui import money

from .facts import BudgetSet, MoneySpent
from .models import BudgetLine, Spending
from .rules import can_keep_budget


def set_line(
    community: Community, line: BudgetLine | None, *, year: int, title: str, amount: Decimal, by: Person
) -> BudgetLine:
    """Change a budget line, or add one if ``line`` is None.

    Args:
        year: calendar year. amount: in yuan.

    Raises:
        Refused: the year has a line of this name, money was spent in another year, or more was spent than ``amount``.
    """
    require(can_keep_budget, by, community)
    with transaction.atomic():
        # Lock: if two people add the same line, the second waits and is refused.
        lock_community(community)
        namesakes = BudgetLine.objects.filter(community=community, year=year, title=title)
        if namesakes.exclude(pk=line.pk if line else 0).exists():
            raise Refused(_("A budget line with this name already exists for that year."), field="title")
        if line:
            _require_covers_spending(line, year, amount)
        was = picture(BudgetLine, line.pk) if line else Picture()
        saved = line or BudgetLine(community=community, by=by)
        saved.year, saved.title, saved.amount = year, title, amount
        saved.version += 1
        saved.save()
        fact = BudgetSet(line_id=saved.pk, community_id=community.pk, by_id=by.pk)
        announce(fact, change=change(was, picture_of(saved)))
    return saved


def _require_covers_spending(line: BudgetLine, year: int, amount: Decimal) -> None:
    """Refuse another year than that of the spending, and a cut below it. An overspent line may keep its amount."""
    before = BudgetLine.objects.get(pk=line.pk)
    # Spending that was struck out may be restored, so it ties the line to its year as well.
    if year != before.year and before.spendings.exists():
        reason = _("This line has spending in %(year)s, so its year can’t change. Add a line for the new year.")
        raise Refused(reason % {"year": before.year}, field="year")
    spent = before.spendings.there().aggregate(sum=Sum("amount"))["sum"] or Decimal(0)
    if amount < before.amount and amount < spent:
        reason = _("¥%(spent)s has already been spent from this line. Enter at least that much.")
        raise Refused(reason % {"spent": money(spent)}, field="amount")


def spend(
    line: BudgetLine,
    *,
    on: dt.date,
    amount: Decimal,
    what: str,
    by: Person,
    bought: str = "",
    gathering_id: int | None = None,
    receipt: Upload | None = None,
) -> Spending:
    """Record spending. It may exceed the line: it has happened, and it shows.

    Args:
        amount: in yuan. bought: what came of it. receipt: a private upload.

    Raises:
        Refused: the day is in the future or in another year than the line.
    """
    require(can_keep_budget, by, line.community)
    if on > timezone.localdate():
        raise Refused(_("This date is in the future. Record what has already been spent."), field="on")
    with transaction.atomic():
        # Lock: the line's year does not change between this check and the new row.
        lock_community(line.community)
        year = BudgetLine.objects.values_list("year", flat=True).get(pk=line.pk)
        if on.year != year:
            raise Refused(_("This budget is for %(year)s.") % {"year": year}, field="on")
        spending = Spending.objects.create(
            line=line,
            on=on,
            amount=amount,
            what=what,
            bought=bought,
            gathering_id=gathering_id,
            receipt=receipt,
            by=by,
        )
        fact = MoneySpent(spending_id=spending.pk, community_id=line.community_id, by_id=by.pk)
        announce(fact, change=change(Picture(), picture_of(spending)))
    return spending


def take_back_spending(spending: Spending, back: bool, *, by: Person) -> None:
    """Strike out spending recorded by mistake, or restore it. Idempotent."""
    require(can_keep_budget, by, spending.line.community)
    with transaction.atomic():
        was = picture(Spending, spending.pk)
        rows = Spending.objects.filter(pk=spending.pk, taken_back_at__isnull=back)
        if rows.update(taken_back_at=timezone.now() if back else None):
            fact = MoneySpent(
                spending_id=spending.pk, taken_back=back, community_id=spending.line.community_id, by_id=by.pk
            )
            announce(fact, change=change(was, picture(Spending, spending.pk)))
