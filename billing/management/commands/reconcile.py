"""Compares the books with themselves and with Stripe, repairs what was never told, and lists what it found."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from billing.command_line import organization_named
from billing.reconcile.running import reconcile
from ledger.actor import Actor


class Command(BaseCommand):
    help = f"{__doc__} Exits 1 if something is left open."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--organization", metavar="SLUG", help="its books and what is open of it alone")

    def handle(self, *args: Any, organization: str | None, **options: Any) -> None:
        run = reconcile(Actor.operator(), organization_named(organization).pk if organization else None)
        findings = list(run.findings.all())
        for each in findings:
            state = "repaired" if each.is_repaired else "open"
            self.stdout.write(f"{state:8} {each.what}  {each.object_id}  {each.expected} expected, {each.found} found")
        self.stdout.write(f"{run.checked} checked, {len(findings)} found.")
        if left := sum(not each.is_repaired for each in findings):
            raise CommandError(f"{left} open.")
