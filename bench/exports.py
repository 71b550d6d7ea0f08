"""Files of usage of a million lines: how much more memory the process that sends them needs, and how long it takes.

Each is made in a process of its own (`bench.exporting`), over SQLite or the empty database of BENCH_DATABASE_URL.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from bench.bar import Bar
from bench.isolated import isolated

LINES = int(os.environ.get("EXPORT_LINES", "1000000"))
DAYS, KEYS = 25, 400
START = datetime(2026, 5, 1, tzinfo=UTC)
ROOT = Path(__file__).resolve().parent.parent
_MOST = 64.0  # MiB
_AT_ONCE = 5000


def bars() -> Iterator[Bar]:
    engine = "PostgreSQL" if "BENCH_DATABASE_URL" in os.environ else "SQLite"
    with isolated() as folder:
        secret = _fill()
        for kind in ("events.csv", "events.ndjson", "usage.csv", "costs.csv", "parquet"):
            found = _exported(kind, secret, folder)
            assert found["lines"] == LINES, f"{kind}: {found['lines']} lines"
            said = f"{kind} of {LINES:,} lines, {found['seconds']:.0f} s, {engine}: memory beyond a short one"
            yield Bar(said, found["mebibytes"], "MiB", _MOST)


def _exported(kind: str, secret: str, folder: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "bench.exporting", kind, str(folder / "parquet")]
    environment = {**os.environ, "ADMIN_KEY": secret}
    done = subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _fill() -> str:
    """Make an organization with a million calls and as many rows of keys by hour; return an admin key's secret."""
    from accounts.actions import create_organization
    from accounts.entries import Contact
    from accounts.models import User
    from accounts.policy import Permission
    from keys.admin.actions import issue_admin_key
    from ledger.actor import Actor

    owner = User.objects.create_user("olivia@example.com", None, name="Olivia")
    contact = Contact("Olivia", "olivia@example.com")
    organization = create_organization(Actor.operator(), name="Large", owner=owner, contact=contact)
    project = organization.projects.get()
    _write_events(organization.pk, project.pk)
    _write_hours(organization.pk, project.pk)
    return issue_admin_key(Actor.operator(), organization=organization, name="bench", scopes=[Permission.VIEW_USAGE])[1]


def _write_events(organization_id: UUID, project_id: UUID) -> None:
    from usage.models import DailyTotal, UsageEvent

    names = [field.attname for field in UsageEvent._meta.concrete_fields]
    keys, step = [uuid4() for _ in range(KEYS)], timedelta(days=DAYS) / LINES
    fixed = {
        "organization_id": organization_id, "project_id": project_id, "model": "llama", "status": 200,
        "outcome": "completed", "prompt_tokens": 1200, "cached_tokens": 30, "completion_tokens": 340,
        "estimated": False, "latency_ms": 800, "first_token_ms": 90, "amount": 417_000_000, "price_version": 1,
        "billed_in": None,
    }  # fmt: skip

    def rows() -> Iterator[list[Any]]:
        for number in range(LINES):
            varied = {"id": uuid4(), "key_id": keys[number % KEYS], "started_at": START + number * step}
            row = fixed | varied
            yield [row[name] for name in names]

    _write(UsageEvent, names, rows())
    DailyTotal.objects.bulk_create(
        DailyTotal(
            organization_id=organization_id, project_id=project_id, model="llama", start=START + timedelta(days=day),
            status=2, requests=LINES // DAYS, prompt_tokens=0, cached_tokens=0, completion_tokens=0, latency_ms=0,
            amount=0, latencies=b"", first_tokens=b"",
        )
        for day in range(DAYS)
    )  # fmt: skip


def _write_hours(organization_id: UUID, project_id: UUID) -> None:
    from usage.models import HourlyUsage
    from usage.sketch import bin_of, pack

    hours = DAYS * 24
    keys = [uuid4() for _ in range(-(-LINES // hours))]
    sketch = pack({bin_of(milliseconds): 2 for milliseconds in range(200, 2000, 150)})
    fixed = (organization_id, "llama", project_id, 2, 24, 28_000, 700, 8000, 20_000, 10_000_000_000, sketch, sketch)
    names = (
        "start", "key_id", "organization_id", "model", "project_id", "status", "requests", "prompt_tokens",
        "cached_tokens", "completion_tokens", "latency_ms", "amount", "latencies", "first_tokens",
    )  # fmt: skip
    rows = ((START + timedelta(hours=number % hours), keys[number // hours], *fixed) for number in range(LINES))
    _write(HourlyUsage, names, rows)


def _write(table: Any, names: Any, rows: Iterator[Any]) -> None:
    from django.db import transaction

    from usage.writing import write_rows

    with transaction.atomic():
        while some := list(islice(rows, _AT_ONCE)):
            write_rows(table, names, some, "")
