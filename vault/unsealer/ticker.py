"""What the unsealer does each minute, asked or not: it signs the log, also when nothing happened."""

import logging
import threading
from collections.abc import Callable

from django.db import connections

from vault.errors import VaultError

log = logging.getLogger(__name__)

PERIOD = 60.0  # seconds


class Ticker:
    """Does its jobs at once and then each minute, in a thread of its own, until it is stopped."""

    def __init__(self, *jobs: Callable[[], object], period: float = PERIOD) -> None:
        self._jobs, self._period = jobs, period
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="ticker", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        while True:
            for job in self._jobs:
                _attempt(job)
            connections.close_all()
            if self._stopping.wait(self._period):
                return


def _attempt(job: Callable[[], object]) -> None:
    try:
        job()
    except VaultError as error:  # the next minute may be better; one that stays shows in the age of the checkpoint
        log.error("unsealer: a job of the minute failed: %s", error.code)
    except Exception as error:  # whatever it is, grants that ran out are closed a minute later
        log.error("unsealer: a job of the minute failed: unexpected %s", type(error).__name__)
