"""Going on with a purchase of credit that is pending: where a person pays it, or confirms it to their bank."""

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
from billing.actions.topups import checkout_url, confirmation_url
from billing.errors import BillingError
from billing.models import Origin, TopUp


class PaymentPage(serializers.Serializer[Any]):
    example = {"url": "https://checkout.stripe.com/…"}
    url = serializers.CharField(help_text="Where a person goes on, a secret of theirs.")


class ThePayment(Resource):
    tag = "Billing"
    operations = {
        "GET": Operation(
            "billing.getPayment",
            "Get where a pending purchase is paid or confirmed",
            Permission.MANAGE_BILLING,
            answer=PaymentPage,
            description=(
                "Of a purchase that a person began, its checkout; of one by auto-recharge, where the bank has it "
                f"confirmed. 404 where there is nothing to do for a person. {ASKED}"
            ),
            conflicts=REFUSALS,
        )
    }

    def get(self, request: Request, top_up_id: UUID) -> Response:
        top_up = top_up_for(self, top_up_id)
        if not top_up.is_pending or not (top_up.origin == Origin.CHECKOUT or top_up.needs_confirmation):
            raise Http404
        with asking(self):
            url = _page_of(top_up)
        if not url:
            raise Http404
        return self.shown({"url": url})


def _page_of(top_up: TopUp) -> str:
    if top_up.origin != Origin.CHECKOUT:
        return confirmation_url(top_up)
    try:
        return checkout_url(top_up)
    except BillingError:
        return ""  # paid or over meanwhile
