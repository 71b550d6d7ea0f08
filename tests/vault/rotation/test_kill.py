"""Rotations that are killed at any moment go on where they were: nothing is lost, and nothing old stays behind."""

import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from vault.keyring import NEWEST_LIFETIME

ROOT = Path(__file__).resolve().parents[3]
KEYS, INDEX, ROOTS = ("rotate_keys", "--all", "--grace", "0"), ("rotate_index",), ("rotate_roots",)


class Installation:
    def __init__(self, folder: Path) -> None:
        # Whatever databases the test run itself uses: here are SQLite files.
        kept = {name: value for name, value in os.environ.items() if not name.endswith("DATABASE_URL")}
        self._environment = {
            **kept,
            "VAR_DIR": str(folder),
            "PYTHONUNBUFFERED": "1",
            "DJANGO_SETTINGS_MODULE": "llama_console.settings",
        }

    def do(self, mode: str) -> str:
        command = [sys.executable, "-m", "tests.vault.rotation.installation", mode]
        return subprocess.run(
            command, check=True, stdout=subprocess.PIPE, text=True, env=self._environment, cwd=ROOT
        ).stdout

    def inspect(self) -> Any:
        return json.loads(self.do("inspect"))

    def start(self, *command: str) -> subprocess.Popen[str]:
        program = [sys.executable, "manage.py", *command]
        return subprocess.Popen(program, stdout=subprocess.PIPE, text=True, env=self._environment, cwd=ROOT)

    def finish(self, *command: str) -> str:
        process = self.start(*command)
        said, _ = process.communicate(timeout=60)
        assert process.returncode == 0
        return said

    def kill(self, *command: str, after: float) -> None:
        """Start a command and kill it so many seconds after its first line."""
        process = self.start(*command)
        assert process.stdout
        process.stdout.readline()
        time.sleep(after)
        process.kill()
        process.communicate()


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    made = Installation(tmp_path)
    made.do("seed")
    return made


def test_a_killed_rotation_goes_on_and_loses_nothing(installation: Installation) -> None:
    before, chance = installation.inspect(), random.Random(7)
    for _ in range(3):
        installation.kill(*KEYS, after=chance.uniform(0, 0.8))
    installation.kill(*ROOTS, after=chance.uniform(0, 0.05))
    installation.kill(*INDEX, after=chance.uniform(0, 0.05))
    index = installation.start(*INDEX)  # at the same time as the others
    while "wait" in installation.finish(*KEYS):
        time.sleep(NEWEST_LIFETIME / 2)
    assert index.wait(60) == 0
    installation.finish(*ROOTS)
    installation.finish(*ROOTS, "--finish")

    after = installation.inspect()
    assert after["values"] == before["values"]
    assert after["everybody_is_found"]
    assert after["sealed_under"] == after["keys"]
    assert not set(after["keys"]) & set(before["keys"])
    assert len(after["keys"]) == len(before["keys"])
    assert set(after["wrapped_under"]) <= set(after["roots"])
    assert not set(after["roots"]) & set(before["roots"])
    assert len(after["index_versions"]) == 1
