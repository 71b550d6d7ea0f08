"""The calls of the usage benchmarks: a few organizations at work, the same ones each time."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from usage.calls import Call, Outcome

MODELS = {"large": (270_000, 67_500, 850_000), "small": (180_000, 45_000, 590_000), "tiny": (20_000, 5_000, 40_000)}
ORGANIZATIONS = [UUID(int=number << 80 | 7 << 76 | 2 << 62) for number in range(1, 5)]
_NAMES = list(MODELS)
_PROJECTS, _KEYS = 3, 12  # of an organization
_STATUSES = (200,) * 96 + (400, 429, 429, 502)


def calls(
    number: int, *, start: datetime, span: timedelta, organizations: Sequence[UUID] = ORGANIZATIONS
) -> Iterator[Call]:
    """Yield calls in the order of their beginnings; what each is follows from its place alone."""
    chance, step = Random(3), span / number  # noqa: S311
    for place in range(number):
        began = start + step * place
        prompt, first = chance.randrange(200, 6000), chance.randrange(40, 900)
        key = chance.randrange(_KEYS)
        status = chance.choice(_STATUSES)
        completion = chance.randrange(600) if status == 200 else 0
        yield Call(
            id=UUID(int=int(began.timestamp() * 1000) << 80 | 7 << 76 | 2 << 62 | place),
            organization_id=organizations[chance.randrange(len(organizations))],
            project_id=UUID(int=key % _PROJECTS + 1),
            key_id=UUID(int=key + 1),
            model=_NAMES[chance.randrange(len(_NAMES))],
            started_at=began,
            status=status,
            outcome=Outcome.COMPLETED if status == 200 else Outcome.FAILED,
            prompt_tokens=prompt,
            cached_tokens=prompt * chance.randrange(4) // 4,
            completion_tokens=completion,
            latency_ms=first + completion * 7,
            first_token_ms=first if status == 200 else None,
            estimated=False,
        )


def with_some_twice(some: Sequence[Call], share: float = 0.05, window: int = 500) -> list[Call]:
    """Return calls as they come: out of order within a window, and some of them a second time."""
    chance, found = Random(5), list[Call]()  # noqa: S311
    for start in range(0, len(some), window):
        part = list(some[start : start + window])
        part += [some[chance.randrange(start + len(part))] for _ in range(int(len(part) * share))]
        chance.shuffle(part)
        found += part
    return found


def make_models() -> None:
    """Make the models of the calls, with their prices."""
    from datetime import UTC

    from catalog.models import Model

    for name, (fresh, cached, output) in MODELS.items():
        model = Model.objects.create(name=name, title=name, upstream_name=name)
        rates = {"input_rate": fresh, "cached_input_rate": cached, "output_rate": output}
        model.prices.create(version=1, effective_from=datetime(2020, 1, 1, tzinfo=UTC), **rates)
