"""Gives up what an organization owes: an invoice, or an amount of debt that stands on none."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from billing.actions.collecting import write_off_debt, write_off_invoice
from billing.command_line import organization_named, pico_of
from billing.errors import BillingError
from catalog.money import CENT, dollars
from ledger.actor import Actor


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--organization", required=True, metavar="SLUG")
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--invoice", type=int, metavar="N", help="its number")
        what.add_argument("--debt", metavar="DOLLARS")

    def handle(self, *args: Any, organization: str, invoice: int | None, debt: str | None, **options: Any) -> None:
        found, actor = organization_named(organization), Actor.operator()
        try:
            if invoice is not None:
                written = write_off_invoice(actor, found.pk, number=invoice, now=timezone.now())
                self.stdout.write(f"Invoice {invoice} over {dollars(written.due * CENT)} is void.")
            else:
                left = write_off_debt(actor, found.pk, amount=pico_of(debt or ""))
                self.stdout.write(f"{debt} dollars were written off, {dollars(left)} of debt are left.")
        except BillingError as error:
            raise CommandError(error.message) from None
