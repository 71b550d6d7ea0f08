"""Seals everything again under new data keys, and destroys older keys that nothing needs any more.

The first run makes the new keys; run it again once the grace is over to destroy the older ones. Run again after it was
killed, it goes on where it was.
"""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from accounts.models import Organization
from ledger.actor import Actor
from vault.errors import VaultError
from vault.rotation import Bar, rotate_data_keys


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        whose = parser.add_mutually_exclusive_group(required=True)
        whose.add_argument("--organization", metavar="SLUG")
        whose.add_argument("--user", type=UUID, metavar="UUID")
        whose.add_argument("--all", action="store_true", help="every person and organization")
        parser.add_argument(
            "--grace", type=int, default=3600, metavar="SECONDS", help="how long a key must have been without use"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        grace = timedelta(seconds=options["grace"])
        try:
            outcome = rotate_data_keys(Actor.operator(), _tenants(options), grace, Bar(self.stdout))
        except VaultError as error:
            raise CommandError(error.message) from None
        self.stdout.write(f"{outcome.made:,} new keys. {outcome.destroyed:,} older keys destroyed.")
        if outcome.waiting:
            self.stdout.write(f"{outcome.waiting:,} older keys wait for their grace; run this again later.")
        if outcome.in_use:
            self.stderr.write(f"{outcome.in_use:,} older keys stay: some records under them do not open.")


def _tenants(options: dict[str, Any]) -> list[UUID] | None:
    if options["all"]:
        return None
    if options["user"]:
        return [options["user"]]
    organization = Organization.objects.filter(slug=options["organization"]).first()
    if organization is None:
        raise CommandError(f"There is no organization {options['organization']}.")
    return [organization.pk]
