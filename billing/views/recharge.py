"""Auto-recharge: when credit is bought by itself, how much, and up to what a month."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.step_up import recent_sign_in_required
from billing.accounts import month_of
from billing.actions.recharge import require_method, set_recharge, stop_recharge
from billing.errors import BillingError
from billing.forms import RechargeForm
from billing.models import AutoRecharge
from billing.rail.client import is_set_up
from billing.rail.errors import RailError
from billing.views.access import Payer, managing
from billing.views.asking import count_question
from billing.views.recharge_state import state_of
from catalog.money import CENT

_USUAL = {"is_on": True, "threshold": 1_000, "amount": 5_000, "monthly_cap": 20_000}


@require_http_methods(["GET", "HEAD", "POST"])
@recent_sign_in_required
@managing
def auto_recharge(request: HttpRequest, payer: Payer) -> HttpResponse:
    now = timezone.now()
    found = AutoRecharge.objects.with_recharged(month_of(now)).filter(pk=payer.account.pk).first()
    lacks_method = False
    form = RechargeForm(request.POST or None, initial=_initial(found) if found else _USUAL)
    if request.method == "POST" and form.is_valid():
        try:
            _set(payer, form.cleaned_data, was_on=bool(found and found.is_on))
        except BillingError as error:
            form.add_error(None, error.message)
            lacks_method = error.code == "no-method"
        else:
            is_on = form.cleaned_data["is_on"]
            messages.success(request, _("Auto-recharge is on.") if is_on else _("Auto-recharge is off."))
            return redirect("billing:overview", payer.slug)
    context = {
        "form": form,
        "account": payer.account,
        "state": state_of(found, now) if found else None,
        "is_set_up": is_set_up(),
        "lacks_method": lacks_method,
    }
    return render(request, "billing/auto_recharge.html", context, status=422 if form.is_bound else 200)


def _set(payer: Payer, data: dict[str, Any], *, was_on: bool) -> None:
    """Set it; switched off, the amounts stay as they were."""
    if not data["is_on"]:
        stop_recharge(payer.actor, payer.account.pk)
        return
    if not was_on and payer.account.is_prepaid:
        _require_method(payer)
    set_recharge(
        payer.actor,
        payer.account.pk,
        threshold=data["threshold"],
        amount=data["amount"],
        monthly_cap=data["monthly_cap"],
        creator=payer.acting.user.pk,
    )


def _require_method(payer: Payer) -> None:
    try:
        count_question(payer)
    except RailError:
        return
    require_method(payer.account.pk)


def _initial(found: AutoRecharge) -> dict[str, Any]:
    return {
        "is_on": found.is_on,
        "threshold": found.threshold // CENT,
        "amount": found.cents,
        "monthly_cap": found.monthly_cap,
    }
