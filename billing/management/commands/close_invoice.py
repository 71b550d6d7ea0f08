"""Closes an organization's invoice now, or as of a moment that has passed; usage from then on is on the next one."""

from argparse import ArgumentParser
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from billing.command_line import organization_named
from billing.errors import BillingError
from billing.invoices.closing import close_now
from ledger.actor import Actor


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--organization", required=True, metavar="SLUG")
        parser.add_argument("--until", type=_moment, metavar="TIME", help="UTC, as 2026-11-30T12:00; now if not given")

    def handle(self, *args: Any, **options: Any) -> None:
        organization = organization_named(options["organization"])
        until, now = options["until"], timezone.now()
        if until and until > now:
            raise CommandError("This moment has not come yet.")
        try:
            invoice = close_now(Actor.operator(), organization.pk, now=until or now)
        except BillingError as error:
            raise CommandError(error.message) from None
        self.stdout.write(f"Invoice {invoice.number} is closed: {invoice.hash}" if invoice else "Nothing was used.")


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
