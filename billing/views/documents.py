"""An invoice as the provider has it: its page and its PDF. Their addresses are asked for when somebody goes there."""

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from billing.rail.bills import Bill, get_bill
from billing.rail.errors import RailError
from billing.views.access import Payer, viewing
from billing.views.asking import count_question
from billing.views.invoices import invoice_for


@never_cache
@require_safe
@viewing
def hosted(request: HttpRequest, payer: Payer, number: int) -> HttpResponse:
    return _go(request, payer, number, lambda bill: bill.page)


@never_cache
@require_safe
@viewing
def pdf(request: HttpRequest, payer: Payer, number: int) -> HttpResponse:
    return _go(request, payer, number, lambda bill: bill.pdf)


def _go(request: HttpRequest, payer: Payer, number: int, where: Callable[[Bill], str]) -> HttpResponse:
    found = invoice_for(payer, number)
    if not found.stripe_invoice:
        raise Http404
    try:
        count_question(payer)
        url = where(get_bill(found.stripe_invoice))
    except RailError:
        return render(request, "billing/invoice_away.html", {"invoice": found}, status=503)
    if not url:
        raise Http404
    return redirect(url)
