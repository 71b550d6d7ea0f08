"""Live counters of limits, as the gateway enforces them: asked of it, never guessed.

The one place that knows where they are and what they look like. Nobody waits long for them: where there is no answer,
a page shows a dash and says so.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from http.client import HTTPException
from typing import Protocol
from urllib.request import ProxyHandler, Request, build_opener
from uuid import UUID

from django.conf import settings

PATH = "/internal/counters"
_PATIENCE = 1.0  # seconds
_MOST = 1_000_000  # bytes
# The gateway is a neighbour, whatever proxy the environment names.
_direct = build_opener(ProxyHandler({}))


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit: whose, for which model ("" for all), of which kind such as requests_per_minute, and how high."""

    subject_id: UUID
    model: str
    kind: str
    most: int


@dataclass(frozen=True, slots=True)
class Standing:
    """What counts against a limit now, and in how many seconds nothing does any more."""

    used: int
    resets_in: float


class Counters(Protocol):
    """Tells how limits stand, in the order in which they are asked for; None where nobody answers."""

    def __call__(self, limits: Sequence[Limit]) -> list[Standing] | None: ...


def live_counters(limits: Sequence[Limit]) -> list[Standing] | None:
    """Ask the gateway, in one request."""
    if not limits:
        return []
    asked = [
        {"subject_id": str(limit.subject_id), "model": limit.model, "kind": limit.kind, "limit": limit.most}
        for limit in limits
    ]
    headers = {"Authorization": f"Bearer {settings.GATEWAY_TOKEN}", "Content-Type": "application/json"}
    request = Request(f"{settings.GATEWAY_URL}{PATH}", json.dumps(asked).encode(), headers)  # noqa: S310  http(s)
    try:
        with _direct.open(request, timeout=_PATIENCE) as answer:
            told = json.loads(answer.read(_MOST))
            found = [Standing(int(each["limit"]) - int(each["remaining"]), float(each["resets_in"])) for each in told]
    except (OSError, HTTPException, ValueError, KeyError, TypeError):
        return None
    return found if len(found) == len(limits) else None
