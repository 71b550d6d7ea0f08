"""Payment methods, as the payment provider has them now. Nothing of them is kept here."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.policy import Permission
from admin_api.frame.operation import Operation
from admin_api.frame.resource import Resource
from admin_api.resources.billing.access import UNBILLED, account_for
from admin_api.resources.billing.asking import ASKED, REFUSALS, asking
from billing.rail.cards import PaymentMethod as Method
from billing.rail.cards import payment_methods


class PaymentMethod(serializers.Serializer[Any]):
    kind = serializers.CharField(help_text="`card`, `us_bank_account`, … as the provider names it.")
    brand = serializers.CharField(help_text="Of a card its brand, of an account its bank; empty where there is none.")
    last4 = serializers.CharField(help_text="The last four digits; empty where there are none.")
    expiry_month = serializers.SerializerMethodField(help_text="Of a card, 1 to 12.")
    expiry_year = serializers.SerializerMethodField(help_text="Of a card.")
    default = serializers.BooleanField(source="is_default", help_text="Whether auto-recharge charges it.")

    def get_expiry_month(self, method: Method) -> int | None:
        return method.expires[1] if method.expires else None

    def get_expiry_year(self, method: Method) -> int | None:
        return method.expires[0] if method.expires else None


class PaymentMethodList(serializers.Serializer[Any]):
    example = {
        "data": [
            {
                "kind": "card",
                "brand": "visa",
                "last4": "4242",
                "expiry_month": 7,
                "expiry_year": 2030,
                "default": True,
            }
        ]
    }
    data = PaymentMethod(many=True)  # type: ignore[assignment]  # shadows DRF's own name


class PaymentMethods(Resource):
    tag = "Billing"
    operations = {
        "GET": Operation(
            "billing.listPaymentMethods",
            "List payment methods",
            Permission.VIEW_BILLING,
            answer=PaymentMethodList,
            description=f"The default first. People change them in the portal. {ASKED} {UNBILLED}",
            conflicts=REFUSALS,
            may_be_missing=True,
        )
    }

    def get(self, request: Request) -> Response:
        account = account_for(self)
        with asking(self):
            return self.shown({"data": payment_methods(account.pk)})
