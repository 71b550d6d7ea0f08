"""Shows a requested grant, and signs and starts it if the approver says yes."""

from getpass import getpass
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import CommandError, CommandParser

from vault.approver_key import load_key
from vault.granted import printable
from vault.grants import approve_grant
from vault.management.command import VaultCommand, actor_of, answer, describe, grant_of, installation


class Command(VaultCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("grant", type=UUID)
        parser.add_argument("--approver", required=True, help="staff:name")
        parser.add_argument("--key", required=True, type=Path, help="the approver's key file")
        parser.add_argument("--hours", required=True, type=float, help="at most 12")
        parser.add_argument("--yes", action="store_true", help="sign without asking")

    def handle(self, *args: Any, **options: Any) -> None:
        # Read once: what is shown is what is signed, whatever happens to the row meanwhile.
        grant = grant_of(options["grant"])
        for line in [*describe(grant), f"  in the installation with the key {installation()}"]:
            self.stdout.write(printable(line))
        if not options["yes"] and answer(f"Approve this for {options['hours']:g} hours? [y/N] ").lower() != "y":
            raise CommandError("Not approved.")
        key = load_key(options["key"], lambda: getpass("Passphrase: "))
        approve_grant(actor_of(options["approver"]), key=key, grant=grant, hours=options["hours"])
        self.stdout.write(f"In force until {grant.until:%Y-%m-%d %H:%M} UTC.")
