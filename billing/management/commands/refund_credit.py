"""Pays back what is left of credit that was bought: all of it, or so many dollars."""

from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from billing.actions.refunds import refundable, request_refund
from billing.command_line import organization_named, pico_of
from billing.errors import BillingError
from billing.models import BillingAccount, CreditLot
from catalog.money import CENT, dollars
from ledger.actor import Actor


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--organization", required=True, metavar="SLUG")
        parser.add_argument("--lot", required=True, type=UUID, metavar="UUID", help="stands in the address of its page")
        parser.add_argument("--amount", metavar="DOLLARS", help="without it, all that can be paid back")

    def handle(self, *args: Any, organization: str, lot: UUID, amount: str | None, **options: Any) -> None:
        found = organization_named(organization)
        cents = _left(found.pk, lot) if amount is None else pico_of(amount) // CENT
        try:
            refund = request_refund(Actor.operator(), found.pk, lot_id=lot, cents=cents)
        except BillingError as error:
            raise CommandError(error.message) from None
        self.stdout.write(f"{dollars(refund.cents * CENT)} left the credit; Stripe pays them back.")


def _left(organization_id: UUID, lot_id: UUID) -> int:
    """Return the cents that could be paid back now; what does not exist is left to the refund to refuse."""
    account = BillingAccount.objects.filter(pk=organization_id).first()
    lot = CreditLot.objects.filter(pk=lot_id, organization_id=organization_id).first()
    return max(1, refundable(account, lot)) if account and lot else 1
