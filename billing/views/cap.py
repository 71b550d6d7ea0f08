"""The spend cap: the most that an organization spends in a calendar month."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.step_up import recent_sign_in_required
from billing.accounts import month_of
from billing.actions.terms import set_cap
from billing.forms import CapForm
from billing.views.access import Payer, managing
from catalog.money import CENT, dollars


@require_http_methods(["GET", "HEAD", "POST"])
@recent_sign_in_required
@managing
def cap(request: HttpRequest, payer: Payer) -> HttpResponse:
    account = payer.account
    initial = {"cap": None if account.cap is None else account.cap // CENT}
    form = CapForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        cents = form.cleaned_data["cap"]
        set_cap(payer.actor, account.pk, None if cents is None else cents * CENT)
        said = _("There is no cap now.") if cents is None else _("The cap holds from the next call on.")
        messages.success(request, said)
        return redirect("billing:overview", payer.slug)
    context = {
        "form": form,
        "spent": dollars(account.spent_in(month_of(timezone.now()))),
        "held": dollars(account.held) if account.held else "",
    }
    return render(request, "billing/cap.html", context, status=422 if form.is_bound else 200)
