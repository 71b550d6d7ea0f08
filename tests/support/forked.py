"""A pytest plugin for mutation testing: it collects the tests once and tries each mutant in a fork of that process.

Each fork has databases of its own, copied from ones that were made before: in shared ones mutants would fail through
each other and count as killed. A fork runs the tests that reach the mutated function, quick ones first, up to the
first that fails.
"""

import json
import os
import shutil
import signal
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import suppress
from itertools import zip_longest
from pathlib import Path
from time import perf_counter
from typing import Any

import django.test.utils
import pytest
from django.db import connections
from mutmut.mutation.trampoline import set_mutant_under_test
from mutmut.state import state
from mutmut.utils.format_utils import mangled_name_from_mutant_name

from vault.places import columns

_PLACE = Path(os.environ["VAR_DIR"])
_PATIENCE = int(
    os.environ.get("PATIENCE", "20")
)  # seconds of computing that a mutant has besides three times what its tests need
_WAITING = int(os.environ.get("WAITING", "5"))  # times as long it may last, on a busy machine
_TIMED_OUT = "timed out"
# By exit status; every other one is a mutant's death.
_OUTCOMES = {0: "survived", signal.SIGPROF: _TIMED_OUT, signal.SIGALRM: _TIMED_OUT}


class Forks:
    """Runs the mutants instead of the tests; tells `report` each one's name, its outcome and the seconds it took."""

    def __init__(self, mutants: Sequence[str], most: int, report: Callable[[str, str, float], None]) -> None:
        self._mutants, self._most, self._report = mutants, most, report
        self._running: dict[int, tuple[str, float]] = {}

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        seconds, reached = _measured(session)
        tests = {name: sorted(numbers, key=seconds.__getitem__) for name, numbers in reached.items()}
        quick_first = sorted({number for numbers in tests.values() for number in numbers}, key=seconds.__getitem__)
        if os.waitpid(_forked(lambda: _run(session, quick_first), log="control"), 0)[1]:
            pytest.exit("The tests fail without a mutant, in this order: see control.log.", 1)
        for mutant in self._mutants:
            numbers = tests.get(mangled_name_from_mutant_name(mutant), [])
            if not numbers:
                self._report(mutant, "untested", 0)
                continue
            while len(self._running) >= self._most:
                self._reap()
            self._start(session, mutant, numbers, _PATIENCE + 3 * sum(seconds[number] for number in numbers))
        while self._running:
            self._reap()
        return True

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            print(f"\n{report.nodeid}\n{report.longreprtext}")  # noqa: T201

    def _start(self, session: pytest.Session, mutant: str, numbers: Sequence[int], patience: float) -> None:
        def work() -> int:
            signal.setitimer(signal.ITIMER_PROF, patience)
            signal.setitimer(signal.ITIMER_REAL, _WAITING * patience)
            set_mutant_under_test(mutant)
            return _run(session, numbers)

        self._running[_forked(work)] = mutant, perf_counter()

    def _reap(self) -> None:
        pid, status = os.wait()
        with suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)  # what its tests started
        mutant, began = self._running.pop(pid)
        self._report(mutant, _OUTCOMES.get(status, "killed"), perf_counter() - began)


def _measured(session: pytest.Session) -> tuple[list[float], dict[str, list[int]]]:
    """Run all tests once; return the seconds that each needs, and which of them reach which function."""
    file = _PLACE / "measured.json"

    def work() -> int:
        seconds: list[float] = []
        reached: dict[str, list[int]] = defaultdict(list)

        def note(number: int, needed: float) -> None:
            seconds.append(needed)
            for function in state()._stats:
                reached[function].append(number)
            state()._stats.clear()

        set_mutant_under_test("stats")
        failed = _run(session, range(len(session.items)), note)
        file.write_text(json.dumps([seconds, reached]))
        return failed

    if os.waitpid(_forked(work, log="measure"), 0)[1]:
        pytest.exit("The tests fail without a mutant: see measure.log.", 1)
    seconds, reached = json.loads(file.read_text())
    return seconds, reached


def _run(session: pytest.Session, numbers: Sequence[int], note: Callable[[int, float], None] | None = None) -> int:
    """Run these tests in this order, up to the first that fails; return 1 if one did."""
    items = [session.items[number] for number in numbers]
    for number, item, following in zip_longest(numbers, items, items[1:]):
        began = perf_counter()
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        if note:
            note(number, perf_counter() - began)
        if session.testsfailed:
            return 1
    return 0


def _forked(work: Callable[[], int], log: str = "") -> int:
    """Start `work` in a fork that leads a process group; return its id. What it prints goes to mutants/LOG.log."""
    if pid := os.fork():
        return pid
    code = 1
    try:
        os.setsid()
        sys.stdout = sys.stderr = open(f"{log}.log" if log else os.devnull, "w", buffering=1)  # noqa: SIM115
        os.dup2(sys.stdout.fileno(), 1)
        os.dup2(sys.stdout.fileno(), 2)
        with tempfile.TemporaryDirectory(dir=_PLACE) as folder:
            os.environ["PYTEST_DEBUG_TEMPROOT"] = folder
            django.test.utils.setup_databases = lambda *args, **more: _copy_databases(folder)
            columns.cache_clear()  # computed before the fork, by code that was not mutated
            code = work()
    finally:
        os._exit(code)


def _copy_databases(folder: str) -> list[Any]:
    """Use copies of the prepared databases: no migration is looked for, which would take longer than most tests."""
    for connection in connections.all():
        connection.close()
        template = _PLACE / "templates" / Path(connection.settings_dict["TEST"]["NAME"]).name
        connection.settings_dict["NAME"] = shutil.copy(template, folder)
    return []
