"""Sets what a model's tokens cost from now on, in USD per million tokens."""

from argparse import ArgumentParser
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from catalog.models import Model
from catalog.money import pico_per_token
from catalog.prices import set_price
from ledger.actor import Actor


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("model")
        parser.add_argument("--input", required=True, help="e.g. 0.18")
        parser.add_argument("--cached-input", help="the input price if not given")
        parser.add_argument("--output", required=True, help="e.g. 0.59")

    def handle(self, *args: Any, **options: Any) -> None:
        model = Model.objects.filter(name=options["model"]).first()
        if model is None:
            raise CommandError(f"There is no model {options['model']}.")
        price = set_price(
            Actor.operator(),
            model,
            input_rate=_rate(options["input"]),
            cached_input_rate=_rate(options["cached_input"] or options["input"]),
            output_rate=_rate(options["output"]),
        )
        self.stdout.write(f"{model.name} has price version {price.version}.")


def _rate(text: str) -> int:
    try:
        return pico_per_token(Decimal(text))
    except (InvalidOperation, ValueError) as error:
        raise CommandError(f"{text} is not a price: {error}") from None
