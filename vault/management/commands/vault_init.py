"""Makes the root keys once, for an installation that keeps them in a local file."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from vault.roots import create_file


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.ROOT_KEYS_PROVIDER != "local" or settings.ROOT_KEYS:
            raise CommandError("The settings name root keys that are not in a file; there is nothing to make.")
        try:
            create_file(settings.ROOT_KEYS_FILE)
        except FileExistsError:
            raise CommandError(f"{settings.ROOT_KEYS_FILE} exists; root keys are never overwritten.") from None
        self.stdout.write(f"Root keys made in {settings.ROOT_KEYS_FILE}. Back this file up: without it nothing opens.")
