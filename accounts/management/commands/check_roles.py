"""Opens every member's role, one ledger leaf a thousand, and names those that no recorded change of role gave.

Exits 1 if there are any: somebody sealed them without the program, or put an older record back.
"""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.role_audit import ungiven_roles
from ledger.actor import Actor
from vault.errors import VaultError


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            found = list(ungiven_roles(Actor.operator()))
        except VaultError as error:
            raise CommandError(str(error)) from None
        for each in found:
            self.stdout.write(f"No event gave {each.user_id} the role they have in {each.organization_id}.")
        if found:
            sys.exit(1)
        self.stdout.write("Every role was given by a recorded change.")
