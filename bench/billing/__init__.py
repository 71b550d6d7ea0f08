"""A million calls that come twice, out of order and from writers that are killed: settled, invoiced, and no drift.

`BILLING_EVENTS` is how many calls there are and `BILLING_WRITERS` how many processes settle them; on SQLite, or in the
empty database of `BENCH_DATABASE_URL`. What the calls cost is counted beside it in plain integers, so that the
console's own reckoning is not compared with itself.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from multiprocessing import get_context
from pathlib import Path
from random import Random
from typing import Any

from bench.bar import Bar
from bench.billing.plan import AFTER, MODELS, ORGANIZATIONS, Plan
from bench.isolated import isolated

EVENTS = int(os.environ.get("BILLING_EVENTS", "1_000_000"))
WRITERS = int(os.environ.get("BILLING_WRITERS", "2"))
KILLS = max(2, min(20, EVENTS // 50_000))
SECONDS = 60 * EVENTS / 1_000_000
_FORK = get_context("fork")


def bars() -> Iterator[Bar]:
    with isolated() as folder:
        plan = Plan(EVENTS, WRITERS)
        _prepare(plan)
        began = time.monotonic()
        kills = _settle(plan, folder)
        settled = time.monotonic()
        _close()
        closed = time.monotonic()
        engine = "PostgreSQL" if "BENCH_DATABASE_URL" in os.environ else "SQLite"
        of = f"{EVENTS:,} calls on {engine}, {WRITERS} writers"
        yield Bar(f"billing, {of}: settled in {settled - began:.1f} s and closed", closed - began, "s", SECONDS)
        yield Bar(f"billing, {of}: writers killed", kills, "kills", KILLS, at_most=False)
        yield from _drifts(plan, of)
        yield Bar("billing, verify_invoice.py", _verified(folder), "calls a second", 100_000, at_most=False)


def _prepare(plan: Plan) -> None:
    from billing.actions.promotions import give_promotion
    from billing.actions.terms import set_terms
    from billing.models import Mode
    from catalog.models import Model
    from ledger.actor import Actor

    for name, versions in MODELS.items():
        model = Model.objects.create(name=name, title=name, upstream_name=name)
        for version, (since, (fresh, cached, output)) in enumerate(versions, 1):
            rates = {"input_rate": fresh, "cached_input_rate": cached, "output_rate": output}
            model.prices.create(version=version, effective_from=since, **rates)  # in a past that nobody was rated in
    for number, organization in enumerate(ORGANIZATIONS):
        set_terms(Actor.operator(), organization, mode=list(Mode)[number % 2])
        for _ in range(3):  # lots: of most organizations they do not last
            give_promotion(Actor.operator(), organization, amount=plan.dollars(number), title="Bench")


def _settle(plan: Plan, folder: Path) -> int:
    """Run the writers, kill one whenever another share is done, and return how many were killed."""
    from django.db import connections

    connections.close_all()  # a child has its own
    random, kills = Random(7), 0  # noqa: S311
    places = [Place(folder / f"writer-{number}") for number in range(WRITERS)]
    writers = [_start(plan, number, places[number]) for number in range(WRITERS)]
    while any(writer.exitcode != 0 for writer in writers):
        for number, writer in enumerate(writers):
            if writer.exitcode not in (None, 0):
                if writer.exitcode != -9:
                    raise RuntimeError(f"A writer ended with {writer.exitcode}.")
                writers[number] = _start(plan, number, places[number])
        done = sum(place.read() for place in places)
        if kills < KILLS and done >= (kills + random.random()) * plan.length / (KILLS + 1):
            alive = [writer for writer in writers if writer.exitcode is None]
            if alive:
                random.choice(alive).kill()
                kills += 1
        time.sleep(random.uniform(0, 0.02))
    return kills


def _start(plan: Plan, number: int, place: "Place") -> Any:
    writer = _FORK.Process(target=_write, args=(plan, number, place), daemon=True)
    writer.start()
    return writer


def _write(plan: Plan, number: int, place: "Place") -> None:
    """Settle a writer's batches from where it is, as the gateway's spool does: noted when the database has them."""
    from billing.settlement import settle_calls

    for start, batch in plan.batches(number, place.read()):
        settle_calls(batch)
        place.write(start + len(batch))


class Place:
    """How far a writer is, in a file that outlives it."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> int:
        return int(self._path.read_text() or 0) if self._path.exists() else 0

    def write(self, place: int) -> None:
        new = self._path.with_suffix(".new")
        new.write_text(str(place))
        new.rename(self._path)


def _close() -> None:
    from billing.invoices.closing import close_due

    close_due(AFTER)


def _drifts(plan: Plan, of: str) -> Iterator[Bar]:
    from django.db.models import Sum

    from billing.books import disagreements
    from billing.models import Account, BillingAccount, Invoice, InvoiceLine, Kind, Posting
    from catalog.money import CENT
    from usage.checking import check, spans
    from usage.models import UsageEvent

    def total(rows: Any, name: str = "amount") -> int:
        return int(rows.aggregate(all=Sum(name))["all"] or 0)

    expected, invoices = plan.expected(), Invoice.objects.closed()
    cost = sum(expected.values())
    revenue = -total(Posting.objects.filter(account=Account.REVENUE))
    yield Bar(f"billing, {of}: lost or counted twice", abs(UsageEvent.objects.count() - EVENTS), "calls", 0)
    yield Bar("billing, usage to what it should cost", abs(total(UsageEvent.objects.all()) - cost), "pico-dollars", 0)
    differ = sum(len(check(span)) for span in spans())
    yield Bar("billing, usage to its rollups", differ, "buckets that differ", 0)
    yield Bar("billing, usage to journal", abs(revenue - cost), "pico-dollars", 0)
    yield Bar("billing, journal to lines", abs(total(InvoiceLine.objects.all()) - revenue), "pico-dollars", 0)
    rounded = {(each.organization_id, each.start): each.total for each in invoices}
    right = {place: (2 * amount + CENT) // (2 * CENT) for place, amount in expected.items()}
    yield Bar("billing, invoices to what they should be", float(_apart(rounded, right)), "cents", 0)
    asked = total(Posting.objects.filter(account=Account.INVOICED, transaction__kind=Kind.INVOICE))
    yield Bar("billing, journal to what is due", abs(asked - CENT * total(invoices, "due")) / CENT, "cents", 0)
    wrong = sum(len(disagreements(account)) for account in BillingAccount.objects.all())
    yield Bar("billing, disagreements of the books", wrong, "figures", 0)


def _apart(some: dict[Any, int], others: dict[Any, int]) -> int:
    return sum(abs(some.get(key, 0) - others.get(key, 0)) for key in some.keys() | others.keys())


def _verified(folder: Path) -> float:
    """Return how many calls a second the verifier reads, of the largest invoice."""
    import json

    from billing.invoices.bundle import VERIFIER, bundle
    from billing.models import Invoice

    invoices = sorted(Invoice.objects.closed(), key=lambda each: json.loads(each.snapshot)["usage"]["events"])
    path, calls = folder / "invoice.jsonl", json.loads(invoices[-1].snapshot)["usage"]["events"]
    with path.open("wb") as file:
        file.writelines(bundle(invoices[-1]))
    began = time.monotonic()
    subprocess.run([sys.executable, "-I", str(VERIFIER), str(path)], check=True, stdout=subprocess.DEVNULL)
    return float(calls / (time.monotonic() - began))
