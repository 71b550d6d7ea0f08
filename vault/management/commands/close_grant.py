"""Ends a grant before its time."""

from typing import Any
from uuid import UUID

from django.core.management.base import CommandParser

from vault.grants import close_grant
from vault.management.command import VaultCommand, actor_of


class Command(VaultCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("grant", type=UUID)
        parser.add_argument("--actor", required=True, help="who closes it, such as staff:ana")

    def handle(self, *args: Any, **options: Any) -> None:
        close_grant(actor_of(options["actor"]), grant=options["grant"])
        self.stdout.write(f"Grant {options['grant']} is closed.")
