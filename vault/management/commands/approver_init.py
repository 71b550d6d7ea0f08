"""Makes the key with which an approver signs grants. The approver keeps the file; the unsealer gets the public line."""

from getpass import getpass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from vault.approver_key import create_key
from vault.management.command import VaultCommand
from vault.signing import is_staff


class Command(VaultCommand):
    help = __doc__
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--approver", required=True, help="staff:name")
        parser.add_argument("--key", required=True, type=Path, help="where to make the key file")
        parser.add_argument("--passphrase", action="store_true", help="ask for a passphrase to keep the key under")

    def handle(self, *args: Any, **options: Any) -> None:
        if not is_staff(options["approver"]):
            raise CommandError("An approver is written staff:name, in lower case and without spaces.")
        public = create_key(options["key"], getpass("Passphrase: ") if options["passphrase"] else "")
        self.stdout.write(f"Key made in {options['key']}. Add this member to {settings.APPROVERS_FILE}:")
        self.stdout.write(f'"{options["approver"]}": "{public}"')
