"""Prints the public key that checkpoints are signed with, for verify_ledger.py and check_ledger."""

import base64
from typing import Any

from django.core.management.base import BaseCommand

from vault.unsealer import unsealer


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(base64.b64encode(unsealer().public_key()).decode())
