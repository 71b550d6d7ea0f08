"""The warning of a low balance: below what those who hear of money are told."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.step_up import recent_sign_in_required
from billing.actions.balance_warning import set_balance_warning
from billing.forms import WarningForm
from billing.models import BalanceWarning
from billing.views.access import Payer, managing
from catalog.money import CENT, dollars


@require_http_methods(["GET", "HEAD", "POST"])
@recent_sign_in_required
@managing
def balance_warning(request: HttpRequest, payer: Payer) -> HttpResponse:
    found = BalanceWarning.objects.filter(pk=payer.account.pk).first() or BalanceWarning.of(payer.account)
    chosen = None if found.threshold is None else found.threshold // CENT
    form = WarningForm(request.POST or None, initial={"threshold": chosen})
    if request.method == "POST" and form.is_valid():
        set_balance_warning(payer.actor, payer.account.pk, threshold=form.cleaned_data["threshold"])
        messages.success(request, _("The warning is set."))
        return redirect("billing:overview", payer.slug)
    context = {"form": form, "usual": dollars(found.usual), "balance": dollars(payer.account.balance)}
    return render(request, "billing/balance_warning.html", context, status=422 if form.is_bound else 200)
