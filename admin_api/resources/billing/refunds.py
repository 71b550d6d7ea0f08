"""Refunds of credit that was bought and not used."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.policy import Permission
from admin_api.frame.fields import Strict, StrictInteger
from admin_api.frame.operation import Operation
from admin_api.frame.pages import PageQuery
from admin_api.frame.problems import Conflict
from admin_api.frame.resource import Making, Resource
from admin_api.resources.billing.access import UNBILLED, account_for
from billing.actions.refunds import request_refund
from billing.actions.topups import MOST
from billing.errors import BillingError
from billing.models import Refund as Model
from billing.models import RefundStatus


class Refund(serializers.Serializer[Any]):
    example = {
        "id": "0197a1b2-0000-7000-8000-00000000000e",
        "credit_id": "0197a1b2-0000-7000-8000-00000000000c",
        "cents": 1250,
        "status": "paid",
        "failure": "",
        "created_at": "2026-07-01T09:00:00Z",
        "ended_at": "2026-07-03T09:00:00Z",
    }
    id = serializers.UUIDField()
    credit_id = serializers.UUIDField(source="lot_id")
    cents = serializers.IntegerField(help_text="Of credit, before tax.")
    status = serializers.ChoiceField(RefundStatus.values)
    failure = serializers.CharField(help_text="Why it failed, as a code; empty otherwise.")
    created_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)


class NewRefund(Strict):
    example = {"credit_id": "0197a1b2-0000-7000-8000-00000000000c", "cents": 1250}
    credit_id = serializers.UUIDField()
    cents = StrictInteger(min_value=1, max_value=MOST)


class Refunds(Making):
    tag = "Billing"
    operations = {
        "GET": Operation(
            "billing.listRefunds",
            "List refunds",
            Permission.VIEW_BILLING,
            answer=Refund,
            query=PageQuery,
            paged=True,
            description=UNBILLED,
            may_be_missing=True,
        ),
        "POST": Operation(
            "billing.requestRefund",
            "Ask for unused credit back",
            Permission.MANAGE_BILLING,
            answer=Refund,
            status=201,
            body=NewRefund,
            description=f"The credit is gone at once; the money follows, to the card or account that paid. {UNBILLED}",
            conflicts="There is no such credit, it was not bought, is disputed, not so much of it is left, "
            "auto-recharge would buy it again, or too many refunds are under way or were asked for in 30 days",
        ),
    }

    def get(self, request: Request) -> Response:
        return self.page(Model.objects.of(account_for(self).pk))

    def prepare(self, **kwargs: Any) -> Callable[[], Model]:
        asked, account, actor = self.body(), account_for(self), self.caller.actor

        def act() -> Model:
            try:
                return request_refund(actor, account.pk, lot_id=asked["credit_id"], cents=asked["cents"])
            except BillingError as error:
                raise Conflict(error.message) from None

        return act

    def again(self, pk: UUID, **kwargs: Any) -> Model:
        return _refund(self, pk)


class OneRefund(Resource):
    tag = "Billing"
    operations = {
        "GET": Operation("billing.getRefund", "Get a refund", Permission.VIEW_BILLING, answer=Refund),
    }

    def get(self, request: Request, refund_id: UUID) -> Response:
        return self.shown(_refund(self, refund_id))


def _refund(resource: Resource, pk: UUID) -> Model:
    return get_object_or_404(Model, pk=pk, organization_id=account_for(resource).pk)
