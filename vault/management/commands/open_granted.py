"""Opens what a grant covers, prints it, and so uses one of its openings. The customer sees it in their ledger."""

from typing import Any
from uuid import UUID

from django.core.management.base import CommandParser

from vault.granted import open_granted, printable
from vault.management.command import VaultCommand, grant_of


class Command(VaultCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("grant", type=UUID)

    def handle(self, *args: Any, **options: Any) -> None:
        for label, row, value in open_granted(grant_of(options["grant"])):
            self.stdout.write(f"{label} of {row}: {printable(value)}")
