"""Processor time counts the whole process tree, and nothing that only looks like a figure."""

import os
import subprocess
import sys
from pathlib import Path

from bench.servers import cpu

TICK = os.sysconf("SC_CLK_TCK")
WORK = "import time\nwhile time.process_time() < 0.3: pass\nprint(flush=True)\ninput()"


def process(proc: Path, pid: int, *, name: str = "python", ticks: str = "0 0 0 0", children: str = "") -> None:
    folder = proc / str(pid) / "task" / str(pid)
    folder.mkdir(parents=True)
    (folder / "children").write_text(children)
    (proc / str(pid) / "stat").write_text(f"{pid} ({name}) S 1 1 1 0 -1 0 9 9 9 9 {ticks} 20 0 1 0\n")


def test_children_and_theirs_count(tmp_path: Path) -> None:
    process(tmp_path, 10, ticks="100 20 0 0", children="11 12 ")
    process(tmp_path, 11, ticks="3 4 0 0", children="13 ")
    process(tmp_path, 12, ticks="1 0 0 0")
    process(tmp_path, 13, ticks="2 0 0 0")
    assert cpu.tree(10, tmp_path) == [10, 11, 12, 13]
    assert cpu.seconds(10, tmp_path) == 130 / TICK


def test_children_of_another_thread_count(tmp_path: Path) -> None:
    process(tmp_path, 10)
    thread = tmp_path / "10" / "task" / "15"
    thread.mkdir()
    (thread / "children").write_text("11 ")
    process(tmp_path, 11, ticks="7 0 0 0")
    assert cpu.seconds(10, tmp_path) == 7 / TICK


def test_children_that_ended_and_were_waited_for_count(tmp_path: Path) -> None:
    process(tmp_path, 10, ticks="1 2 3 4")
    assert cpu.seconds(10, tmp_path) == 10 / TICK


def test_a_name_with_parentheses_and_spaces_shifts_nothing(tmp_path: Path) -> None:
    process(tmp_path, 10, name="a) S 1 (b", ticks="5 0 0 0")
    assert cpu.seconds(10, tmp_path) == 5 / TICK


def test_a_child_that_ends_meanwhile_breaks_nothing(tmp_path: Path) -> None:
    process(tmp_path, 10, ticks="5 0 0 0", children="11 ")
    assert cpu.seconds(10, tmp_path) == 5 / TICK


def test_what_a_real_process_worked_is_found_once_it_rests() -> None:
    with subprocess.Popen([sys.executable, "-c", WORK], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as worker:
        assert worker.stdout
        assert worker.stdout.readline()
        assert 0.25 <= cpu.settled(worker.pid) <= 0.6
        worker.communicate(b"\n")
