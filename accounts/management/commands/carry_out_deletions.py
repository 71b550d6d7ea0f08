"""Carries out the deletions that are due: destroys the keys of accounts and organizations, and keeps the receipts.

Run it as the unsealer's user, every few minutes, or once with --every. Killed, it goes on where it was when it is run
again.
"""

import time
from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, close_old_connections
from django.utils import timezone

from accounts.actions.carrying_out import Outcome, carry_out
from accounts.models import Deletion
from vault.errors import VaultError


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--every", type=int, metavar="SECONDS", help="do not end, but look again after so long")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["every"] is None:
            try:
                self._round(timezone.now())
            except VaultError as error:
                raise CommandError(str(error)) from None
            return
        while True:
            try:
                self._round(timezone.now())
            except (VaultError, DatabaseError) as error:
                self.stderr.write(f"Nothing was carried out: {type(error).__name__}. It is tried again.")
            close_old_connections()
            time.sleep(max(1, options["every"]))

    def _round(self, now: datetime) -> None:
        for deletion in Deletion.objects.due(now):
            outcome = carry_out(deletion, now)
            if outcome is not Outcome.OVER:
                self.stdout.write(f"{deletion.number} {deletion.kind} {deletion.subject_id}: {outcome}")
