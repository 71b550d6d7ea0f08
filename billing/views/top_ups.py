"""All purchases of credit, and the receipt of each at the payment provider."""

from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_safe

from billing.models import TopUp
from billing.rail.bills import get_bill
from billing.rail.client import briefly
from billing.rail.errors import RailError
from billing.views.access import Payer, viewing
from billing.views.asking import count_question
from billing.views.top_up_rows import top_up_rows

_PAGE = 50


@require_GET
@viewing
def top_up_list(request: HttpRequest, payer: Payer) -> HttpResponse:
    page = Paginator(TopUp.objects.of(payer.account.pk).order_by("-id"), _PAGE).get_page(request.GET.get("page"))
    return render(request, "billing/top_ups.html", {"top_ups": top_up_rows(page), "page": page})


@never_cache
@require_safe
@viewing
def receipt(request: HttpRequest, payer: Payer, top_up_id: UUID) -> HttpResponse:
    """Go to the receipt; its address is a secret, asked for now."""
    top_up = get_object_or_404(TopUp, pk=top_up_id, organization_id=payer.account.pk)
    if not top_up.has_receipt:
        raise Http404
    try:
        count_question(payer)
        with briefly():
            url = get_bill(top_up.stripe_invoice).page
    except RailError:
        return render(request, "billing/receipt_away.html", {"top_up": top_up}, status=503)
    if not url:
        raise Http404
    return redirect(url)
