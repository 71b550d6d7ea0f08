"""What a customer takes away of an invoice: its snapshot and its calls, line by line, for `verify_invoice.py`."""

import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from billing.invoices.rated import event_lines
from billing.models import Invoice

FORMAT = "llama-console-invoice-bundle/1"
VERIFIER = Path(__file__).parent.parent / "verifier" / "verify_invoice.py"
_LINES = 500  # a piece


def bundle(invoice: Invoice) -> Iterator[bytes]:
    """Yield the bundle of a closed invoice in pieces, as docs/invoices.md says, in little memory."""
    head = {"format": FORMAT, "hash": invoice.hash}
    yield json.dumps(head, separators=(",", ":")).encode() + b"\n" + bytes(invoice.snapshot) + b"\n"
    lines = event_lines(invoice.pk)
    while piece := list(islice(lines, _LINES)):
        yield b"\n".join(piece) + b"\n"
