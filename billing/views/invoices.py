"""Invoices: the list of them."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from billing.invoices.drafts import next_month
from billing.views.access import Payer, viewing
from billing.views.invoice_rows import invoice_rows, listed

_PAGE = 24


@require_GET
@viewing
def invoice_list(request: HttpRequest, payer: Payer) -> HttpResponse:
    page = Paginator(listed(payer.account.pk), _PAGE).get_page(request.GET.get("page"))
    context = {"invoices": invoice_rows(payer.slug, page), "page": page, "closes_on": next_month(timezone.now())}
    return render(request, "billing/invoices.html", context)
