"""Sketches of durations: how many calls took about how long, so that percentiles of any span are found by adding.

A duration falls into one of DDSketch's logarithmic bins, so that a percentile is within 2 % of the true one (Masson,
Rim and Lee, VLDB 2019). A sketch is the count of each bin; two are merged by adding counts, in any order, exactly.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from math import ceil

import msgspec
from ddsketch.mapping import LogarithmicMapping

ACCURACY = 0.02
_mapping = LogarithmicMapping(ACCURACY)
_packed = msgspec.msgpack.Decoder(dict[int, int])
Sketch = dict[int, int]  # the bin → how many


@lru_cache(maxsize=65_536)
def bin_of(milliseconds: int) -> int:
    """Return the bin of a duration; one of no time counts as a millisecond."""
    return int(_mapping.key(max(1, milliseconds)))


def merge(into: Sketch, more: Mapping[int, int]) -> None:
    for place, count in more.items():
        into[place] = into.get(place, 0) + count


def pack(sketch: Mapping[int, int]) -> bytes:
    return msgspec.msgpack.encode(sketch) if sketch else b""


def unpack(packed: bytes | memoryview | None) -> Sketch:
    return _packed.decode(packed) if packed else {}


def merged(all_packed: Iterable[bytes | memoryview]) -> Sketch:
    whole: Sketch = {}
    for packed in all_packed:
        merge(whole, unpack(packed))
    return whole


def percentile(sketch: Mapping[int, int], percent: int) -> int | None:
    """Return the milliseconds within which so many percent of the calls were done; None for no calls."""
    rank = ceil(sum(sketch.values()) * percent / 100)
    for place in sorted(sketch):
        rank -= sketch[place]
        if rank <= 0:
            return max(1, round(_mapping.value(place)))
    return None
