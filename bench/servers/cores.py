"""Which core does what: the server that is measured has one alone, and load, upstream and everything else the other."""

import os
from collections.abc import Iterator
from contextlib import contextmanager


class TooFewCores(RuntimeError):
    """A server and its load cannot be kept apart here."""


@contextmanager
def apart() -> Iterator[int]:
    """Move this process, and what it starts from now on, off one core; yield that core for the servers."""
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) < 2:
        raise TooFewCores("A server and its load need a core each.")
    os.sched_setaffinity(0, cores[1:2])
    try:
        yield cores[0]
    finally:
        os.sched_setaffinity(0, cores)
