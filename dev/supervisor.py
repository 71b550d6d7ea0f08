"""Brings the parts up in order, keeps them up, and takes them down in reverse order.

Everything happens in the main thread: signals only raise a flag, and every wait goes through `_pause`,
which looks at the flag and at the parts. A part that crashes is restarted, later each time; one that
keeps crashing ends the run.
"""

import signal
import socket
import time
import urllib.request
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPException

from dev.guardian import Guardian
from dev.output import Output
from dev.processes import Part, Process, Step

Plan = Sequence[Step | tuple[Part, ...]]

TICK = 0.05
MOST_RESTARTS = 5  # within WINDOW
WINDOW = 60.0
# Health checks stay on this machine, whatever proxy the shell is set to.
_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Stopped(Exception):
    """Someone asked for the end."""


class RunError(Exception):
    """The run cannot go on; the message says which part and why."""


@dataclass(slots=True)
class Running:
    """A part with its present process, or none while it waits for its next start."""

    part: Part
    process: Process | None
    restarts: deque[float] = field(default_factory=deque)
    due: float = 0.0


class Supervisor:
    def __init__(
        self,
        environment: Mapping[str, str],
        output: Output,
        *,
        deadline: float = 110.0,
        patience: float = 8.0,
        backoff: float = 0.5,
    ) -> None:
        self._environment = environment
        self._output = output
        self._deadline = deadline
        self._patience = patience
        self._backoff = backoff
        self._asked_to_stop = False
        self._running: list[Running] = []
        self._guardian = Guardian()

    def run(self, plan: Plan, announce: Callable[[], None]) -> int:
        """Carry the plan out and stay until asked to stop. Return the exit code."""
        self._listen_to_signals()
        try:
            self._bring_up(plan)
            announce()
            while True:
                self._pause()
        except Stopped:
            return 0
        except RunError as failure:
            self._output.alarm(str(failure))
            return 1
        finally:
            self._take_down()

    def _listen_to_signals(self) -> None:
        def ask_to_stop(number: int, frame: object) -> None:
            self._asked_to_stop = True

        signal.signal(signal.SIGINT, ask_to_stop)
        signal.signal(signal.SIGTERM, ask_to_stop)
        # nohup starts its program with SIGHUP ignored, and means it.
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
            signal.signal(signal.SIGHUP, ask_to_stop)

    def _pause(self) -> None:
        time.sleep(TICK)
        if self._asked_to_stop:
            raise Stopped
        for running in self._running:
            self._tend(running)

    # Up -------------------------------------------------------------------------------------

    def _bring_up(self, plan: Plan) -> None:
        end = time.monotonic() + self._deadline
        for item in plan:
            if isinstance(item, Step):
                self._carry_out(item, end)
            else:
                self._start_parts(item, end)

    def _start_parts(self, parts: tuple[Part, ...], end: float) -> None:
        began = time.monotonic()
        for part in parts:
            self._running.append(Running(part, self._start(part)))
        waiting = [part for part in parts if part.ready]
        while waiting := [part for part in waiting if not _answers(part.ready)]:
            self._pause()
            if time.monotonic() > end:
                missing = ", ".join(f"{part.name} does not answer at {part.ready}" for part in waiting)
                raise RunError(f"Not ready after {self._deadline:.0f} seconds: {missing}")
        self._done(", ".join(part.name for part in parts), began)

    def _carry_out(self, step: Step, end: float) -> None:
        began = time.monotonic()
        process = Process(step.name, step.command, self._environment, self._output, self._guardian)
        try:
            while (code := process.exit_code()) is None:
                self._pause()
                if time.monotonic() > end:
                    raise RunError(f"Not ready after {self._deadline:.0f} seconds: still {step.title}")
        finally:
            process.stop(self._patience)
        if code:
            raise RunError(f"{step.title.capitalize()} failed (exit {code}); its output stands above")
        self._done(step.title, began)

    def _start(self, part: Part) -> Process:
        environment = {**self._environment, **part.environment}
        return Process(part.name, part.command, environment, self._output, self._guardian)

    def _done(self, what: str, began: float) -> None:
        self._output.say(f"✓ {what} ({time.monotonic() - began:.1f} s)")

    # Kept up --------------------------------------------------------------------------------

    def _tend(self, running: Running) -> None:
        if running.process is None:
            if time.monotonic() >= running.due:
                running.process = self._start(running.part)
        elif (code := running.process.exit_code()) is not None:
            running.process.clear()
            running.process = None
            self._note_crash(running, code)

    def _note_crash(self, running: Running, code: int) -> None:
        now = time.monotonic()
        while running.restarts and running.restarts[0] < now - WINDOW:
            running.restarts.popleft()
        how = f"exit {code}" if code >= 0 else signal.Signals(-code).name
        if len(running.restarts) == MOST_RESTARTS:
            raise RunError(f"{running.part.name} stopped ({how}) again after {MOST_RESTARTS} restarts in a minute")
        delay = self._backoff * 2 ** len(running.restarts)
        running.restarts.append(now)
        running.due = now + delay
        self._output.alarm(f"{running.part.name} stopped ({how}); restarting it in {delay:.1f} s")

    # Down -----------------------------------------------------------------------------------

    def _take_down(self) -> None:
        self._output.say("Stopping…")
        for running in reversed(self._running):
            if running.process:
                running.process.stop(self._patience)
        self._guardian.dismiss()
        self._output.say("Stopped.")


def _answers(url: str) -> bool:
    if url.startswith("unix:"):
        return _is_open(url.removeprefix("unix:"))
    with suppress(OSError, HTTPException), _direct.open(url, timeout=1) as answer:
        return bool(answer.status == 200)
    return False


def _is_open(path: str) -> bool:
    with suppress(OSError), socket.socket(socket.AF_UNIX) as probe:
        probe.connect(path)
        return True
    return False
