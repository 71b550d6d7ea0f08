"""Buying credit, on a page of the payment provider that a person pays on."""

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
from admin_api.resources.billing.asking import ASKED, count
from billing.actions.topups import LEAST, MOST, checkout_url, start_top_up
from billing.errors import BillingError
from billing.models import Origin, TopUpStatus
from billing.models import TopUp as Model
from billing.rail.errors import RailError


class TopUp(serializers.Serializer[Any]):
    example = {
        "id": "0197a1b2-0000-7000-8000-00000000000d",
        "cents": 25000,
        "origin": "checkout",
        "status": "paid",
        "failure": "",
        "created_at": "2026-07-01T09:00:00Z",
        "paid_at": "2026-07-01T09:02:00Z",
    }
    id = serializers.UUIDField()
    cents = serializers.IntegerField(help_text="Before tax.")
    origin = serializers.ChoiceField(Origin.values)
    status = serializers.ChoiceField(TopUpStatus.values)
    failure = serializers.CharField(help_text="Why it failed, as a code; empty otherwise.")
    created_at = serializers.DateTimeField()
    paid_at = serializers.DateTimeField(allow_null=True)


class StartedTopUp(TopUp):
    example = {**TopUp.example, "status": "pending", "paid_at": None, "checkout_url": "https://checkout.stripe.com/…"}
    checkout_url = serializers.CharField(
        allow_null=True, help_text="Where a person pays it, a secret of theirs; null if it can't be paid now."
    )


class NewTopUp(Strict):
    example = {"cents": 25000}
    cents = StrictInteger(min_value=LEAST, max_value=MOST)


class TopUps(Making):
    tag = "Billing"
    operations = {
        "GET": Operation(
            "billing.listTopUps",
            "List purchases of credit",
            Permission.VIEW_BILLING,
            answer=TopUp,
            query=PageQuery,
            paged=True,
            description=UNBILLED,
            may_be_missing=True,
        ),
        "POST": Operation(
            "billing.startTopUp",
            "Begin to buy credit",
            Permission.MANAGE_BILLING,
            answer=StartedTopUp,
            status=201,
            body=NewTopUp,
            description=(
                "Answers the address of the page on which a person pays; nothing is charged before. "
                f"Another purchase that is pending ends. {ASKED} {UNBILLED}"
            ),
            conflicts="Payments are not set up, or the organization is suspended",
        ),
    }

    def get(self, request: Request) -> Response:
        return self.page(Model.objects.of(account_for(self).pk))

    def prepare(self, **kwargs: Any) -> Callable[[], Model]:
        cents, account, caller = self.body()["cents"], account_for(self), self.caller
        count(self)

        def act() -> Model:
            try:
                return start_top_up(caller.actor, account.pk, cents=cents)
            except BillingError as error:
                raise Conflict(error.message) from None

        return act

    def again(self, pk: UUID, **kwargs: Any) -> Model:
        count(self)
        return top_up_for(self, pk)

    def shown(self, thing: Any, status: int = 200) -> Response:
        """Ask for the page after the commit: the provider is asked under no lock."""
        thing.checkout_url = _checkout_url(thing)
        return super().shown(thing, status)


class OneTopUp(Resource):
    tag = "Billing"
    operations = {
        "GET": Operation("billing.getTopUp", "Get a purchase of credit", Permission.VIEW_BILLING, answer=TopUp),
    }

    def get(self, request: Request, top_up_id: UUID) -> Response:
        return self.shown(top_up_for(self, top_up_id))


def top_up_for(resource: Resource, pk: UUID) -> Model:
    return get_object_or_404(Model, pk=pk, organization_id=account_for(resource).pk)


def _checkout_url(top_up: Model) -> str | None:
    try:
        return checkout_url(top_up)
    except (BillingError, RailError):
        return None
