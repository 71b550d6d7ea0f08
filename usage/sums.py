"""Sums of calls: what a bucket of the rollup holds, and what totals of buckets are."""

from dataclasses import dataclass


@dataclass(slots=True)
class Sums:
    """Totals of some calls; tokens are counts, the amount is pico-dollars, latency a sum of milliseconds."""

    requests: int = 0
    errors: int = 0
    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0
    latency_ms: int = 0
    amount: int = 0

    def add(self, other: "Sums") -> None:
        for name in NAMES:
            setattr(self, name, getattr(self, name) + getattr(other, name))

    @property
    def tokens(self) -> int:
        return self.prompt_tokens + self.completion_tokens


NAMES = tuple(Sums.__dataclass_fields__)
