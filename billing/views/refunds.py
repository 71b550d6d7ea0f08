"""Refunds of credit that was bought and not used: asking for one, on the page of its credit."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.step_up import recent_sign_in_required
from billing.actions.refunds import refundable, refunds_left, request_refund
from billing.errors import BillingError
from billing.forms import RefundForm
from billing.models import CreditLot, LotKind
from billing.views.access import Payer, managing
from billing.views.lot_rows import lot_rows
from catalog.money import CENT, dollars

_REFUSED = {
    "amount": gettext_lazy("So much of this credit is not left any more."),
    "frozen": gettext_lazy("The payment of this credit is disputed."),
    "not-bought": gettext_lazy("There is no payment that could be paid back."),
    "recharge": gettext_lazy("Switch auto-recharge off first: it would buy this credit again at once."),
    "pending": gettext_lazy("Too many refunds are under way. Wait until one of them has arrived."),
    "limit": gettext_lazy("So many refunds were asked for in the last 30 days. Write to support."),
    "not-set-up": gettext_lazy("Payments are not set up on this installation."),
}


@require_http_methods(["GET", "HEAD", "POST"])
@recent_sign_in_required
@managing
def refund(request: HttpRequest, payer: Payer, lot_id: UUID) -> HttpResponse:
    lot = get_object_or_404(CreditLot, pk=lot_id, organization_id=payer.account.pk)
    if lot.kind != LotKind.PAID:
        raise Http404
    most, count = refundable(payer.account, lot), refunds_left(payer.account.pk, timezone.now())
    form = RefundForm(request.POST or None, most=most)
    if request.method == "POST" and form.is_valid() and _requested(payer, lot, form):
        messages.success(request, _("The refund is on its way. It takes some days, as the bank has it."))
        return redirect("billing:credit_lot", payer.slug, lot.pk)
    context = {
        "form": form,
        "row": lot_rows([lot])[0],
        "most": dollars(most * CENT),
        "limit": settings.BILLING_REFUNDS,
        "count": count,
        "has_some": most > 0,
        "is_possible": most > 0 and count > 0,
    }
    return render(request, "billing/refund.html", context, status=422 if form.is_bound else 200)


def _requested(payer: Payer, lot: CreditLot, form: RefundForm) -> bool:
    try:
        request_refund(payer.actor, payer.account.pk, lot_id=lot.pk, cents=form.cleaned_data["amount"])
    except BillingError as error:
        form.add_error("amount", _REFUSED.get(error.code, error.message))
        return False
    return True
