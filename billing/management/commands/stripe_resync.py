"""Does what waits to be done at Stripe for an organization, and asks what became of each purchase that is not paid."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from billing.actions.payments import resync_organization
from billing.command_line import organization_named
from ledger.actor import Actor


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--organization", required=True, metavar="SLUG")

    def handle(self, *args: Any, organization: str, **options: Any) -> None:
        counts = resync_organization(Actor.operator(), organization_named(organization).pk)
        for outcome, count in sorted(counts.items()):
            self.stdout.write(f"{count:6} {outcome}")
        if not counts:
            self.stdout.write("Nothing is open.")
