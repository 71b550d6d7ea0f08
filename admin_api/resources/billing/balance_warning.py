"""The warning of a low balance: below what those who hear of money are told."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.policy import Permission
from admin_api.frame.fields import Strict, StrictInteger
from admin_api.frame.operation import Operation
from admin_api.frame.resource import Resource
from admin_api.resources.billing.access import UNBILLED, PicoDollars, account_for
from billing.actions.balance_warning import LARGEST, set_balance_warning
from billing.models import BalanceWarning as Row
from catalog.money import CENT


class BalanceWarning(serializers.Serializer[Any]):
    example = {"threshold_cents": 2000, "usual": "5000000000000"}
    threshold_cents = serializers.SerializerMethodField(help_text="What was set: 0 for no warning, null for the usual.")
    usual = PicoDollars(help_text="A fifth of the last purchase, or of the first credit. It holds if nothing is set.")

    def get_threshold_cents(self, warning: Row) -> int | None:
        return None if warning.threshold is None else int(warning.threshold) // CENT


class BalanceWarningChange(Strict):
    example = {"threshold_cents": 2000}
    threshold_cents = StrictInteger(
        min_value=0, max_value=LARGEST, allow_null=True, help_text="0 for no warning, null for the usual."
    )


class TheBalanceWarning(Resource):
    tag = "Billing"
    operations = {
        "GET": Operation(
            "billing.getBalanceWarning",
            "Get the warning of a low balance",
            Permission.VIEW_BILLING,
            answer=BalanceWarning,
            description=f"Only who pays in advance is warned. {UNBILLED}",
            may_be_missing=True,
        ),
        "PUT": Operation(
            "billing.setBalanceWarning",
            "Set the warning of a low balance",
            Permission.MANAGE_BILLING,
            answer=BalanceWarning,
            body=BalanceWarningChange,
            description=f"It is told once, each time the balance falls below it. {UNBILLED}",
        ),
    }

    def get(self, request: Request) -> Response:
        account = account_for(self)
        return self.shown(Row.objects.filter(pk=account.pk).first() or Row.of(account))

    def put(self, request: Request) -> Response:
        data, account = self.body(), account_for(self)
        return self.shown(set_balance_warning(self.caller.actor, account.pk, threshold=data["threshold_cents"]))
