"""Processor time of a process and all its children, from /proc."""

import os
import time
from pathlib import Path

_TICK = os.sysconf("SC_CLK_TCK")
_PAUSE = 0.25  # seconds
_IDLE = 0.02  # seconds of work in a pause: what event loops do that nobody asks anything
_PROC = Path("/proc")


def seconds(pid: int, proc: Path = _PROC) -> float:
    """Return what a process and its children worked so far, those that ended and were waited for included."""
    return sum(_ticks(proc / str(each) / "stat") for each in tree(pid, proc)) / _TICK


def tree(pid: int, proc: Path = _PROC) -> list[int]:
    """Return a process and its children, and theirs."""
    found = [pid]
    for each in found:
        for thread in (proc / str(each) / "task").glob("*"):
            found += map(int, _read(thread / "children").split())
    return found


def settled(pid: int, patience: float = 60.0) -> float:
    """Return the seconds once the process has done all that is left of its work, such as settling calls."""
    deadline = time.monotonic() + patience
    before = seconds(pid)
    while time.monotonic() < deadline:
        time.sleep(_PAUSE)
        now = seconds(pid)
        if now - before <= _IDLE:
            return now
        before = now
    raise RuntimeError(f"Process {pid} still works {patience:.0f} s after its load.")


def _ticks(stat: Path) -> int:
    # The name, in parentheses, may hold spaces and parentheses itself. After it: state, and eleven more to utime.
    fields = _read(stat).rpartition(")")[2].split()
    return sum(map(int, fields[11:15]))  # utime, stime, and both of the children that were waited for


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""  # it ended meanwhile; its parent has its time
