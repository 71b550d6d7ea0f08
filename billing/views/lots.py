"""All credit of an organization: what is left of each, and what it was used for."""

from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from billing.actions.refunds import refundable
from billing.models import CreditLot
from billing.views.access import Payer, viewing
from billing.views.draw_rows import draw_page
from billing.views.lot_rows import lot_rows
from catalog.money import CENT, dollars

_PAGE = 50


@require_GET
@viewing
def credit_list(request: HttpRequest, payer: Payer) -> HttpResponse:
    """List what calls may use in the order of their use, then what they cannot, newest first."""
    is_past = request.GET.get("state") == "past"
    lots = CreditLot.objects.filter(organization_id=payer.account.pk)
    found = (
        lots.filter(Q(remaining=0) | Q(frozen_at__isnull=False)).order_by("-id")
        if is_past
        else lots.spendable().in_burn_order()
    )
    page = Paginator(found, _PAGE).get_page(request.GET.get("page"))
    context = {"lots": lot_rows(page), "page": page, "is_past": is_past, "may_manage": payer.may_manage}
    return render(request, "billing/credits.html", context)


@require_GET
@viewing
def credit_lot(request: HttpRequest, payer: Payer, lot_id: UUID) -> HttpResponse:
    lot = get_object_or_404(CreditLot, pk=lot_id, organization_id=payer.account.pk)
    context = {
        "row": lot_rows([lot])[0],
        "draws": draw_page(lot, request.GET.get("before", "")),
        "refunds": [(each, dollars(each.cents * CENT)) for each in lot.refunds.order_by("-id")],
        "may_refund": payer.may_manage and refundable(payer.account, lot) > 0,
    }
    return render(request, "billing/credit_lot.html", context)
