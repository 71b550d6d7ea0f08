"""What a customer takes away of an invoice: its snapshot and its calls, line by line, for `verify_invoice.py`."""

import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from billing.errors import BillingError
from billing.forgetting import whole_since
from billing.invoices.rated import event_lines
from billing.models import Invoice
from usage.models import UsageEvent
from usage.purging import kept_since

FORMAT = "llama-console-invoice-bundle/1"
VERIFIER = Path(__file__).parent.parent / "verifier" / "verify_invoice.py"
_LINES = 500  # a piece


def has_calls(invoice: Invoice) -> bool:
    """Tell whether all of an invoice's calls are still kept; where late ones may be missing, they are counted."""
    if invoice.start < kept_since():
        return False
    calls = UsageEvent.objects.filter(billed_in=invoice.pk)
    return invoice.start >= whole_since() or calls.count() == json.loads(bytes(invoice.snapshot))["usage"]["events"]


def bundle(invoice: Invoice) -> Iterator[bytes]:
    """Return the bundle of a closed invoice in pieces, as docs/invoices.md says, in little memory.

    BillingError `forgotten` if its calls are no longer kept.
    """
    if not has_calls(invoice):
        raise BillingError("forgotten", "The single calls of this invoice are no longer kept.")
    return _pieces(invoice)


def _pieces(invoice: Invoice) -> Iterator[bytes]:
    head = {"format": FORMAT, "hash": invoice.hash}
    yield json.dumps(head, separators=(",", ":")).encode() + b"\n" + bytes(invoice.snapshot) + b"\n"
    lines = event_lines(invoice.pk)
    while piece := list(islice(lines, _LINES)):
        yield b"\n".join(piece) + b"\n"
