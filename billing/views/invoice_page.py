"""What the page of an invoice says: all of it from the snapshot, which is what the hash stands for."""

import json
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from billing.invoices.snapshot import Snapshot, is_carried_over
from billing.models import Invoice
from billing.views.invoice_rows import span_of, state_of
from catalog.money import CENT, bare_digits, dollars
from usage.figures import exact

_CLASSES: dict[str, str | Promise] = {
    "input": _("Input"),
    "cached_input": _("Cached input"),
    "output": _("Output"),
}


@dataclass(frozen=True, slots=True)
class Line:
    token_class: str | Promise
    tokens: str
    rate: str  # dollars a million tokens
    exact: str
    cents: str


@dataclass(frozen=True, slots=True)
class Group:
    model: str
    version: int  # of the price; 0 for none
    lines: list[Line]


@dataclass(frozen=True, slots=True)
class Sum:
    name: str | Promise
    exact: str
    cents: str


class InvoicePage:
    """A closed invoice for reading."""

    def __init__(self, invoice: Invoice, now: datetime) -> None:
        self._said: Snapshot = json.loads(bytes(invoice.snapshot))
        self.span = span_of(invoice)
        self.status, self.tone = state_of(invoice, now)
        self.total, self.due = (dollars(cents * CENT) for cents in (invoice.total, invoice.due))
        self.credit = dollars(self._said["cents"]["credit"] * CENT)
        self.calls, self.root = self._said["usage"]["events"], self._said["usage"]["root"]

    def groups(self) -> list[Group]:
        """Return the lines of each model and version of its price, without the classes that had no tokens."""
        used = (line for line in self._said["lines"] if line["tokens"])
        found = groupby(used, key=itemgetter("model", "price_version"))
        return [Group(model, version, [_line(line) for line in lines]) for (model, version), lines in found]

    def sums(self) -> list[Sum]:
        """Return how the usage becomes what is due; what is zero is left out, but for the first and the last."""
        amounts, cents = self._said["amounts"], self._said["cents"]
        due = amounts["usage"] - amounts["credit"] + amounts["carried"]
        found = [
            Sum(_("Paid from credit"), bare_digits(-amounts["credit"]), dollars(-cents["credit"] * CENT)),
            Sum(self._carried(), bare_digits(amounts["carried"]), dollars(cents["carried"] * CENT)),
        ]
        shown = [each for each, amount in zip(found, (amounts["credit"], amounts["carried"]), strict=True) if amount]
        return [
            Sum(_("Usage"), bare_digits(amounts["usage"]), dollars(cents["total"] * CENT)),
            *shown,
            Sum(_("To pay"), bare_digits(due), dollars(cents["due"] * CENT)),
        ]

    def _carried(self) -> str | Promise:
        """Name what else is due, or (below zero) what of the usage this invoice does not ask for."""
        if is_carried_over(self._said):
            return _("Carried over to the next invoice")
        return _("Carried over from before") if self._said["amounts"]["carried"] > 0 else _("Carried over")


def _line(line: dict[str, Any]) -> Line:
    return Line(
        token_class=_CLASSES.get(line["token_class"], line["token_class"]),
        tokens=exact(line["tokens"]),
        rate=_a_million(line["rate"]),
        exact=bare_digits(line["amount"]),
        cents=bare_digits(line["cents"] * CENT),
    )


def _a_million(rate: int) -> str:
    """Return a rate in pico-dollars a token as dollars a million tokens, with all its digits."""
    return bare_digits(rate * 1_000_000)
