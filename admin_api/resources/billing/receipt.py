"""The receipt of a purchase of credit, at the payment provider."""

from typing import Any
from uuid import UUID

from django.http import Http404
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.policy import Permission
from admin_api.frame.operation import Operation
from admin_api.frame.resource import Resource
from admin_api.resources.billing.asking import ASKED, REFUSALS, asking
from admin_api.resources.billing.top_ups import top_up_for
from billing.rail.bills import get_bill


class Receipt(serializers.Serializer[Any]):
    example = {"url": "https://invoice.stripe.com/i/…"}
    url = serializers.CharField(help_text="Its page, a secret of who pays.")


class TheReceipt(Resource):
    tag = "Billing"
    operations = {
        "GET": Operation(
            "billing.getReceipt",
            "Get the receipt of a purchase of credit",
            Permission.VIEW_BILLING,
            answer=Receipt,
            description=f"404 while there is none, such as before it is paid. {ASKED}",
            conflicts=REFUSALS,
        )
    }

    def get(self, request: Request, top_up_id: UUID) -> Response:
        top_up = top_up_for(self, top_up_id)
        if not top_up.has_receipt:
            raise Http404
        with asking(self):
            url = get_bill(top_up.stripe_invoice).page
        if not url:
            raise Http404
        return self.shown({"url": url})
