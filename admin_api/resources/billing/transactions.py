"""The journal: every movement of money, with its postings."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.policy import Permission
from admin_api.frame.operation import Operation
from admin_api.frame.pages import PageQuery
from admin_api.frame.resource import Resource
from admin_api.resources.billing.access import UNBILLED, PicoDollars, account_for
from billing.entries import entries_of
from billing.models import Account, Kind


class Posting(serializers.Serializer[Any]):
    account = serializers.ChoiceField(Account.values)
    amount = PicoDollars(help_text="Debits are positive, credits negative.")


class Transaction(serializers.Serializer[Any]):
    example = {
        "number": 41,
        "id": "0197a1b2-0000-7000-8000-00000000000c",
        "at": "2026-07-01T09:00:00Z",
        "kind": "usage",
        "reference": "",
        "postings": [
            {"account": "credit-paid", "amount": "18500000"},
            {"account": "revenue", "amount": "-18500000"},
        ],
    }
    number = serializers.IntegerField(help_text="1, 2, 3 … without gaps.")
    id = serializers.UUIDField()
    at = serializers.DateTimeField()
    kind = serializers.ChoiceField(Kind.values)
    reference = serializers.CharField(help_text="The id of what it is about: a top-up, an invoice, a lot.")
    postings = Posting(many=True, source="postings.all", help_text="They sum to zero.")


class TransactionQuery(PageQuery):
    kind = serializers.ChoiceField(Kind.values, required=False)


class Transactions(Resource):
    tag = "Billing"
    operations = {
        "GET": Operation(
            "billing.listTransactions",
            "List the journal",
            Permission.VIEW_BILLING,
            answer=Transaction,
            query=TransactionQuery,
            paged=True,
            description=f"Nothing in it is ever changed. {UNBILLED}",
            may_be_missing=True,
        )
    }

    def get(self, request: Request) -> Response:
        return self.page(entries_of(account_for(self).pk, self.query.get("kind", "")), by="number")
