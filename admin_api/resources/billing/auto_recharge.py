"""Auto-recharge: credit that is bought by itself. All of its amounts are cents."""

from typing import Any

from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.policy import Permission
from admin_api.frame.fields import Strict, StrictInteger
from admin_api.frame.operation import Operation
from admin_api.frame.problems import Conflict
from admin_api.frame.resource import Resource
from admin_api.resources.billing.access import UNBILLED, account_for
from admin_api.resources.billing.asking import count
from billing.actions.recharge import LARGEST, require_method, set_recharge, stop_recharge
from billing.actions.topups import LEAST, MOST
from billing.errors import BillingError
from billing.models import AutoRecharge as Recharge
from catalog.money import CENT


class AutoRecharge(serializers.Serializer[Any]):
    example = {
        "enabled": True,
        "threshold_cents": 1000,
        "amount_cents": 5000,
        "monthly_cap_cents": 20000,
        "failures": 0,
    }
    enabled = serializers.BooleanField(source="is_on")
    threshold_cents = serializers.SerializerMethodField(help_text="Credit is bought when the balance falls below it.")
    amount_cents = serializers.IntegerField(source="cents", help_text="What is bought each time.")
    monthly_cap_cents = serializers.IntegerField(
        source="monthly_cap", help_text="What is bought at most in a calendar month, UTC."
    )
    failures = serializers.IntegerField(help_text="In a row; after three it switches itself off.")

    def get_threshold_cents(self, recharge: Recharge) -> int:
        return int(recharge.threshold) // CENT


class NewAutoRecharge(Strict):
    example = {"threshold_cents": 1000, "amount_cents": 5000, "monthly_cap_cents": 20000}
    threshold_cents = StrictInteger(min_value=0, max_value=LARGEST)
    amount_cents = StrictInteger(min_value=LEAST, max_value=MOST)
    monthly_cap_cents = StrictInteger(min_value=LEAST, max_value=LARGEST)


class TheAutoRecharge(Resource):
    tag = "Billing"
    operations = {
        "GET": Operation(
            "billing.getAutoRecharge",
            "Get auto-recharge",
            Permission.VIEW_BILLING,
            answer=AutoRecharge,
            description=f"404 where it was never set. {UNBILLED}",
            may_be_missing=True,
        ),
        "PUT": Operation(
            "billing.setAutoRecharge",
            "Switch auto-recharge on",
            Permission.MANAGE_BILLING,
            answer=AutoRecharge,
            body=NewAutoRecharge,
            description=f"Switched on anew, failures from before are forgotten. {UNBILLED}",
            conflicts="The month’s cap is below one purchase, the threshold is over ten of them, there is no payment "
            "method to charge, or the organization pays by invoice or is suspended",
        ),
        "DELETE": Operation(
            "billing.stopAutoRecharge",
            "Switch auto-recharge off",
            Permission.MANAGE_BILLING,
            status=204,
            description=f"What is under way goes on. {UNBILLED}",
            may_be_missing=True,
        ),
    }

    def get(self, request: Request) -> Response:
        return self.shown(get_object_or_404(Recharge, pk=account_for(self).pk))

    def put(self, request: Request) -> Response:
        data, account, caller = self.body(), account_for(self), self.caller
        try:
            if account.is_prepaid and not Recharge.objects.filter(pk=account.pk, is_on=True).exists():
                count(self)
                require_method(account.pk)
            recharge = set_recharge(
                caller.actor,
                account.pk,
                threshold=data["threshold_cents"],
                amount=data["amount_cents"],
                monthly_cap=data["monthly_cap_cents"],
            )
        except BillingError as error:
            raise Conflict(error.message) from None
        return self.shown(recharge)

    def delete(self, request: Request) -> Response:
        stop_recharge(self.caller.actor, get_object_or_404(Recharge, pk=account_for(self).pk).pk)
        return Response(status=204)
