"""An invoice as the payment provider has it: the page on which it is paid, and its PDF."""

from typing import Any

from django.http import Http404
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.policy import Permission
from admin_api.frame.operation import Operation
from admin_api.frame.resource import Resource
from admin_api.resources.billing.asking import ASKED, REFUSALS, asking
from admin_api.resources.billing.invoice import invoice_for
from billing.rail.bills import get_bill


class InvoiceDocuments(serializers.Serializer[Any]):
    example = {"page": "https://invoice.stripe.com/i/…", "pdf": "https://pay.stripe.com/invoice/…/pdf"}
    page = serializers.CharField(help_text="Where a person sees it and pays what is due, a secret of theirs.")
    pdf = serializers.CharField(help_text="Its PDF, a secret like its page.")


class TheDocuments(Resource):
    tag = "Billing"
    operations = {
        "GET": Operation(
            "billing.getInvoiceDocuments",
            "Get the page and the PDF of an invoice",
            Permission.VIEW_BILLING,
            answer=InvoiceDocuments,
            description=f"404 while the provider has none, such as where credit paid for all of it. {ASKED}",
            conflicts=REFUSALS,
        )
    }

    def get(self, request: Request, number: int) -> Response:
        invoice = invoice_for(self, number)
        if not invoice.stripe_invoice:
            raise Http404
        with asking(self):
            bill = get_bill(invoice.stripe_invoice)
        if not bill.page or not bill.pdf:
            raise Http404
        return self.shown(bill)
