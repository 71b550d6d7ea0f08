"""What a call asks of the limits it meets, and what becomes of that: without Django, clocks or servers."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

from gateway.limits.gcra import Standing

if TYPE_CHECKING:
    from keys.verification import Rule

REQUESTS, TOKENS, CONCURRENT = "requests_per_minute", "tokens_per_minute", "concurrent"


@dataclass(frozen=True, slots=True)
class Bucket:
    """One limit that a call meets."""

    key: str  # tells its counter from all others
    level: str
    kind: str
    limit: int

    @property
    def rule(self) -> str:
        return f"{self.level}.{self.kind}"

    def cost(self, tokens: int) -> int:
        """Return how much of it a call uses that may use so many tokens."""
        return tokens if self.kind == TOKENS else 1


@dataclass(slots=True)
class Ticket:
    """What a call that was let through uses of its limits, until `settle` or `cancel`."""

    id: UUID
    buckets: tuple[Bucket, ...] = ()
    tokens: int = 0  # that were counted ahead
    standings: dict[str, Standing] = field(default_factory=dict)  # by kind, of the limit with the least left


@dataclass(frozen=True, slots=True)
class Over:
    """A call that is not let through: the limit it met, and how that stands."""

    bucket: Bucket
    standing: Standing


class Limiter(Protocol):
    """Counts calls against limits. All limits of a call let it through, or none counts it."""

    moved: int  # another number after each count

    async def start(self) -> None:
        """Begin, in the loop that serves."""

    async def stop(self) -> None:
        """Let what is under way be counted, and close."""

    async def admit(self, id: UUID, buckets: tuple[Bucket, ...], tokens: int) -> Ticket | Over:
        """Count a call that may use so many tokens, or say which limit it met."""

    def settle(self, ticket: Ticket, tokens: int) -> None:
        """End a call that used so many tokens; what was counted beyond comes back."""

    def cancel(self, ticket: Ticket) -> None:
        """Take a call back that did not run after all."""

    def rests(self, buckets: Iterable[Bucket]) -> bool:
        """Tell whether limits are whole, and known to stay so until `moved` is another number."""

    async def counters(self, buckets: Iterable[Bucket]) -> list[Standing]:
        """Return how limits stand now; for `concurrent`, of how many how many are free."""


def buckets_for(rules: "Iterable[Rule]", model: str) -> tuple[Bucket, ...]:
    """Return what a call of a model meets."""
    met: list[Bucket] = []
    for rule in rules:
        if rule.model and rule.model != model:
            continue
        place = f"{rule.subject_id.hex}:{rule.model}"
        if rule.requests_per_minute is not None:
            met.append(Bucket(f"{place}:r", rule.level, REQUESTS, rule.requests_per_minute))
        if rule.tokens_per_minute is not None:
            met.append(Bucket(f"{place}:t", rule.level, TOKENS, rule.tokens_per_minute))
        if rule.concurrent is not None:
            met.append(Bucket(f"{place}:c", rule.level, CONCURRENT, rule.concurrent))
    return tuple(met)
