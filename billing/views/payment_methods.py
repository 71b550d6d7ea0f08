"""Payment methods: asked for at the provider each time they are shown, and changed in its portal."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from accounts.step_up import recent_sign_in_required
from billing import places
from billing.actions.portal import open_payment_methods
from billing.rail.cards import payment_methods
from billing.rail.errors import RailError
from billing.views import live
from billing.views.access import Payer, managing, viewing
from billing.views.asking import count_question
from billing.views.leaving import leave

_PAGE = "billing/payment_methods.html"


@never_cache
@require_GET
@viewing
def method_list(request: HttpRequest, payer: Payer) -> HttpResponse:
    return live.page(request, payer, _PAGE)


@never_cache
@require_GET
@viewing
def shown(request: HttpRequest, payer: Payer) -> HttpResponse:
    def ask() -> object:
        return payment_methods(payer.account.pk)

    return live.part(request, payer, ask, name="methods", template="billing/_methods.html", whole=_PAGE)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@recent_sign_in_required
@managing
def portal(request: HttpRequest, payer: Payer) -> HttpResponse:
    """Go to the provider's portal, once somebody has said so."""
    back = places.tax(payer.slug) if request.POST.get("from") == "tax" else places.payment_methods(payer.slug)
    if request.method == "POST":
        try:
            count_question(payer)
            url = open_payment_methods(payer.actor, payer.account.pk, return_url=settings.CONSOLE_ORIGIN + back)
            return leave(request, url, back=back)
        except RailError:
            return render(request, "billing/portal.html", {"is_away": True}, status=503)
    return render(request, "billing/portal.html", {"is_away": False})
