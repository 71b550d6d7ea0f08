"""Invoices: drafts that usage still lands in, and closed ones."""

from typing import Any

from django.db.models import Sum
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.policy import Permission
from admin_api.frame.operation import Operation
from admin_api.frame.pages import PageQuery
from admin_api.frame.resource import Resource
from admin_api.resources.billing.access import UNBILLED, PicoDollars, account_for
from billing.invoices.amounts import in_cents
from billing.models import Invoice as Model
from billing.models import InvoiceStatus


class Invoice(serializers.Serializer[Any]):
    example = {
        "id": "0197a1b2-0000-7000-8000-00000000000e",
        "number": 7,
        "status": "paid",
        "start": "2026-06-01T00:00:00Z",
        "end": "2026-07-01T00:00:00Z",
        "closed_at": "2026-07-01T00:10:00Z",
        "usage": "146190000000000",
        "total_cents": 14619,
        "due_cents": 0,
        "due_at": None,
        "paid_at": "2026-07-01T00:10:00Z",
        "hash": "5c" * 32,
    }
    id = serializers.UUIDField()
    number = serializers.IntegerField(allow_null=True, help_text="Null for a draft.")
    status = serializers.ChoiceField(InvoiceStatus.values)
    start = serializers.DateTimeField()
    end = serializers.DateTimeField(help_text="The first moment that is not in it.")
    closed_at = serializers.DateTimeField(allow_null=True)
    usage = PicoDollars(source="used", help_text="The exact sum of its lines.")
    total_cents = serializers.SerializerMethodField(help_text="Usage, rounded once; of a draft what it is up to now.")
    due_cents = serializers.IntegerField(source="due", help_text="What is to be paid after credit; 0 for a draft.")
    due_at = serializers.DateTimeField(allow_null=True)
    paid_at = serializers.DateTimeField(allow_null=True)
    hash = serializers.CharField(help_text="SHA-256 of its snapshot; empty for a draft.")

    def get_total_cents(self, invoice: Model) -> int:
        return in_cents(invoice.used) if invoice.is_draft else invoice.total  # type: ignore[attr-defined]


class Invoices(Resource):
    tag = "Billing"
    operations = {
        "GET": Operation(
            "billing.listInvoices",
            "List invoices",
            Permission.VIEW_BILLING,
            answer=Invoice,
            query=PageQuery,
            paged=True,
            description=UNBILLED,
            may_be_missing=True,
        )
    }

    def get(self, request: Request) -> Response:
        found = Model.objects.of(account_for(self).pk).defer("snapshot").annotate(used=Sum("lines__amount", default=0))
        return self.page(found)
