"""Buying credit: the amount, the way to the provider's page, and what became of it. No page here gives credit."""

import logging
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from accounts.step_up import recent_sign_in_required
from billing import places
from billing.actions.topups import checkout_url, confirmation_url, start_top_up
from billing.errors import BillingError
from billing.forms import AMOUNTS, CreditForm
from billing.models import BillingAccount, CreditLot, TopUp
from billing.rail.client import is_set_up
from billing.rail.errors import RailError
from billing.receipts import receipt_number
from billing.views.access import Payer, managing, viewing
from billing.views.asking import count_question
from billing.views.leaving import leave
from billing.views.purchase_words import words_of
from catalog.money import CENT, dollars

log = logging.getLogger(__name__)

_STOP_POLLING = 286  # htmx's own status


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@recent_sign_in_required
@managing
def credit(request: HttpRequest, payer: Payer) -> HttpResponse:
    form = CreditForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            # Twice within a minute is one purchase; and before Checkout nothing is charged.
            top_up = start_top_up(payer.actor, payer.account.pk, cents=form.cents, creator=payer.acting.user.pk)
        except BillingError as error:
            form.add_error(None, error.message)
        else:
            return _pay(request, payer, top_up)
    context = {
        "form": form,
        "amounts": [_choice(payer, form, cents) for cents in AMOUNTS],
        "is_prepaid": payer.account.is_prepaid,
        "balance": dollars(_there(payer.account)),
        "is_set_up": is_set_up(),
    }
    return render(request, "billing/credit.html", context, status=422 if form.is_bound else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@recent_sign_in_required
@managing
def payment(request: HttpRequest, payer: Payer, top_up_id: UUID) -> HttpResponse:
    """Go on to the page on which a purchase is paid that was begun before."""
    top_up = _found(payer, top_up_id)
    if request.method != "POST" or not top_up.is_pending:
        return redirect("billing:purchase", payer.slug, top_up.pk)
    return _pay(request, payer, top_up)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@recent_sign_in_required
@managing
def confirmation(request: HttpRequest, payer: Payer, top_up_id: UUID) -> HttpResponse:
    """Go on to the page on which the bank has a purchase of auto-recharge confirmed."""
    top_up = _found(payer, top_up_id)
    page = places.purchase(payer.slug, top_up.pk)
    if request.method != "POST":
        return redirect(page)
    try:
        count_question(payer)
        url = confirmation_url(top_up)
    except RailError as error:
        return _unreachable(request, top_up, error)
    return leave(request, url, back=page) if url else redirect(page)


@never_cache
@require_GET
@viewing
def purchase(request: HttpRequest, payer: Payer, top_up_id: UUID) -> HttpResponse:
    """Say what became of a purchase. While it is pending, the page asks every other second."""
    top_up = _found(payer, top_up_id)
    context = {
        "top_up": top_up,
        "words": words_of(top_up, is_frozen=top_up.is_paid and _is_frozen(top_up)),
        "number": receipt_number(top_up),
        "amount": dollars(top_up.cents * CENT),
        "is_prepaid": payer.account.is_prepaid,
        "balance": dollars(_there(payer.account)),
        "has_left": "left" in request.GET and top_up.is_pending,
        "may_manage": payer.may_manage,
    }
    if request.headers.get("HX-Request"):
        status = 200 if top_up.is_pending else _STOP_POLLING
        return render(request, "billing/_purchase.html", context, status=status)
    return render(request, "billing/purchase.html", context)


def _pay(request: HttpRequest, payer: Payer, top_up: TopUp) -> HttpResponse:
    page = places.purchase(payer.slug, top_up.pk)
    try:
        count_question(payer)
        return leave(request, checkout_url(top_up), back=page)
    except BillingError:
        return redirect(page)
    except RailError as error:
        return _unreachable(request, top_up, error)


def _unreachable(request: HttpRequest, top_up: TopUp, error: RailError) -> HttpResponse:
    if error.permanent:
        log.error("purchase %s: the payment provider refused: %s %s", top_up.pk, error.code, error.reason)
    context = {"top_up": top_up, "may_retry": not error.permanent, "amount": dollars(top_up.cents * CENT)}
    return render(request, "billing/unreachable.html", context, status=502 if error.permanent else 503)


def _found(payer: Payer, top_up_id: UUID) -> TopUp:
    return get_object_or_404(TopUp, pk=top_up_id, organization_id=payer.account.pk)


def _is_frozen(top_up: TopUp) -> bool:
    return CreditLot.objects.filter(
        organization_id=top_up.organization_id, reference=str(top_up.pk), frozen_at__isnull=False
    ).exists()


def _there(account: BillingAccount) -> int:
    """Return what there is before a purchase: of who pays by invoice the credit alone, which pays no debt."""
    return account.balance if account.is_prepaid else int(account.credit - account.frozen)


def _choice(payer: Payer, form: CreditForm, cents: int) -> dict[str, object]:
    chosen = form["amount"].value()
    return {
        "value": str(cents),
        "label": dollars(cents * CENT),
        "after": _("%(balance)s after") % {"balance": dollars(_there(payer.account) + cents * CENT)},
        "chosen": chosen == str(cents),
    }
