"""Models and demo data of a development run."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from catalog.known import KNOWN
from catalog.models import Model
from catalog.offers import offered_models
from catalog.sync import sync_models
from catalog.upstream import ListedModel, UpstreamError
from catalog.upstreams import configured
from ledger.actor import Actor
from llama_console.demo.organization import DEMO_START, seed


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEVELOPMENT:
            raise CommandError("Demo data is for development only.")
        self._models()
        seed(self.stdout.write)

    def _models(self) -> None:
        if not Model.objects.exists():
            known = [ListedModel(name, "Meta") for name in KNOWN]
            sync_models(Actor.operator(), known, priced_from=DEMO_START)
        try:
            sync_models(Actor.operator(), offered_models(configured()))
        except UpstreamError as error:
            self.stderr.write(f"{error} The catalog stays as it is.")
