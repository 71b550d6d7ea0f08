"""Everything between a clone and a running console, in one process: static files, root keys, tables, demo data."""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from catalog.known import KNOWN
from catalog.models import Model
from catalog.sync import sync_models
from catalog.upstream import ListedModel, UpstreamError, list_models
from ledger.actor import Actor
from llama_console.demo.organization import DEMO_START, seed


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEVELOPMENT:
            raise CommandError("Demo data and made-up root keys are for development only.")
        call_command("collectstatic", interactive=False, verbosity=0)
        in_a_file = settings.ROOT_KEYS_PROVIDER == "local" and not settings.ROOT_KEYS
        if in_a_file and not settings.ROOT_KEYS_FILE.exists():
            call_command("vault_init")
        call_command("migrate_all", verbosity=0)
        self._models()
        seed(self.stdout.write)

    def _models(self) -> None:
        if not Model.objects.exists():
            known = [ListedModel(name, "Meta") for name in KNOWN]
            sync_models(Actor.operator(), known, priced_from=DEMO_START)
        try:
            sync_models(Actor.operator(), list_models(settings.MODEL_UPSTREAM_URL, settings.MODEL_UPSTREAM_KEY))
        except UpstreamError as error:
            self.stderr.write(f"{error} The catalog stays as it is.")
