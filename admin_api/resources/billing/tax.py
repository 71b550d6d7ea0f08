"""Tax ids and the billing address, as the payment provider has them now. Nothing of them is kept here."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.policy import Permission
from admin_api.frame.operation import Operation
from admin_api.frame.resource import Resource
from admin_api.resources.billing.access import UNBILLED, account_for
from admin_api.resources.billing.asking import ASKED, REFUSALS, asking
from billing.rail.tax import tax_details


class TaxId(serializers.Serializer[Any]):
    kind = serializers.CharField(help_text="`eu_vat`, `us_ein`, … as the provider names it.")
    value = serializers.CharField()
    status = serializers.CharField(
        help_text="`verified`, `pending`, `unverified` or `unavailable`; empty where the provider checks none."
    )


class TaxDetails(serializers.Serializer[Any]):
    example = {
        "name": "Llamas of Lisbon Lda",
        "address": ["Rua Augusta 1", "1100-048", "Lisboa", "PT"],
        "ids": [{"kind": "eu_vat", "value": "PT123456789", "status": "verified"}],
    }
    name = serializers.CharField(help_text="Empty until something was bought.")
    address = serializers.ListField(
        child=serializers.CharField(),
        help_text="Street, postal code, city, state and country, of these what there is, a line each.",
    )
    ids = TaxId(many=True)


class TheTaxDetails(Resource):
    tag = "Billing"
    operations = {
        "GET": Operation(
            "billing.getTaxDetails",
            "Get the billing address and tax ids",
            Permission.VIEW_BILLING,
            answer=TaxDetails,
            description=f"What stands on receipts. People change it in the portal. {ASKED} {UNBILLED}",
            conflicts=REFUSALS,
            may_be_missing=True,
        )
    }

    def get(self, request: Request) -> Response:
        account = account_for(self)
        with asking(self):
            return self.shown(tax_details(account.pk))
