"""Asks the model server what it serves and takes that into the catalog."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from catalog.offers import offered_models
from catalog.sync import sync_models
from catalog.upstream import UpstreamError
from catalog.upstreams import configured
from ledger.actor import Actor


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            listed = offered_models(configured())
        except UpstreamError as error:
            raise CommandError(str(error)) from None
        added = sync_models(Actor.operator(), listed)
        for model in added:
            priced = "at its list price" if model.prices.exists() else "without a price: see `manage.py set_price`"
            self.stdout.write(f"added {model.name}, {priced}")
        self.stdout.write(f"{len(listed)} models are served.")
