"""Notifications: workers killed while they send, the worker's throughput, ten thousand messages, brokers away."""

from collections.abc import Iterator

from bench.bar import Bar
from bench.notifications import away, chaos, fan_out, throughput


def bars() -> Iterator[Bar]:
    for part in (fan_out, away, throughput, chaos):
        yield from part.bars()
