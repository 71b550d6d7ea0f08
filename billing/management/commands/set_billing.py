"""Says how an organization pays: prepaid, or postpaid up to what it may owe."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from billing.actions.terms import set_terms
from billing.command_line import organization_named, pico_of
from billing.errors import BillingError
from billing.models import Mode
from catalog.money import dollars
from ledger.actor import Actor


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--organization", required=True, metavar="SLUG")
        parser.add_argument("--mode", required=True, choices=Mode.values)
        parser.add_argument("--limit", metavar="DOLLARS", help="what may be owed, of who pays afterwards")

    def handle(self, *args: Any, organization: str, mode: str, limit: str | None, **options: Any) -> None:
        found = organization_named(organization)
        most = None if limit is None else pico_of(limit)
        try:
            account = set_terms(Actor.operator(), found.pk, mode=Mode(mode), limit=most)
        except BillingError as error:
            raise CommandError(error.message) from None
        unlimited = "no limit" if account.limit is None else f"a limit of {dollars(account.limit)}"
        terms = "credit in advance" if account.is_prepaid else f"an invoice a month, with {unlimited}"
        self.stdout.write(f"{found.slug} pays by {terms}.")
