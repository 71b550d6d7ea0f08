"""Recording for many callers: one thread commits what has gathered, so that a busy log costs fewer disk flushes.

Nobody's append returns before the commit that holds it.
"""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from queue import SimpleQueue

from django.db import connections

from ledger.append import DATABASE, append_leaves
from ledger.leaves import Entry

_MOST = 64  # requests a commit


@dataclass(slots=True)
class _Job:
    entries: Sequence[Entry]
    check: Callable[[], None] | None
    done: "Future[None]" = field(default_factory=Future)


class Recorder:
    """Appends in a thread of its own, which is the only one that holds a connection for it."""

    def __init__(self) -> None:
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)
        self._thread.start()

    def append(self, entries: Sequence[Entry], check: Callable[[], None] | None) -> None:
        """Commit leaves; raises what the ledger or the check raised."""
        job = _Job(entries, check)
        self._jobs.put(job)
        job.done.result()

    def stop(self) -> None:
        """Commit what waits, and let go of the database."""
        self._jobs.put(None)
        self._thread.join()

    def _run(self) -> None:
        while job := self._jobs.get():
            # A check may raise, which takes back its whole commit: such a job is alone in it.
            _commit([job] if job.check else [job, *self._gathered()])
        connections.close_all()

    def _gathered(self) -> list[_Job]:
        jobs: list[_Job] = []
        while len(jobs) < _MOST and not self._jobs.empty():
            job = self._jobs.get()
            if job is None or job.check:
                self._jobs.put(job)
                break
            jobs.append(job)
        return jobs


def _commit(jobs: list[_Job]) -> None:
    try:
        append_leaves([entry for job in jobs for entry in job.entries], check=jobs[0].check)
    except Exception as error:
        connections[DATABASE].close_if_unusable_or_obsolete()  # this thread has no request whose end would do it
        if len(jobs) == 1:
            jobs[0].done.set_exception(error)
            return
        for job in jobs:  # one tenant's broken chain is not the others' failure
            _commit([job])
    else:
        for job in jobs:
            job.done.set_result(None)
