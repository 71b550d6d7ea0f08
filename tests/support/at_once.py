"""Several things at the same moment, each on database connections of its own."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import connections

THREADS = 8
ROUNDS = int(os.environ.get("ROUNDS", "5"))  # of tests that one lucky order would pass


def at_once(*tasks: Callable[[], Any]) -> list[Any]:
    """Run the tasks at the same moment, each on connections of its own; return results or exceptions."""
    barrier = Barrier(len(tasks))

    def run(task: Callable[[], Any]) -> Any:
        try:
            barrier.wait()
            return task()
        except Exception as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(tasks)) as pool:
        return list(pool.map(run, tasks))
