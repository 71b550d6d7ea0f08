"""The ledger: verifying a long chain, signing a long log, and what a leaf costs beyond the commit that it needs anyway.

Run as a module it is its own measuring process, on SQLite in the folder that VAR_DIR names.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

from bench.bar import Bar
from bench.stack import ROOT
from ledger.pen import Pen

LEAVES, BATCH, ROUNDS = 100_000, 2_000, 200
TENANT, OTHER = UUID(int=1), UUID(int=2)
VERIFIER = ROOT / "ledger" / "verifier" / "verify_ledger.py"


PEN = Pen(bytes(32))


def bars() -> Iterator[Bar]:
    with tempfile.TemporaryDirectory(prefix="llama-console-bench-") as folder:
        environment = {**os.environ, "VAR_DIR": folder, "ENVIRONMENT": "development", "SECRET_KEY": "bench"}
        environment["VAULT_DATABASE_URL"] = f"sqlite:///{folder}/vault.sqlite3"
        command = [sys.executable, "-m", "bench.ledger"]
        figures = json.loads(subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=-1).stdout)
    yield Bar(f"verification of {LEAVES:,} leaves", figures["verify"], "s", 5)
    yield Bar("ledger append beyond a bare durable commit", figures["append"], "ms", 2)
    yield Bar(f"checkpoint after one leaf more, in a log of {2 * LEAVES:,}", figures["sign"], "ms", 50)
    yield Bar(f"export of {LEAVES:,} leaves", figures["export"], "s", 20)


def measure() -> dict[str, float]:
    """Return the figures; needs Django set up on an empty folder."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from django.conf import settings
    from django.core.management import call_command

    from ledger.bundle import write_bundle
    from ledger.checkpoints import sign_checkpoint
    from ledger.notes import Signer

    call_command("migrate", database="vault", verbosity=0)
    figures = {"append": _append()}
    _fill()
    signer = Signer("bench.example.com/ledger", Ed25519PrivateKey.generate(), PEN)
    sign_checkpoint(signer)
    figures["sign"] = 1000 * statistics.median(_timed(lambda: sign_checkpoint(signer), before=_one) for _ in range(9))
    checkpoint, path = sign_checkpoint(signer), Path(settings.VAR_DIR, "bundle.json")
    with path.open("w") as stream:
        figures["export"] = _timed(lambda: write_bundle(stream, TENANT, signer.public_key, checkpoint, {}))
    command = [sys.executable, "-I", str(VERIFIER), str(path)]
    figures["verify"] = _timed(lambda: subprocess.run(command, check=True, stdout=subprocess.DEVNULL))
    return figures


def _append() -> float:
    """Return milliseconds of an append beyond those of a bare commit of one row, the two taking turns."""
    from django.db import connections

    cursor = connections["vault"].cursor()
    cursor.execute("CREATE TABLE bare (id INTEGER PRIMARY KEY, value BLOB)")

    def bare() -> None:
        cursor.execute("INSERT INTO bare (value) VALUES (%s)", [bytes(300)])

    pairs = [(_timed(_one), _timed(bare)) for _ in range(ROUNDS)]
    appends, commits = zip(*pairs, strict=True)
    return 1000 * (statistics.median(appends) - statistics.median(commits))


def _one() -> None:
    from ledger.append import append_leaf

    append_leaf(_opening(OTHER), pen=PEN)


def _fill() -> None:
    from ledger.append import append_leaves

    for _ in range(2 * LEAVES // BATCH):
        append_leaves([_opening(tenant) for tenant in (TENANT, OTHER)] * (BATCH // 2), pen=PEN)


def _opening(tenant: UUID) -> object:
    from ledger.leaves import Entry
    from ledger.models import LeafType

    more = {"fields": ["accounts.User.email"], "subjects": [str(tenant)], "case": None}
    return Entry(tenant, LeafType.OPENING, f"user:{tenant}", purpose="own-account", more=more)


def _timed(work: Callable[[], object], before: Callable[[], object] = lambda: None) -> float:
    before()
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "llama_console.settings")
    import django

    django.setup()
    print(json.dumps(measure()))
