"""One export in a process of its own, a short one first; prints lines, seconds, and by how much its memory grew."""

import json
import os
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import django
from django.core.management import call_command
from django.test import Client

SHORT = {"since": "2026-05-01T00:00:00Z", "until": "2026-05-01T00:01:00Z"}
WHOLE = {"since": "2026-05-01T00:00:00Z", "until": "2026-05-26T00:00:00Z"}


def main() -> None:
    django.setup()
    kind, folder = sys.argv[1], Path(sys.argv[2])
    run = _parquet(folder) if kind == "parquet" else _asking(kind)
    run(SHORT)
    Path("/proc/self/clear_refs").write_text("5")  # forgets the peak
    before, began = _memory("VmRSS"), time.monotonic()
    lines = run(WHOLE)
    grown = (_memory("VmHWM") - before) / 1024
    print(json.dumps({"lines": lines, "seconds": time.monotonic() - began, "mebibytes": grown}))


def _asking(kind: str) -> Callable[[dict[str, str]], int]:
    name, form = kind.split(".")
    path = {"events": "usage/events/export/", "usage": "usage/export/", "costs": "costs/export/"}[name]
    rows = {} if name == "events" else {"group": "key", "step": "hour"}
    client = Client(SERVER_NAME="localhost", headers={"Authorization": f"Bearer {os.environ['ADMIN_KEY']}"})

    def run(span: dict[str, str]) -> int:
        answer = client.get(f"/api/v1/{path}", {**span, **rows, "format": form})
        assert answer.status_code == 200, answer.content
        lines = sum(piece.count(b"\n") for piece in answer.streaming_content)  # type: ignore[attr-defined]
        return lines - (form == "csv")

    return run


def _parquet(folder: Path) -> Callable[[dict[str, str]], int]:
    import pyarrow.parquet as pq

    def run(span: dict[str, str]) -> int:
        until = date(2026, 5, 2) if span is SHORT else None
        to = folder / ("short" if until else "whole")
        with open(os.devnull, "w") as nowhere:
            call_command("export_usage", to=to, until=until, stdout=nowhere)
        return sum(pq.read_metadata(path).num_rows for path in to.rglob("*.parquet"))

    return run


def _memory(name: str) -> int:
    """Return KiB."""
    found = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith(name))
    return int(found.split()[1])


if __name__ == "__main__":
    main()
