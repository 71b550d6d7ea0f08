"""Gives an organization promotional credit, which is used before what it bought."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from billing.actions.promotions import give_promotion
from billing.command_line import organization_named, pico_of
from billing.errors import BillingError
from catalog.money import dollars
from ledger.actor import Actor


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--organization", required=True, metavar="SLUG")
        parser.add_argument("amount", metavar="DOLLARS")
        parser.add_argument("--title", default="Promotional credit", help="what the organization reads beside it")
        parser.add_argument("--days", type=int, help="after how many days it expires; never without it")

    def handle(self, *args: Any, organization: str, amount: str, title: str, days: int | None, **options: Any) -> None:
        if days is not None and not 0 < days < 36_500:
            raise CommandError("--days must be a whole number of days from now.")
        found = organization_named(organization)
        over = timezone.now() + timedelta(days=days) if days else None
        try:
            lot = give_promotion(Actor.operator(), found.pk, amount=pico_of(amount), title=title[:80], expires_at=over)
        except BillingError as error:
            raise CommandError(error.message) from None
        self.stdout.write(f"{found.slug} was given {dollars(lot.granted)} of credit.")
