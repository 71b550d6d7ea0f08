"""Recording for many callers: whoever is first commits for all who wait, so that a busy log costs fewer disk flushes.

Nobody's append returns before the commit that holds it. A caller alone commits in its own thread, without a hand-over.
"""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db import connections

from ledger.append import DATABASE, append_leaves
from ledger.leaves import Entry
from ledger.pen import Pen

Check = Callable[[], None]
_MOST = 64  # jobs a commit


@dataclass(slots=True, eq=False)
class _Job:
    entries: Sequence[Entry]
    pen: Pen
    check: Check | None
    done: bool = False
    error: Exception | None = None


class Recorder:
    """Appends to the log for the threads of this process."""

    def __init__(self) -> None:
        self._waiting: deque[_Job] = deque()
        self._committing = threading.Lock()

    def append(self, entries: Sequence[Entry], pen: Pen, check: Check | None) -> None:
        """Commit leaves; raises what the ledger or the check raised."""
        job = _Job(entries, pen, check)
        self._waiting.append(job)
        with self._committing:
            while not job.done:
                _commit(self._next())
        if job.error:
            raise job.error

    def _next(self) -> list[_Job]:
        """Return the jobs of the next commit, in the order in which they came."""
        jobs = [self._waiting.popleft()]
        # A check may raise, which takes back its whole commit: such a job is alone in it.
        while not jobs[0].check and len(jobs) < _MOST and self._waiting and not self._waiting[0].check:
            jobs.append(self._waiting.popleft())
        return jobs


def _commit(jobs: list[_Job]) -> None:
    try:
        append_leaves([entry for job in jobs for entry in job.entries], pen=jobs[0].pen, check=jobs[0].check)
    except Exception as error:
        connections[DATABASE].close_if_unusable_or_obsolete()  # no request ends here that would do it
        if len(jobs) > 1:
            for job in jobs:  # one tenant's broken chain is not the others' failure
                _commit([job])
            return
        jobs[0].error = error
    for job in jobs:
        job.done = True
