"""Interleaved rounds: what is compared takes turns, so that a busy moment of the machine hits all alike."""

import time
from collections.abc import Callable
from statistics import median


def medians(tasks: dict[str, Callable[[], object]], *, rounds: int, calls: int = 1) -> dict[str, float]:
    """Return the median time of one call of each task, in µs."""
    times: dict[str, list[float]] = {name: [] for name in tasks}
    for task in tasks.values():
        task()
    for _ in range(rounds):
        for name, task in tasks.items():
            times[name].append(_time(task, calls))
    return {name: median(measured) for name, measured in times.items()}


def _time(task: Callable[[], object], calls: int) -> float:
    began = time.perf_counter_ns()
    for _ in range(calls):
        task()
    return (time.perf_counter_ns() - began) / calls / 1000
