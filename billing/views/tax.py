"""Tax ids and the billing address: asked for at the provider each time they are shown, and changed in its portal."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from billing.rail.tax import tax_details
from billing.views import live
from billing.views.access import Payer, viewing

_PAGE = "billing/tax.html"


@never_cache
@require_GET
@viewing
def tax(request: HttpRequest, payer: Payer) -> HttpResponse:
    return live.page(request, payer, _PAGE)


@never_cache
@require_GET
@viewing
def shown(request: HttpRequest, payer: Payer) -> HttpResponse:
    def ask() -> object:
        return tax_details(payer.account.pk)

    return live.part(request, payer, ask, name="details", template="billing/_tax.html", whole=_PAGE)
