"""The overview: what is there, what was spent, where that leads, and what comes next."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.policy import Permission
from billing.accounts import month_of
from billing.invoices.amounts import in_cents
from billing.invoices.drafts import next_month
from billing.invoices.upcoming import billed_in, upcoming
from billing.models import AutoRecharge, BalanceWarning, BillingAccount, CreditLot, TopUp
from billing.rail.client import is_set_up
from billing.spend import Spend, spend_of, spent_by_project
from billing.spend_chart import draw
from billing.views.access import Payer, viewing
from billing.views.banners import banner
from billing.views.figures import cap_meter, figures
from billing.views.invoice_rows import invoice_rows, listed
from billing.views.lot_rows import lot_rows
from billing.views.project_rows import project_rows
from billing.views.recharge_state import state_of
from catalog.money import dollars

_MOST = 5  # of a list


@require_GET
@viewing
def overview(request: HttpRequest, payer: Payer) -> HttpResponse:
    now = timezone.now()
    account, spend = payer.account, spend_of(payer.account, now)
    lots = list(CreditLot.objects.filter(organization_id=account.pk).spendable().in_burn_order()[: _MOST + 1])
    found = AutoRecharge.objects.with_recharged(month_of(now)).filter(pk=account.pk).first()
    newest = TopUp.objects.of(account.pk).order_by("-id").first()
    newest_invoices = list(listed(account.pk)[:_MOST])
    invoices = invoice_rows(payer.slug, newest_invoices)
    context = {
        "account": account,
        "may_manage": payer.may_manage,
        "updated_at": now,
        "banner": banner(account, spend, newest, invoices, payer.slug, low=_low(account, found)),
        "figures": figures(account, spend),
        "meter": cap_meter(account, spend),
        "pace": spend.pace,
        "spent": dollars(spend.month_to_date),
        "cap": dollars(account.cap) if account.cap is not None else "",
        "is_quiet": not spend.month_to_date and not spend.forecast,
        "chart": draw(spend, account.cap),
        "next": _next(payer, spend, billed_in(newest_invoices, spend.month)),
        "is_set_up": is_set_up(),
        "recharge": state_of(found, now) if found else None,
        "lots": lot_rows(lots[:_MOST], now),
        "has_more_lots": len(lots) > _MOST,
        "invoices": invoices,
        "projects": project_rows(spent_by_project(account, now), payer.acting.limits(Permission.VIEW_USAGE)),
    }
    return render(request, "billing/overview.html", context)


def _low(account: BillingAccount, recharge: AutoRecharge | None) -> int:
    """Return the balance of which people are warned; 0 where auto-recharge sees to it."""
    if recharge and recharge.is_on:
        return 0
    warning = BalanceWarning.objects.filter(pk=account.pk).first()
    return warning.below if warning else 0


def _next(payer: Payer, spend: Spend, billed: int) -> dict[str, Any]:
    expected = spend.forecast.amount if spend.forecast else spend.month_to_date
    found = upcoming(payer.account, spend.month_to_date, expected, billed)
    return {
        "on": next_month(spend.now),
        "is_forecast": spend.forecast is not None,
        "usage": dollars(found.usage),
        "carried": dollars(found.carried) if found.carried else "",
        "credit": dollars(-found.credit) if found.credit else "",
        "due": dollars(found.due),
        "is_carried": 0 < in_cents(found.due) < settings.BILLING_LEAST_DUE,
    }
