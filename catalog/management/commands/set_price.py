"""Sets what a model's tokens cost from now on or from a later moment, in USD per million tokens."""

from argparse import ArgumentParser
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from catalog.models import Model, TokenClass
from catalog.money import usd_per_million
from catalog.prices import PriceRefused, set_price
from catalog.rates import rates_of
from ledger.actor import Actor

_HELP = {
    TokenClass.INPUT: "e.g. 0.18",
    TokenClass.CACHED_INPUT: "the input price if not given",
    TokenClass.OUTPUT: "e.g. 0.59",
    TokenClass.BATCH_INPUT: "without it and --batch-output the model has no batch price",
    TokenClass.BATCH_CACHED_INPUT: "the price of a batch's input if not given",
    TokenClass.BATCH_OUTPUT: "goes with --batch-input",
}
_REQUIRED = {TokenClass.INPUT, TokenClass.OUTPUT}


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("model")
        for each, text in _HELP.items():
            parser.add_argument(f"--{each.replace('_', '-')}", required=each in _REQUIRED, help=text)
        parser.add_argument("--from", dest="begins", help="a moment to come, e.g. 2027-01-01T00:00Z; now if not given")

    def handle(self, *args: Any, **options: Any) -> None:
        model = Model.objects.filter(name=options["model"]).first()
        if model is None:
            raise CommandError(f"There is no model {options['model']}.")
        try:
            rates = rates_of({each: _usd(options[each]) for each in TokenClass})
            price = set_price(Actor.operator(), model, effective_from=_moment(options["begins"]), **rates)
        except (ValueError, PriceRefused) as error:
            raise CommandError(str(error)) from None
        self.stdout.write(
            f"{model.name} has price version {price.version}, in effect from {price.effective_from:%Y-%m-%dT%H:%M:%SZ} "
            "until the next one begins; in USD per million tokens:"
        )
        for each in TokenClass:
            if (rate := price.rate(each)) is not None:
                self.stdout.write(f"  {each.replace('_', ' ')}: {usd_per_million(rate)}")


def _usd(text: str | None) -> Decimal | None:
    try:
        return None if text is None else Decimal(text)
    except InvalidOperation:
        raise ValueError(f"{text} is not a price.") from None


def _moment(text: str | None) -> datetime | None:
    """Read a moment; a time without a zone would mean another one to each reader."""
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text} is not a moment such as 2027-01-01T00:00Z.") from None
    if moment.tzinfo is None:
        raise ValueError(f"{text} names no time zone: write {text}Z for UTC.")
    return moment.astimezone(UTC)
