"""Indexes every sign-in address under a new key and destroys the older one. People sign in and up throughout.

Run again after it was killed, it goes on where it was.
"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.index_rotation import rotate_index
from ledger.actor import Actor
from vault.errors import VaultError
from vault.rotation import Bar


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            version = rotate_index(Actor.operator(), Bar(self.stdout))
        except VaultError as error:
            raise CommandError(error.message) from None
        self.stdout.write(f"Every address is found by version {version} of the index; older ones are gone.")
