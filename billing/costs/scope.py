"""Whose costs of which month: the rows of the rollups that count, by the same rules for every figure.

Who is billed sees what is billed: usage from the hour on in which the account was opened. Who is not sees all usage, at
the list prices by which it was rated.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from billing.invoices.drafts import month_start, next_month
from billing.models import BillingAccount
from billing.spend import billed_from
from usage.grains import DAY, HOUR, Grain
from usage.models import HourlyTotal


@dataclass(frozen=True)
class Scope:
    """An organization in the calendar month, UTC, of a moment; with `projects` in those alone."""

    organization_id: UUID
    now: datetime
    projects: Collection[UUID] | None = None
    account: BillingAccount | None = None

    @property
    def start(self) -> datetime:
        return month_start(self.now)

    @property
    def end(self) -> datetime:
        return next_month(self.now)

    def hours(self) -> QuerySet[HourlyTotal]:
        """Return all hours of whatever month, without keys."""
        rows = HourlyTotal.objects.filter(self.place)
        return rows.filter(start__gte=billed_from(self.account)) if self.account else rows

    def rows(self, *, by_key: bool = False) -> QuerySet[Any]:
        """Return the rows of the month, from the smallest table that has them."""
        since = max(self.start, billed_from(self.account)) if self.account else self.start
        grain: Grain = DAY if since == self.start else HOUR
        table = grain.by_key if by_key or grain.total is None else grain.total
        return table._default_manager.filter(self.place, start__gte=since, start__lt=self.end).order_by()

    @property
    def place(self) -> Q:
        of = Q(organization_id=self.organization_id)
        return of if self.projects is None else of & Q(project_id__in=list(self.projects))
