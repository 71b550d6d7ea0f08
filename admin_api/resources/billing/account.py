"""How the organization pays and stands, and the most that it spends in a month."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.policy import Permission
from admin_api.frame.fields import Strict
from admin_api.frame.operation import Operation
from admin_api.frame.problems import Conflict
from admin_api.frame.resource import Resource
from admin_api.resources.billing.access import UNBILLED, PicoDollars, WholePicoDollars, account_for
from billing.accounts import month_of
from billing.actions.terms import set_cap
from billing.errors import BillingError
from billing.models import BillingAccount, Mode
from billing.spend import spend_of


class Forecast(serializers.Serializer[Any]):
    amount = PicoDollars(help_text="What the whole month will likely cost.")
    spread = PicoDollars(help_text="A standard deviation: how far off that may well be.")
    days = serializers.IntegerField(help_text="Of so many whole days it is made.")


class Billing(serializers.Serializer[Any]):
    example = {
        "mode": "prepaid",
        "currency": "usd",
        "balance": "284070000000000",
        "credit": "284070000000000",
        "frozen": "0",
        "owed": "0",
        "held": "1250000000",
        "limit": "0",
        "cap": "400000000000000",
        "spent_this_month": "146190000000000",
        "forecast": {"amount": "180000000000000", "spread": "8200000000000", "days": 14},
        "suspended_at": None,
    }
    mode = serializers.ChoiceField(Mode.values)
    currency = serializers.CharField()
    balance = PicoDollars(help_text="Credit that calls may spend, less what is owed.")
    credit = PicoDollars(help_text="In lots, frozen ones among them.")
    frozen = PicoDollars(help_text="Of the credit: its payment is disputed.")
    owed = PicoDollars()
    held = PicoDollars(help_text="Set aside for calls under way: the most that they can cost.")
    limit = PicoDollars(allow_null=True, help_text="What may be owed; null for no limit.")
    cap = PicoDollars(allow_null=True, help_text="What may be spent in a calendar month, UTC; null for no cap.")
    spent_this_month = PicoDollars(help_text="As the cap counts it.")
    forecast = Forecast(allow_null=True, help_text="Null until there were two whole days of usage.")
    suspended_at = serializers.DateTimeField(allow_null=True)


class BillingCap(serializers.Serializer[Any]):
    example = {"cap": "400000000000000", "spent_this_month": "146190000000000"}
    cap = PicoDollars(allow_null=True)
    spent_this_month = PicoDollars()


class BillingCapChange(Strict):
    example = {"cap": "400000000000000"}
    cap = WholePicoDollars(allow_null=True, help_text="Pico-dollars; null for no cap.")


@dataclass(frozen=True, slots=True)
class _Foreseen:
    amount: int
    spread: int
    days: int


@dataclass(frozen=True, slots=True)
class _Shown:
    mode: str
    balance: int
    credit: int
    frozen: int
    owed: int
    held: int
    limit: int | None
    cap: int | None
    spent_this_month: int
    forecast: _Foreseen | None
    suspended_at: datetime | None
    currency: str = "usd"


class TheBilling(Resource):
    tag = "Billing"
    operations = {
        "GET": Operation(
            "billing.get",
            "Get balance, spend and forecast",
            Permission.VIEW_BILLING,
            answer=Billing,
            description=f"Amounts are pico-dollars, 10^-12 USD, as text. {UNBILLED}",
            may_be_missing=True,
        )
    }

    def get(self, request: Request) -> Response:
        return self.shown(_shown(account_for(self)))


class TheCap(Resource):
    tag = "Billing"
    operations = {
        "GET": Operation(
            "billing.getCap",
            "Get the spend cap",
            Permission.VIEW_BILLING,
            answer=BillingCap,
            description=UNBILLED,
            may_be_missing=True,
        ),
        "PATCH": Operation(
            "billing.setCap",
            "Set or remove the spend cap",
            Permission.MANAGE_BILLING,
            answer=BillingCap,
            body=BillingCapChange,
            description=f"It holds from the next call on. {UNBILLED}",
            conflicts="It is more than can be counted",
        ),
    }

    def get(self, request: Request) -> Response:
        return self.shown(_shown_cap(account_for(self)))

    def patch(self, request: Request) -> Response:
        data, account = self.body(), account_for(self)
        try:
            account = set_cap(self.caller.actor, account.pk, data["cap"])
        except BillingError as error:
            raise Conflict(error.message) from None
        return self.shown(_shown_cap(account))


def _shown_cap(account: BillingAccount) -> dict[str, int | None]:
    return {"cap": account.cap, "spent_this_month": account.spent_in(month_of(timezone.now()))}


def _shown(account: BillingAccount) -> _Shown:
    now = timezone.now()
    spend = spend_of(account, now)
    found = spend.forecast
    return _Shown(
        mode=account.mode,
        balance=account.balance,
        credit=account.credit,
        frozen=account.frozen,
        owed=account.owed,
        held=account.held,
        limit=account.limit,
        cap=account.cap,
        spent_this_month=account.spent_in(month_of(now)),
        forecast=_Foreseen(found.amount, found.spread, spend.pace.days) if found and spend.pace else None,
        suspended_at=account.suspended_at,
    )
