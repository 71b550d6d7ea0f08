"""Usage is settled by a process of its own, which is started again when it dies and outlives a gateway that does."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from gateway.settler import Settler
from gateway.spool import Spool
from gateway.writer import Writer
from tests.gateway.calls import call
from tests.gateway.fakes import MemoryRooms, eventually
from tests.gateway.test_callers import Watch


class Idle(Settler):
    """A settler that settles nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.kept = 0

    def keep(self) -> None:
        self.kept += 1


@pytest.fixture
def rooms() -> MemoryRooms:
    return MemoryRooms()


def test_a_gateway_hands_its_usage_over_and_another_process_settles_it(tmp_path: Path, rooms: MemoryRooms) -> None:
    nobody = MemoryRooms()
    gateway = Writer(Spool(tmp_path), nobody, pause=0.01, look_around=0.01, settler=Idle())
    settler = Writer(Spool(tmp_path), rooms, pause=0.01, look_around=0.01)
    gateway.start()
    settler.start()
    made = [call() for _ in range(20)]
    for each in made:
        gateway.record(each)
        time.sleep(0.002)
    eventually(lambda: set(rooms.calls) == {each.id for each in made})
    assert nobody.calls == {}
    assert gateway.healthy()
    gateway.stop(5)
    settler.stop(5)
    assert list(tmp_path.iterdir()) == []


def test_usage_that_nobody_settles_closes_the_gateway_and_is_told(
    tmp_path: Path, rooms: MemoryRooms, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """What settles too late may find its hold over, and others have spent it."""
    monkeypatch.setattr("gateway.writer._OVERDUE", 0.1)
    gateway = Writer(Spool(tmp_path), rooms, pause=0.01, look_around=0.01, settler=Idle())
    gateway.start()
    gateway.record(call())
    eventually(lambda: not gateway.healthy())
    settler = Writer(Spool(tmp_path), rooms, pause=0.01, look_around=0.01)
    settler.start()
    eventually(gateway.healthy)
    assert "usage waits too long" in caplog.text
    gateway.stop(5)
    settler.stop(5)


def test_a_settler_without_anything_to_do_closes_no_gateway(
    tmp_path: Path, rooms: MemoryRooms, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its own segment is there for as long as it lives, and is empty."""
    monkeypatch.setattr("gateway.writer._OVERDUE", 0.1)
    settler = Writer(Spool(tmp_path), rooms, pause=0.01, look_around=0.01)
    settler.start()
    gateway = Writer(Spool(tmp_path), rooms, pause=0.01, look_around=0.01, settler=Idle())
    gateway.start()
    time.sleep(0.5)
    assert gateway.healthy()
    gateway.stop(5)
    settler.stop(5)


def test_the_settler_runs_until_its_gateway_ends_or_dies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("SPOOL_DIR", str(tmp_path))
    watch = Watch()
    settler = Settler(watch)
    settler.keep()
    first = settler._process
    assert first is not None
    settler.keep()
    assert settler._process is first
    first.kill()
    first.wait()
    settler.keep()  # not at once, or one that cannot start would be started without end
    watch.now += 2
    settler.keep()
    second = settler._process
    assert second is not None
    assert second is not first
    assert "started again" in caplog.text
    assert settler.end(30)


def test_the_settler_ends_when_its_gateway_is_killed(tmp_path: Path) -> None:
    code = (
        "import time; from gateway.settler import Settler; s = Settler(); s.keep();"
        "print(s._process.pid, flush=True); time.sleep(60)"
    )
    environment = {**os.environ, "SPOOL_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "llama_console.settings"}
    gateway = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, env=environment)
    assert gateway.stdout is not None
    pid = int(gateway.stdout.readline())
    gateway.kill()
    gateway.wait()
    eventually(lambda: not _lives(pid), patience=30)


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split(") ")[1][0] != "Z"
    except FileNotFoundError:
        return False
