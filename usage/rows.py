"""Usage row by row: one for each step and group, the oldest first, read while it is asked for.

Memory holds the groups of one step and a chunk of the rollup, however long the period is.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Protocol, TypeVar

from usage.keyset import chunks
from usage.periods import Period
from usage.queries import Question
from usage.sketch import Sketch, merge, percentile, unpack
from usage.sums import Sums

_EPOCH = datetime.fromtimestamp(0, UTC)
_MINUTE = timedelta(minutes=1)
_COLUMNS = (
    "requests", "status", "prompt_tokens", "cached_tokens", "completion_tokens", "latency_ms", "amount",
    "latencies", "first_tokens",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Place:
    """A row's place in the list: everything after it follows. As text it is `minutes since 1970-hex of the group`."""

    start: datetime
    group: str

    @classmethod
    def read(cls, text: str) -> "Place":
        minutes, _, name = text.partition("-")
        return cls(_EPOCH + int(minutes) * _MINUTE, bytes.fromhex(name).decode(errors="replace"))

    def __str__(self) -> str:
        return f"{(self.start - _EPOCH) // _MINUTE}-{self.group.encode().hex()}"


@dataclass(slots=True)
class Row:
    """What one group used in one step, and how long its calls took."""

    start: datetime
    group: str
    sums: Sums = field(default_factory=Sums)
    latencies: Sketch = field(default_factory=dict)
    first_tokens: Sketch = field(default_factory=dict)

    @property
    def place(self) -> Place:
        return Place(self.start, self.group)

    def latency(self, percent: int) -> int | None:
        """Return milliseconds, within 2 % of the true percentile."""
        return percentile(self.latencies, percent)

    def first_token(self, percent: int) -> int | None:
        return percentile(self.first_tokens, percent)


class Placed(Protocol):
    """Anything that has a place in the list."""

    @property
    def place(self) -> Place: ...


P = TypeVar("P", bound=Placed)


def rows(question: Question, after: Place | None = None) -> Iterator[Row]:
    """Yield the rows of a question that have calls, by step and then by group."""
    return following(_steps(rest_of(question, after)), after)


def rest_of(question: Question, after: Place | None) -> Question:
    """Return a question from the step of a place on."""
    period = question.period
    if after is None or after.start <= period.start:
        return question
    start = min(period.bucket_of(after.start), period.end)
    count = sum(1 for bucket in period.buckets if bucket >= start)
    return replace(question, period=Period(period.step, start, count))


def following(steps: Iterable[Mapping[str, P]], after: Place | None) -> Iterator[P]:
    """Yield what stands after a place in steps, each by group."""
    for step in steps:
        for name in sorted(step):
            place = step[name].place
            if after is None or (place.start, place.group) > (after.start, after.group):
                yield step[name]


def _steps(question: Question) -> Iterator[dict[str, Row]]:
    step: dict[str, Row] = {}
    began: datetime | None = None
    for chunk in chunks(question.rows(), "start", (question.group.column, *_COLUMNS)):
        for at, _pk, value, *columns in chunk:
            start = question.period.bucket_of(at)
            if start != began:
                yield step
                step, began = {}, start
            name = question.name_of(value)
            row = step.get(name) or step.setdefault(name, Row(start, name))
            _add(row, *columns)
    yield step


def _add(
    row: Row,
    requests: int,
    status: int,
    prompt: int,
    cached: int,
    completion: int,
    latency_ms: int,
    amount: int,
    latencies: bytes,
    first_tokens: bytes,
) -> None:
    errors = requests if status >= 4 else 0
    row.sums.add(Sums(requests, errors, prompt, cached, completion, latency_ms, int(amount)))
    merge(row.latencies, unpack(latencies))
    merge(row.first_tokens, unpack(first_tokens))
