"""The cost page of a month and its CSV, for whoever sees usage; of who is limited to projects, those alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Min
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.views.decorators.http import require_safe

from accounts.membership import Acting
from accounts.policy import Permission
from billing.costs.anomalies import anomalies_of
from billing.costs.budgets import budgets_of
from billing.costs.report import CostReport
from billing.costs.scope import Scope
from billing.costs.table import HEADER, lines_of_table
from billing.invoices.drafts import month_start, next_month
from billing.models import BillingAccount
from billing.views.cost_rows import MOST, budget_rows, kpis, model_rows, month_name, part_rows, price_rows
from usage import csv_export
from usage.models import DailyTotal

_MONTHS = 24  # that can be chosen
_FIRST = datetime(2020, 1, 1, tzinfo=UTC)
_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Selection:
    """The month that the URL asks for; anything but one that is or was is the present one."""

    acting: Acting
    now: datetime
    wanted: str

    @property
    def moment(self) -> datetime:
        """Now, or the last moment of a month that is over."""
        try:
            month = datetime.strptime(self.wanted, "%Y-%m").replace(tzinfo=UTC)
        except ValueError:
            return self.now
        return next_month(month) - _INSTANT if _FIRST <= month < month_start(self.now) else self.now

    @property
    def is_over(self) -> bool:
        return self.moment != self.now

    def report(self) -> CostReport:
        pk, limits = self.acting.organization.pk, self.acting.limits(Permission.VIEW_USAGE)
        return CostReport(Scope(pk, self.moment, limits, BillingAccount.objects.filter(pk=pk).first()))


@require_safe
def report(request: HttpRequest, organization: str) -> HttpResponse:
    selection = _selection(request, organization)
    found = selection.report()
    context = {
        "month": f"{found.scope.start:%Y-%m}",
        "month_name": month_name(found.scope.start),
        "months": list(_months(selection, found.scope)),
        "is_over": selection.is_over,
        "is_billed": found.scope.account is not None,
        "pace": found.spend.pace,
        "is_empty": not found.requests,
        "anomalies": anomalies_of(selection.acting.organization, found.scope),
        **(_tables(selection, found) if found.requests else {}),
        **(_budgets(selection) if not selection.is_over else {}),
    }
    return render(request, "billing/costs.html", context)


@require_safe
def export(request: HttpRequest, organization: str) -> HttpResponse:
    found = _selection(request, organization).report()
    with translation.override(settings.LANGUAGE_CODE):  # programs read it
        text = csv_export.write(HEADER, lines_of_table(found))
    response = HttpResponse(text, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="costs-{found.scope.start:%Y-%m}.csv"'
    return response


def _selection(request: HttpRequest, organization: str) -> Selection:
    acting = Acting.in_organization(request, organization)
    acting.require(Permission.VIEW_USAGE)
    return Selection(acting, timezone.now(), request.GET.get("month", ""))


def _tables(selection: Selection, found: CostReport) -> dict[str, Any]:
    return {
        "kpis": kpis(found, is_over=selection.is_over),
        "models": model_rows(found),
        "projects": part_rows(found, found.project_parts(MOST)),
        "keys": part_rows(found, found.key_parts(MOST)),
        "prices": price_rows(found),
    }


def _budgets(selection: Selection) -> dict[str, Any]:
    limits = selection.acting.limits(Permission.VIEW_USAGE)
    found, has_more = budgets_of(selection.acting.organization, limits, selection.now)
    return {"budgets": budget_rows(found), "has_more_budgets": has_more}


def _months(selection: Selection, scope: Scope) -> Iterator[dict[str, str]]:
    """Yield the months that can be chosen, the present one first, back to that of the first usage that one sees."""
    first = DailyTotal.objects.filter(scope.place).aggregate(first=Min("start"))["first"] or selection.now
    for back in range(_MONTHS):
        month = month_start(selection.now, back=back)
        if month < month_start(first):
            break
        yield {"id": f"{month:%Y-%m}", "name": month_name(month)}
