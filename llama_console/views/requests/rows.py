"""Calls as lines of the list."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from uuid import UUID

from catalog.money import dollars
from llama_console.views.requests.selection import OUTCOMES
from usage import figures
from usage.models import UsageEvent

_CLIENT_LEFT = 499
_SHOWN = 8  # the last characters of an id; the first are the time


@dataclass(frozen=True, slots=True)
class Row:
    """A call as the list shows it."""

    at: datetime
    url: str
    id: str
    hint: str
    model: str
    project: str
    key: str
    status: str
    tone: str
    outcome: str
    prompt: str
    completion: str
    estimated: bool
    latency: str
    cost: str
    kept: bool


def rows(
    events: Iterable[UsageEvent], kept: set[UUID], projects: Mapping[UUID, str], keys: Mapping[UUID, str], base: str
) -> list[Row]:
    """Return the lines; `base` is the address of the list."""
    return [
        Row(
            at=event.started_at,
            url=f"{base}{event.pk}/",
            id=str(event.pk),
            hint=f"…{str(event.pk)[-_SHOWN:]}",
            model=event.model,
            project=projects.get(event.project_id, ""),
            key=keys.get(event.key_id, ""),
            status=status(event),
            tone=tone(event),
            outcome=str(OUTCOMES.get(event.outcome, event.outcome)),
            prompt=figures.exact(event.prompt_tokens),
            completion=figures.exact(event.completion_tokens),
            estimated=event.estimated,
            latency=figures.duration(event.latency_ms),
            cost=dollars(event.amount),
            kept=event.pk in kept,
        )
        for event in events
    ]


def status(event: UsageEvent) -> str:
    """Return the number with its words, as HTTP has them."""
    if event.status == _CLIENT_LEFT:
        return f"{event.status} Client left"
    try:
        return f"{event.status} {HTTPStatus(event.status).phrase}"
    except ValueError:
        return str(event.status)


def tone(event: UsageEvent) -> str:
    if event.status >= 500 or event.outcome == "failed":
        return "bad"
    return "warn" if event.status >= 400 or event.outcome != "completed" else "ok"
