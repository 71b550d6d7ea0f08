"""What was measured in all rounds, and the bars that are made of it."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from statistics import median

from bench.bar import Bar, Skipped
from bench.gateway.streams import Streams
from bench.servers.wrk import Load

OURS, PEER, PROXY, MODEL = "gateway", "litellm", "nginx", "model"
_Round = tuple[Load, Load, Streams]  # one connection, many, streams


class Figures:
    """Figures by server and round. Ratios are taken within a round, whose load both had, and their median counts."""

    def __init__(self, events: int) -> None:
        self._events = events
        self._rounds: dict[str, list[_Round]] = defaultdict(list)

    def add(self, name: str, alone: Load, many: Load, streams: Streams) -> None:
        """Take in what a server did in a round."""
        self._rounds[name].append((alone, many, streams))

    def bars(self, absent: dict[str, str]) -> Iterator[Bar | Skipped]:
        """Yield the bars; those that need an absent peer are skipped with the reason."""
        yield from self._whole(absent)
        yield from self._streams(absent)

    def _whole(self, absent: dict[str, str]) -> Iterator[Bar | Skipped]:
        ours = self._median(OURS, lambda each: each[1].cpu)
        name = f"gateway, whole, processor time of a request at c=16 ({ours:.0f} µs)"
        if PEER in absent:
            yield Skipped(f"{name}, against LiteLLM", absent[PEER])
        else:
            theirs = self._median(PEER, lambda each: each[1].cpu)
            cheaper = self._ratio(PEER, OURS, lambda each: each[1].cpu)
            yield Bar(f"{name}, LiteLLM's ({theirs:.0f} µs) by it; stretch 90", cheaper, "×", 60, at_most=False)
        added = self._added(OURS, _alone)
        name = f"gateway, whole, added p50 at c=1 ({added:.2f} ms)"
        if PROXY in absent:
            yield Skipped(f"{name}, against nginx", absent[PROXY])
        else:
            theirs = self._added(PROXY, _alone)
            yield Bar(f"{name} by nginx's ({theirs:.2f} ms)", added / theirs, "×", 2)
        yield Bar("gateway, whole, p99 at c=16", self._median(OURS, lambda each: each[1].p99), "ms", 5)

    def _streams(self, absent: dict[str, str]) -> Iterator[Bar | Skipped]:
        ours = self._median(OURS, _stream)
        yield Bar("gateway, streams, processor time of an event", ours / self._events, "µs", 30)
        name = f"gateway, streams, processor time of a stream ({ours:.0f} µs)"
        if PEER in absent:
            yield Skipped(f"{name}, against LiteLLM", absent[PEER])
        else:
            theirs = self._median(PEER, _stream)
            cheaper = self._ratio(PEER, OURS, _stream)
            yield Bar(f"{name}, LiteLLM's ({theirs:.0f} µs) by it", cheaper, "×", 40, at_most=False)
        yield Bar("gateway, streams, added time to the first event at 32", self._added(OURS, _first), "ms", 1.5)

    def _median(self, name: str, figure: Callable[[_Round], float]) -> float:
        return median(map(figure, self._rounds[name]))

    def _ratio(self, one: str, other: str, figure: Callable[[_Round], float]) -> float:
        pairs = zip(self._rounds[one], self._rounds[other], strict=True)
        return median(figure(a) / figure(b) for a, b in pairs)

    def _added(self, name: str, figure: Callable[[_Round], float]) -> float:
        """Return what a server adds to the model server's own time in the same round."""
        pairs = zip(self._rounds[name], self._rounds[MODEL], strict=True)
        return median(figure(ours) - figure(direct) for ours, direct in pairs)


def _alone(each: _Round) -> float:
    return each[0].p50


def _stream(each: _Round) -> float:
    return each[2].cpu


def _first(each: _Round) -> float:
    return each[2].first
