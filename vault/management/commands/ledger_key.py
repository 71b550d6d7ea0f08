"""Prints the public key that checkpoints are signed with, for verify_ledger.py and check_ledger."""

from typing import Any

from django.core.management.base import BaseCommand

from vault.management.command import installation


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(installation())
