"""Static files, translations, root keys and tables: what the unsealer of a development run needs, and the console."""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEVELOPMENT:
            raise CommandError("Made-up root keys are for development only.")
        call_command("collectstatic", interactive=False, verbosity=0)
        call_command("compile_translations")
        in_a_file = settings.ROOT_KEYS_PROVIDER == "local" and not settings.ROOT_KEYS
        if in_a_file and not settings.ROOT_KEYS_FILE.exists():
            call_command("vault_init")
        call_command("migrate_all", verbosity=0)
