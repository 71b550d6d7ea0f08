"""Ninety days of plausible calls: busy on workdays, quiet at night, growing, sometimes failing. The same every time."""

import math
import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from accounts.models import Organization
from keys.models import ApiKey
from usage.calls import Call, Outcome

DAYS = 90
_SEED = 7
_MAVERICK, _SCOUT = "Llama-4-Maverick-17B-128E-Instruct-FP8", "Llama-4-Scout-17B-16E-Instruct-FP8"
_70B, _8B = "Llama-3.3-70B-Instruct", "Llama-3.3-8B-Instruct"


@dataclass(frozen=True, slots=True)
class KeyTraffic:
    """How a key is used: calls on a workday, which models, and the usual size of a prompt and an answer."""

    name: str
    project: str
    calls_a_day: int
    models: tuple[tuple[str, int], ...]  # with weights
    prompt: int
    completion: int
    weekends: float = 0.4


KEYS = (
    KeyTraffic("support-bot", "Platform", 130, ((_MAVERICK, 5), (_SCOUT, 4), (_8B, 1)), 3800, 420, weekends=0.8),
    KeyTraffic("docs-search", "Platform", 90, ((_SCOUT, 6), (_8B, 3)), 6200, 260),
    KeyTraffic("ci-runner", "Platform", 40, ((_8B, 8), (_SCOUT, 1)), 900, 180, weekends=0.1),
    KeyTraffic("batch-eval", "Research", 50, ((_70B, 7), (_MAVERICK, 3)), 9400, 900, weekends=1.0),
    KeyTraffic("notebook", "Research", 15, ((_70B, 3), (_MAVERICK, 2), (_SCOUT, 1)), 1800, 640, weekends=0.2),
)


def replay(organization: Organization, now: datetime) -> list[Call]:
    """Return the calls of the last ninety days up to `now`, oldest first."""
    chance = random.Random(_SEED)  # noqa: S311  scenery, not a secret
    keys = {key.name: key for key in ApiKey.objects.of(organization)}
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    days = [midnight - timedelta(days=back) for back in reversed(range(DAYS))]
    moments = [
        (_moment(day, chance), traffic)
        for index, day in enumerate(days)
        for traffic in KEYS
        for _ in range(_calls(traffic, day, index, chance))
    ]
    return [
        _call(organization, keys[traffic.name], traffic, moment, chance)
        for moment, traffic in sorted(moments, key=lambda pair: pair[0])
        if moment < now
    ]


def _calls(traffic: KeyTraffic, day: datetime, index: int, chance: random.Random) -> int:
    growth = 0.6 + 0.8 * index / DAYS
    weekend = traffic.weekends if day.weekday() >= 5 else 1.0
    return round(traffic.calls_a_day * growth * weekend * chance.uniform(0.75, 1.25))


def _moment(day: datetime, chance: random.Random) -> datetime:
    hour = min(max(chance.gauss(13.5, 4.2), 0), 23.99)
    return day + timedelta(hours=hour, microseconds=chance.randrange(1000))


def _call(organization: Organization, key: ApiKey, traffic: KeyTraffic, at: datetime, chance: random.Random) -> Call:
    names, weights = zip(*traffic.models, strict=True)
    failed = chance.random() < 0.004
    left = not failed and chance.random() < 0.006
    prompt = _size(traffic.prompt, chance)
    completion = 0 if failed else _size(traffic.completion, chance)
    first_token = round(chance.lognormvariate(5.3, 0.35))
    return Call(
        id=_uuid7(at, chance),
        organization_id=organization.pk,
        project_id=key.project_id,
        key_id=key.pk,
        model=chance.choices(names, weights)[0],
        started_at=at,
        status=502 if failed else 499 if left else 200,
        outcome=Outcome.FAILED if failed else Outcome.DISCONNECTED if left else Outcome.COMPLETED,
        prompt_tokens=0 if failed else prompt,
        cached_tokens=0 if failed else round(prompt * chance.choice((0, 0, 0.25, 0.5))),
        completion_tokens=completion,
        latency_ms=first_token + completion * 6,
        first_token_ms=None if failed else first_token,
        estimated=left,
    )


def _size(usual: int, chance: random.Random) -> int:
    return max(1, round(usual * chance.lognormvariate(0, 0.5)))


def _uuid7(moment: datetime, chance: random.Random) -> UUID:
    milliseconds = math.floor(moment.timestamp() * 1000)
    return UUID(int=milliseconds << 80 | 7 << 76 | chance.getrandbits(12) << 64 | 2 << 62 | chance.getrandbits(62))
