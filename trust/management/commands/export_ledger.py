"""Writes the proof bundle of an organization to standard output, for verify_ledger.py."""

from argparse import ArgumentParser
from typing import Any, TextIO, cast

from django.core.management.base import BaseCommand, CommandError

from accounts.models import Organization
from ledger.bundle import was_exported
from trust.proof import write_proof


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--organization", required=True, metavar="SLUG")
        parser.add_argument("--earlier", type=int, metavar="SIZE", help="list the former export of this size for sure")

    def handle(self, *args: Any, **options: Any) -> None:
        organization = Organization.objects.filter(slug=options["organization"]).first()
        if organization is None:
            raise CommandError(f"There is no organization {options['organization']}.")
        earlier = options["earlier"]
        if earlier is not None and not was_exported(organization.pk, earlier):
            raise CommandError(f"There is no former export of {earlier:,} leaves.")
        self.stdout.ending = ""  # the bundle is written in pieces
        write_proof(cast(TextIO, self.stdout), organization.pk, earlier=earlier)
