"""Tax ids and the billing address: asked for at the provider each time they are shown, and changed in its portal."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from billing.rail.client import is_set_up
from billing.rail.errors import RailError
from billing.rail.tax import tax_details
from billing.views.access import Payer, viewing
from billing.views.asking import count_question


@never_cache
@require_GET
@viewing
def tax(request: HttpRequest, payer: Payer) -> HttpResponse:
    return render(request, "billing/tax.html", {"is_set_up": is_set_up(), "may_manage": payer.may_manage})


@never_cache
@require_GET
@viewing
def shown(request: HttpRequest, payer: Payer) -> HttpResponse:
    """Ask the provider, as for payment methods."""
    try:
        count_question(payer)
        context = {"details": tax_details(payer.account.pk), "is_away": False}
    except RailError:
        context = {"details": None, "is_away": True}
    if request.headers.get("HX-Request"):
        return render(request, "billing/_tax.html", context)
    context |= {"is_set_up": is_set_up(), "may_manage": payer.may_manage, "is_asked": True}
    return render(request, "billing/tax.html", context)
