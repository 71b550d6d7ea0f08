"""Credit in lots: what was bought or given at once, and what is left of it."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.policy import Permission
from admin_api.frame.operation import Operation
from admin_api.frame.pages import PageQuery
from admin_api.frame.resource import Resource
from admin_api.resources.billing.access import UNBILLED, PicoDollars, account_for
from billing.models import CreditLot, LotKind


class Credit(serializers.Serializer[Any]):
    example = {
        "id": "0197a1b2-0000-7000-8000-00000000000b",
        "kind": "promotional",
        "title": "Research grant",
        "granted": "100000000000000",
        "remaining": "61221000000000",
        "created_at": "2026-07-01T09:00:00Z",
        "expires_at": "2026-12-01T00:00:00Z",
        "frozen_at": None,
    }
    id = serializers.UUIDField()
    kind = serializers.ChoiceField(LotKind.values, help_text="What was given is used before what was bought.")
    title = serializers.CharField(help_text="Of a promotion.")
    granted = PicoDollars()
    remaining = PicoDollars()
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(allow_null=True)
    frozen_at = serializers.DateTimeField(allow_null=True, help_text="Since then its payment is disputed.")


class Credits(Resource):
    tag = "Billing"
    operations = {
        "GET": Operation(
            "billing.listCredits",
            "List credit",
            Permission.VIEW_BILLING,
            answer=Credit,
            query=PageQuery,
            paged=True,
            description=UNBILLED,
            may_be_missing=True,
        )
    }

    def get(self, request: Request) -> Response:
        return self.page(CreditLot.objects.filter(organization_id=account_for(self).pk))
