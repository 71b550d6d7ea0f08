"""The snapshot of an invoice: everything that it says, as canonical JSON, so that one hash stands for it.

It is made of the events, the price book, the journal and the invoice's own row, none of which changes any more. So it
can be made again at any time, byte by byte: `regenerate`.
"""

import json
from typing import Any

from django.db.models import Sum

from billing.invoices.amounts import Amounts, split_cents
from billing.invoices.lines import rates_of
from billing.invoices.rated import Tally, microseconds, tally
from billing.models import Account, Invoice, Kind, Mode, Posting
from catalog.models import Price

FORMAT = "llama-console-invoice/1"
_CREDIT = (Account.CREDIT_PAID, Account.CREDIT_PROMOTIONAL)
Line = dict[str, Any]
Snapshot = dict[str, Any]


def regenerate(invoice: Invoice) -> bytes:
    """Return the snapshot of a closed invoice, made anew of what it was made of."""
    counted = tally(invoice)
    invoiced = -posted(invoice, Kind.INVOICE, Account.RECEIVABLE)
    return write_snapshot(invoice, counted, amounts_of(invoice, counted, invoiced))


def is_carried_over(said: Snapshot) -> bool:
    """Tell whether all that an invoice could ask for was too little, and is left to the next one."""
    return said["mode"] == Mode.POSTPAID and not said["cents"]["due"] and said["amounts"]["carried"] < 0


def amounts_of(invoice: Invoice, counted: Tally, invoiced: int) -> Amounts:
    """Return the figures of an invoice that asks for so much of what is owed, in pico-dollars."""
    credit = posted(invoice, Kind.USAGE, *_CREDIT)
    return Amounts(usage=counted.amount, credit=credit, carried=invoiced - (counted.amount - credit))


def posted(invoice: Invoice, kind: Kind, *accounts: Account) -> int:
    """Return the sum of what was posted for an invoice, debits positive."""
    postings = Posting.objects.filter(transaction__reference=str(invoice.pk), transaction__kind=kind)
    return int(postings.filter(account__in=accounts).aggregate(all=Sum("amount"))["all"] or 0)


def lines_of(counted: Tally) -> list[Line]:
    """Return the lines that the events come to, in their order, with the cents of each."""
    lines: list[Line] = [
        {"model": model, "price_version": version, "token_class": name, "calls": calls, "rate": rate}
        | {"tokens": tokens, "amount": tokens * rate}
        for (model, version), (calls, *counts) in sorted(counted.sums.items())
        for (name, rate), tokens in zip(rates_of(counted.prices.get((model, version))).items(), counts, strict=True)
    ]
    for line, cents in zip(lines, split_cents([line["amount"] for line in lines]), strict=True):
        line["cents"] = cents
    return lines


def write_snapshot(invoice: Invoice, counted: Tally, amounts: Amounts) -> bytes:
    """Return the canonical bytes; docs/invoices.md says what stands in them. Number, mode and close are in the row."""
    assert invoice.closed_at
    said = {
        "format": FORMAT,
        "organization": str(invoice.organization_id),
        "number": invoice.number,
        "mode": invoice.mode,
        "currency": "usd",
        "start": microseconds(invoice.start),
        "end": microseconds(invoice.end),
        "closed": microseconds(invoice.closed_at),
        "lines": lines_of(counted),
        "prices": [_price(counted.prices[version]) for version in sorted(counted.sums) if version[1]],
        "amounts": {
            "usage": amounts.usage,
            "credit": amounts.credit,
            "carried": amounts.carried,
            "rounding": amounts.rounding,
        },
        "cents": amounts.cents(),
        "usage": {"events": counted.events, "root": counted.root.hex()},
    }
    return json.dumps(said, sort_keys=True, separators=(",", ":")).encode()


def _price(price: Price) -> dict[str, object]:
    begins = {"model": price.model_id, "version": price.version, "effective_from": microseconds(price.effective_from)}
    return begins | rates_of(price)
