"""The lines of drafts: exact sums of tokens and of pico-dollars for each model, price version and class."""

from collections.abc import Iterable
from uuid import UUID

from billing.models import InvoiceLine
from catalog.models import Price
from usage.groups import Group
from usage.writing import write_rows

_PLACE = ("invoice_id", "model", "price_version", "token_class")
_SUMS = ("calls", "tokens", "amount")
_TABLE = InvoiceLine._meta.db_table
_Place = tuple[UUID, str, int]


def add_to_lines(groups: Iterable[Group]) -> None:
    """Add new calls to the lines of the drafts they are billed in."""
    tokens: dict[_Place, list[int]] = {}
    for group in groups:
        if group.billed_in:
            sums = tokens.setdefault((group.billed_in, group.model, group.price_version), [0, 0, 0, 0])
            counts = classes_of(group.prompt_tokens, group.cached_tokens, group.completion_tokens)
            for index, count in enumerate((group.requests, *counts)):
                sums[index] += count
    prices = prices_of(model for _, model, _ in tokens)
    rows = [
        (*place, name, calls, count, count * rate)
        for place, (calls, *counts) in sorted(tokens.items())
        for (name, rate), count in zip(rates_of(prices.get(place[1:])).items(), counts, strict=True)
    ]
    added = ", ".join(f"{name} = {_TABLE}.{name} + excluded.{name}" for name in _SUMS)
    write_rows(InvoiceLine, (*_PLACE, *_SUMS), rows, f"ON CONFLICT ({', '.join(_PLACE)}) DO UPDATE SET {added}")


def classes_of(prompt: int, cached: int, completion: int) -> tuple[int, int, int]:
    """Return tokens of a call, or of several, by class: input, cached input and output."""
    return prompt - cached, cached, completion


def rates_of(price: Price | None) -> dict[str, int]:
    """Return the classes in the order of `classes_of`, with their rates; a model without a price costs nothing."""
    return {name: getattr(price, f"{name}_rate") if price else 0 for name in ("input", "cached_input", "output")}


def prices_of(models: Iterable[str]) -> dict[tuple[str, int], Price]:
    """Return all prices of these models, by model and version."""
    return {(price.model_id, price.version): price for price in Price.objects.filter(model_id__in=set(models))}
