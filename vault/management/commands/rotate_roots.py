"""Wraps every data key under new root keys; with --finish takes the older roots out of the file.

Run it where the file of root keys is. Run again after it was killed, it goes on where it was.
"""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from vault.errors import VaultError
from vault.rotation import Bar, finish_roots, rotate_roots


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--finish", action="store_true", help="remove older roots that wrap nothing any more")

    def handle(self, *args: Any, **options: Any) -> None:
        local = settings.ROOT_KEYS_PROVIDER == "local" and not settings.ROOT_KEYS
        file: Path | None = settings.ROOT_KEYS_FILE if local else None
        try:
            if options["finish"]:
                self._finish(file)
            else:
                self._rotate(file)
        except VaultError as error:
            raise CommandError(error.message) from None

    def _rotate(self, file: Path | None) -> None:
        if file is None:
            self.stdout.write("The roots are not in a file here: make new versions where they are held, then run this.")
        wrapped = rotate_roots(file, Bar(self.stdout))
        self.stdout.write(f"{wrapped:,} data keys wrapped anew. All are under the newest roots.")
        if file:
            self.stdout.write(f"Back up {file} now. `rotate_roots --finish` removes the older roots.")

    def _finish(self, file: Path | None) -> None:
        if file is None:
            raise CommandError("The roots are not in a file here: disable older versions where they are held.")
        removed = finish_roots(file)
        self.stdout.write(f"{len(removed)} older roots removed from {file}.")
        self.stdout.write(
            "A backup of the databases from before the rotation opens with the older roots alone: keep their backup "
            f"for {settings.BACKUP_HORIZON_DAYS} days, as long as such backups, and then destroy it."
        )
