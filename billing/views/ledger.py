"""The journal of an organization: each movement of its money with its postings, and all of them as a file."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_safe

from billing.entries import FORMATS, entries_of, oldest_first
from billing.models import Kind, Transaction
from billing.views.access import Payer, viewing
from billing.views.cursors import slice_of
from catalog.money import bare_digits


@require_GET
@viewing
def ledger(request: HttpRequest, payer: Payer) -> HttpResponse:
    kind = _kind(request)
    found = slice_of(entries_of(payer.account.pk, kind), "number", request.GET.get("before", ""))
    context = {
        "entries": [_row(entry) for entry in found.rows],
        "before": found.before,
        "is_first": found.is_first,
        "kind": kind,
        "query": f"kind={kind}" if kind else "",
        "kinds": [{"value": each.value, "title": each.label, "selected": each.value == kind} for each in Kind],
        "formats": [{"form": form, "title": each.title} for form, each in FORMATS.items()],
    }
    return render(request, "billing/ledger.html", context)


@require_safe
@viewing
def export(request: HttpRequest, payer: Payer, form: str) -> HttpResponseBase:
    if (wanted := FORMATS.get(form)) is None:
        raise Http404
    entries = oldest_first(entries_of(payer.account.pk, _kind(request)))
    response = StreamingHttpResponse(wanted.lines(entries), content_type=wanted.content_type)
    name = f"{payer.slug}-ledger-{timezone.now():%Y-%m-%d}.{form}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _kind(request: HttpRequest) -> str:
    """Return the kind that is asked for; all of them where there is no such kind."""
    kind = request.GET.get("kind", "")
    return kind if kind in Kind.values else ""


def _row(entry: Transaction) -> dict[str, Any]:
    return {
        "number": entry.number,
        "kind": entry.get_kind_display(),
        "at": entry.at,
        "postings": [
            {
                "account": posting.get_account_display(),
                "debit": bare_digits(posting.amount) if posting.amount > 0 else "",
                "credit": bare_digits(-posting.amount) if posting.amount < 0 else "",
            }
            for posting in entry.postings.all()
        ],
    }
