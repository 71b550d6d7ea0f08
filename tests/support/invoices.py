"""Invoices in tests: usage of a month, its close, and the offline verifier as a module."""

import importlib.util
import json
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from billing.books import disagreements
from billing.invoices.bundle import VERIFIER, bundle
from billing.invoices.closing import GRACE, close_due
from billing.models import BillingAccount, Invoice
from billing.settlement import settle_calls
from catalog.models import Model
from catalog.prices import set_price
from ledger.actor import Actor
from tests.usage.test_recording import call

COST = 18_500_000  # of a usual call, in pico-dollars
MILLION: dict[str, Any] = {"prompt_tokens": 1_000_000, "cached_tokens": 0, "completion_tokens": 0}  # tokens: 18 cents
NOON = datetime(2026, 11, 20, 12, 30, tzinfo=UTC)
START, END = datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)
AFTER = END + GRACE


def use(account: BillingAccount, *moments: datetime, **changes: object) -> None:
    """Settle a call at each moment; one in the middle of November if none is given."""
    settle_calls([call(organization_id=account.pk, started_at=moment, **changes) for moment in moments or (NOON,)])
    account.refresh_from_db()


def close_november(account: BillingAccount) -> Invoice:
    """Close what was used in November, and see that the books agree."""
    close_due(AFTER)
    agree(account)
    return Invoice.objects.of(account.pk).closed().get(end=END)


def agree(account: BillingAccount) -> None:
    account.refresh_from_db()
    assert disagreements(account) == []


def reprice(model: Model, rate: int) -> None:
    """Let the model cost something else from now on."""
    set_price(Actor.operator(), model, input_rate=rate, cached_input_rate=rate, output_rate=rate)


def exported(invoice: Invoice) -> bytes:
    return b"".join(bundle(invoice))


def load_verifier() -> Any:
    """Return the verifier as a module of its own."""
    spec = importlib.util.spec_from_file_location("verify_invoice", VERIFIER)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def verify(folder: Path, data: bytes, *options: str) -> int:
    """Write a bundle and return the verifier's exit code."""
    path = folder / "invoice.jsonl"
    path.write_bytes(data)
    return int(load_verifier().main([str(path), *options]))


class Bundle:
    """A bundle to tamper with: its snapshot as an object and its calls as lists."""

    def __init__(self, data: bytes) -> None:
        self.head, self.snapshot, *self.calls = map(json.loads, data.splitlines())

    def written(self) -> bytes:
        return b"".join(canonical(each) + b"\n" for each in (self.head, self.snapshot, *self.calls))

    def sealed(self) -> bytes:
        """Write it with the hash that its snapshot has now, as whoever tampers would."""
        self.head["hash"] = sha256(canonical(self.snapshot)).hexdigest()
        return self.written()

    def reckon(self) -> None:
        """Let the root and the number of calls be those of the calls that are there now."""
        module = load_verifier()
        tree = module.Usage()
        for size, each in enumerate(self.calls, 1):
            module.append(tree.tree, size, sha256(b"\x00" + canonical(each)).digest())
        self.snapshot["usage"] = {"events": len(self.calls), "root": tree.root().hex()}


def canonical(value: object) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()
