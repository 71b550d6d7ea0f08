"""A closed invoice: what its snapshot says, and the bundle that proves it offline."""

import json
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.http import Http404, StreamingHttpResponse
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.policy import Permission
from admin_api.frame.operation import Operation
from admin_api.frame.problems import Refused
from admin_api.frame.resource import Resource
from admin_api.resources.billing.access import PicoDollars, account_for
from admin_api.resources.billing.invoices import Invoice
from billing.errors import BillingError
from billing.invoices.bundle import bundle
from billing.invoices.finding import find_invoice
from billing.models import Invoice as Model

_JSON_LINES = "application/jsonl"
_DRAFTS = "404 for a draft, too: it has no number."


class InvoiceLine(serializers.Serializer[Any]):
    model = serializers.CharField()
    price_version = serializers.IntegerField(help_text="0: the model had no price, and cost nothing.")
    token_class = serializers.CharField(help_text="`input`, `cached_input` or `output`.")
    calls = serializers.IntegerField()
    tokens = serializers.IntegerField()
    rate = PicoDollars(help_text="A token.")
    amount = PicoDollars(help_text="tokens × rate, exactly.")
    cents = serializers.IntegerField(help_text="Those of all lines sum to the total.")


class InvoiceWithLines(Invoice):
    example = {
        **Invoice.example,
        "credit_cents": 14619,
        "carried_cents": 0,
        "calls": 7902,
        "root": "c5" * 32,
        "lines": [
            {
                "model": "llama-4-maverick",
                "price_version": 1,
                "token_class": "input",
                "calls": 7902,
                "tokens": 812166666,
                "rate": "180000",
                "amount": "146189999880000",
                "cents": 14619,
            }
        ],
    }
    credit_cents = serializers.IntegerField(help_text="What credit paid of it.")
    carried_cents = serializers.IntegerField(help_text="Debt from before; below zero what stays in the account.")
    calls = serializers.IntegerField()
    root = serializers.CharField(help_text="Of the Merkle tree of its calls.")  # type: ignore[assignment]  # shadows DRF's own name
    lines = InvoiceLine(many=True)


class InvoiceBundle(serializers.Serializer[Any]):
    """JSON Lines that `verify_invoice.py` reads; docs/invoices.md describes them."""


@dataclass(frozen=True, slots=True)
class _Shown:
    """The row, and what stands in the snapshot alone."""

    row: Model
    said: dict[str, Any]

    def __getattr__(self, name: str) -> Any:
        return getattr(self.row, name)

    @property
    def used(self) -> int:
        return int(self.said["amounts"]["usage"])

    @property
    def credit_cents(self) -> int:
        return int(self.said["cents"]["credit"])

    @property
    def carried_cents(self) -> int:
        return int(self.said["cents"]["carried"])

    @property
    def calls(self) -> int:
        return int(self.said["usage"]["events"])

    @property
    def root(self) -> str:
        return str(self.said["usage"]["root"])

    @property
    def lines(self) -> list[dict[str, Any]]:
        return list(self.said["lines"])


class OneInvoice(Resource):
    tag = "Billing"
    operations = {
        "GET": Operation(
            "billing.getInvoice",
            "Get a closed invoice with its lines",
            Permission.VIEW_BILLING,
            answer=InvoiceWithLines,
            description=_DRAFTS,
        )
    }

    def get(self, request: Request, number: int) -> Response:
        found = invoice_for(self, number)
        return self.shown(_Shown(found, json.loads(bytes(found.snapshot))))


class TheBundle(Resource):
    tag = "Billing"
    operations = {
        "GET": Operation(
            "billing.getInvoiceBundle",
            "Take away what proves an invoice",
            Permission.VIEW_BILLING,
            answer=InvoiceBundle,
            media_type=_JSON_LINES,
            description=f"All of its calls; `verify_invoice.py` checks it offline. {_DRAFTS}",
        )
    }

    def get(self, request: Request, number: int) -> StreamingHttpResponse:
        try:
            pieces = bundle(invoice_for(self, number))
        except BillingError as error:
            raise Refused(HTTPStatus.GONE, "gone", error.message) from None
        return StreamingHttpResponse(pieces, content_type=_JSON_LINES)


def invoice_for(resource: Resource, number: int) -> Model:
    found = find_invoice(account_for(resource).pk, number)
    if found is None:
        raise Http404
    return found
