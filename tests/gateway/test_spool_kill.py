"""A gateway that is killed at any moment loses nothing that it had answered, and counts nothing twice."""

import os
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
KILLS = 4


def run(directory: Path, mode: str) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "DJANGO_SETTINGS_MODULE": "llama_console.settings"}
    command = [sys.executable, "-m", "tests.gateway.spool_process", str(directory), mode]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment, cwd=ROOT)


@pytest.mark.parametrize("seed", [1])
def test_sigkill_loses_nothing_and_doubles_nothing(tmp_path: Path, seed: int) -> None:
    safe: list[str] = []
    for kill in range(KILLS):
        process = run(tmp_path, "spool")
        assert process.stdout is not None
        safe.append(process.stdout.readline().strip())  # it is up
        time.sleep(0.02 + 0.037 * kill)
        process.kill()
        # A line that was cut by the kill is no promise.
        safe += [line.strip() for line in process.stdout.read().splitlines(keepends=True) if line.endswith("\n")]
        process.wait()
    assert run(tmp_path, "drain").wait(20) == 0

    database = sqlite3.connect(tmp_path / "db.sqlite3")
    recorded = {row[0] for row in database.execute("SELECT id FROM event")}
    (requests,) = database.execute("SELECT requests FROM rollup").fetchone()
    assert len(safe) > 100
    assert set(safe) <= recorded
    assert len(recorded) - len(safe) <= KILLS  # each may have been killed before it could say that one was safe
    assert requests == len(recorded)
    assert not list((tmp_path / "spool").iterdir())
