"""Invoices: the list of them, what one says, and what proves it."""

from functools import cache
from hashlib import sha256

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_safe

from billing.errors import BillingError
from billing.invoices import bundle as bundles
from billing.invoices.drafts import next_month
from billing.invoices.finding import find_invoice
from billing.models import Invoice
from billing.views.access import Payer, viewing
from billing.views.invoice_page import InvoicePage
from billing.views.invoice_rows import invoice_rows, listed

_PAGE = 24
_BUNDLE_TYPE, _VERIFIER_TYPE = "application/jsonl", "text/x-python; charset=utf-8"


@require_GET
@viewing
def invoice_list(request: HttpRequest, payer: Payer) -> HttpResponse:
    page = Paginator(listed(payer.account.pk), _PAGE).get_page(request.GET.get("page"))
    context = {"invoices": invoice_rows(payer.slug, page), "page": page, "closes_on": next_month(timezone.now())}
    return render(request, "billing/invoices.html", context)


@require_GET
@viewing
def invoice(request: HttpRequest, payer: Payer, number: int) -> HttpResponse:
    return _page(request, payer, invoice_for(payer, number))


def _page(request: HttpRequest, payer: Payer, found: Invoice, *, status: int = 200) -> HttpResponse:
    context = {
        "has_calls": bundles.has_calls(found),
        "invoice": found,
        "page": InvoicePage(found, timezone.now()),
        "bundle_name": _bundle_name(payer, found),
        "verifier": {"name": bundles.VERIFIER.name, "sha256": _verifier_hash()},
    }
    return render(request, "billing/invoice.html", context, status=status)


@require_safe
@viewing
def bundle(request: HttpRequest, payer: Payer, number: int) -> HttpResponseBase:
    """Answer with all of an invoice's calls, in pieces; with its page, as gone, if they are no longer kept."""
    found = invoice_for(payer, number)
    try:
        pieces = bundles.bundle(found)
    except BillingError:
        return _page(request, payer, found, status=410)
    return _download(StreamingHttpResponse(pieces, content_type=_BUNDLE_TYPE), _bundle_name(payer, found))


@require_safe
@viewing
def verifier(request: HttpRequest, payer: Payer) -> HttpResponseBase:
    answer = HttpResponse(bundles.VERIFIER.read_bytes(), content_type=_VERIFIER_TYPE)
    return _download(answer, bundles.VERIFIER.name)


def invoice_for(payer: Payer, number: int) -> Invoice:
    """Return a closed invoice of the organization; Http404 for one that is not there or still a draft."""
    found = find_invoice(payer.account.pk, number)
    if found is None:
        raise Http404
    return found


def _bundle_name(payer: Payer, invoice: Invoice) -> str:
    return f"{payer.slug}-invoice-{invoice.number}.jsonl"


@cache
def _verifier_hash() -> str:
    return sha256(bundles.VERIFIER.read_bytes()).hexdigest()


def _download(response: HttpResponseBase, name: str) -> HttpResponseBase:
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response
