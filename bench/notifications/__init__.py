"""Notifications: workers killed while they send, the worker's throughput, ten thousand messages at once."""

from collections.abc import Iterator

from bench.bar import Bar
from bench.notifications import chaos, fan_out, throughput


def bars() -> Iterator[Bar]:
    yield from fan_out.bars()
    yield from throughput.bars()
    yield from chaos.bars()
