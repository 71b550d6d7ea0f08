"""The calls of the billing benchmark: the same ones each time, who settles which, and what all of them cost."""

from array import array
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from random import Random
from uuid import UUID

from usage.calls import Call, Outcome

BATCH = 5000  # calls that a writer settles at once, as the gateway's does
_WINDOW = 5_000  # calls that change places among each other
_TWICE = 0.05  # of the calls come again
_START, _MIDDLE, _END = (datetime(2026, month, 1, tzinfo=UTC) for month in (9, 10, 11))
AFTER = datetime(2026, 11, 2, tzinfo=UTC)
_LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
_LATER = datetime(2026, 9, 20, 7, 13, tzinfo=UTC)
Rates = tuple[int, int, int]
MODELS: dict[str, list[tuple[datetime, Rates]]] = {
    "large": [(_LONG_AGO, (270_000, 67_500, 850_000)), (_LATER, (250_001, 62_503, 799_999))],
    "small": [(_LONG_AGO, (180_000, 45_000, 590_000))],
    "tiny": [(_LONG_AGO, (20_000, 37_500, 40_000)), (_LATER, (19_997, 37_501, 39_999)), (_MIDDLE, (17, 5, 23))],
}
_NAMES = list(MODELS)
ORGANIZATIONS = [UUID(int=7 << 76 | 2 << 62 | number) for number in range(1, 5)]


class Plan:
    """So many calls, spread over two months; the last ones of a month are settled among the first of the next."""

    def __init__(self, events: int, writers: int) -> None:
        self.events, self._step = events, (_END - _START) / events
        self._orders = [array("L", self._order(number, writers)) for number in range(writers)]

    @property
    def length(self) -> int:
        """How many calls come, those that come twice with them."""
        return sum(map(len, self._orders))

    def batches(self, writer: int, start: int) -> Iterator[tuple[int, list[Call]]]:
        order = self._orders[writer]
        for place in range(start, len(order), BATCH):
            yield place, [self.call(number) for number in order[place : place + BATCH]]

    def dollars(self, organization: int) -> int:
        """Return a credit in pico-dollars that is used up by most organizations, at different times."""
        return (organization + 1) * self.events * 6 * 10**6

    def call(self, number: int) -> Call:
        """Return a call; what it is follows from its number alone."""
        seed = number * 2_654_435_761 & 0xFFFFFFFF  # spreads what follows from it
        began = _START + self._step * number
        prompt = 200 + seed % 1801
        return Call(
            id=UUID(int=int(began.timestamp() * 1000) << 80 | 7 << 76 | 2 << 62 | number),
            organization_id=ORGANIZATIONS[(seed >> 4) % len(ORGANIZATIONS)],
            project_id=UUID(int=1),
            key_id=UUID(int=seed >> 9 & 1),
            model=_NAMES[(seed >> 12) % len(_NAMES)],
            started_at=began,
            status=200,
            outcome=Outcome.COMPLETED,
            prompt_tokens=prompt,
            cached_tokens=prompt * (seed >> 5 & 3) // 4,
            completion_tokens=seed >> 3 & 511,
            latency_ms=250,
            first_token_ms=90,
            estimated=False,
        )

    def expected(self) -> dict[tuple[UUID, datetime], int]:
        """Return what each organization used in each month, in pico-dollars, counted without the console."""
        amounts: dict[tuple[UUID, datetime], int] = defaultdict(int)
        for number in range(self.events):
            call = self.call(number)
            fresh, cached, output = next(
                rates for since, rates in reversed(MODELS[call.model]) if since <= call.started_at
            )
            cost = (call.prompt_tokens - call.cached_tokens) * fresh + call.cached_tokens * cached
            month = _START if call.started_at < _MIDDLE else _MIDDLE
            amounts[call.organization_id, month] += cost + call.completion_tokens * output
        return amounts

    def _order(self, writer: int, writers: int) -> list[int]:
        """Return the calls of a writer in the order in which they come, with those that come twice."""
        random, order = Random(writer), list[int]()  # noqa: S311
        for start in range(writer, self.events, _WINDOW * writers):
            some = list(range(start, min(start + _WINDOW * writers, self.events), writers))
            some += [random.randrange(min(start + 1, self.events)) for _ in range(int(len(some) * _TWICE))]
            random.shuffle(some)
            order += some
        return order
