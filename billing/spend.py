"""What is spent, day by day in UTC, read from the hourly rollup in one query.

Of an organization that is billed only what it was billed for: from the hour on in which its account was opened.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from uuid import UUID

from django.db.models import OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import TruncDate

from accounts.models import Project
from billing.forecast import Forecast, Pace, foresee, pace_of
from billing.invoices.drafts import month_start, next_month
from billing.models import BillingAccount
from usage.models import HourlyTotal
from usage.queries import hourly_totals

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Spend:
    """The amounts of days, in pico-dollars, of this month and the one before. Days without usage are left out."""

    now: datetime
    daily: Mapping[date, int]
    before: int  # of the last month, up to the same moment of it

    @property
    def month(self) -> datetime:
        return month_start(self.now)

    @property
    def days(self) -> Sequence[date]:
        """The days of this month, the ones to come among them."""
        first = self.month.date()
        return [first + count * _DAY for count in range((next_month(self.now) - self.month).days)]

    @property
    def today(self) -> date:
        return self.now.astimezone(UTC).date()

    @cached_property
    def month_to_date(self) -> int:
        return sum(amount for day, amount in self.daily.items() if day >= self.month.date())

    @cached_property
    def pace(self) -> Pace | None:
        """Return what the last whole days cost."""
        return pace_of(self.daily, self.today)

    @property
    def forecast(self) -> Forecast | None:
        """Return what the whole month will likely cost."""
        return self.forecast_by(next_month(self.now))

    def forecast_by(self, moment: datetime) -> Forecast | None:
        return foresee(self.month_to_date, self.pace, moment - self.now) if self.pace else None


def spend_of(account: BillingAccount, now: datetime) -> Spend:
    """Return what an organization spends."""
    return spend_in(_billed(account, month_start(now, back=1)), now)


def spend_in(rows: QuerySet[HourlyTotal], now: datetime) -> Spend:
    """Return what some hours come to in the month of a moment, up to that, and in the month before."""
    last_month = month_start(now, back=1)
    until = min(last_month + (now - month_start(now)), month_start(now))
    found = (
        rows.filter(start__gte=last_month, start__lte=now)
        .values_list(TruncDate("start", tzinfo=UTC))
        .annotate(Sum("amount"), early=Sum("amount", filter=Q(start__lt=until)))
        .order_by()
    )
    days = [(day, int(amount), int(early or 0)) for day, amount, early in found]
    return Spend(now, {day: amount for day, amount, _ in days}, sum(early for _, _, early in days))


def spent_by_project(account: BillingAccount, now: datetime) -> Mapping[UUID, tuple[str | None, int]]:
    """Return name and amount of what each project spent this month, the most expensive first; None for one gone."""
    name = Project.objects.filter(pk=OuterRef("project_id")).values("name")
    found = _billed(account, month_start(now)).values("project_id").annotate(all=Sum("amount"), name=Subquery(name))
    return {row["project_id"]: (row["name"], int(row["all"])) for row in found.order_by("-all", "project_id")}


def _billed(account: BillingAccount, since: datetime) -> QuerySet[HourlyTotal]:
    return hourly_totals(account.pk).filter(start__gte=max(since, billed_from(account)))


def billed_from(account: BillingAccount) -> datetime:
    """Return the hour from which on usage is billed."""
    return account.created_at.replace(minute=0, second=0, microsecond=0)
