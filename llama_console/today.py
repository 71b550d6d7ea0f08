"""Today at a glance: figures since midnight UTC with a spark line by hour, and the newest calls."""

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from catalog.models import Model
from catalog.money import dollars
from keys.models import ApiKey
from usage import figures
from usage.measures import MEASURES
from usage.models import UsageEvent
from usage.periods import PRESETS, Period
from usage.queries import Metric, Projects, Question, Where, overall, recent_events, totals, without
from usage.sums import Sums

_RECENT = 8


def kpis(organization_id: UUID, now: datetime, projects: Projects) -> list[dict[str, Any]]:
    """Return the last 24 hours, and how those of them that are over compare with the same ones of the day before."""
    period = Period.ending(PRESETS["24h"], now)
    question = Question(organization_id, period, where=Where(projects))
    found, over = totals(question), replace(period.previous(), count=period.count - 1)
    whole, before = without(found, period.buckets[-1]), overall(replace(question, period=over))
    hours = [_hour(found.cells, bucket) for bucket in period.buckets]
    sums = found.overall
    latency = figures.duration(_latency(sums)) if sums.requests else "–"
    tokens = f"{figures.compact(sums.prompt_tokens)} / {figures.compact(sums.completion_tokens)}"
    return [
        _kpi(_("Spend, 24 hours"), dollars(sums.amount), whole, before, hours, MEASURES["spend"].of),
        _kpi(_("Tokens, in / out"), tokens, whole, before, hours, MEASURES["tokens"].of),
        _kpi(_("Requests"), figures.count(sums.requests), whole, before, hours, MEASURES["requests"].of),
        _kpi(_("Average latency"), latency, whole, before, hours, _latency),
    ]


def recent(organization_id: UUID, projects: Projects) -> list[dict[str, Any]]:
    events = recent_events(organization_id, limit=_RECENT, projects=projects)
    names = dict(ApiKey.objects.filter(pk__in={event.key_id for event in events}).values_list("pk", "name"))
    titles = dict(Model.objects.values_list("name", "title"))
    return [
        _call(event, titles.get(event.model, event.model), names.get(event.key_id, _("deleted key")))
        for event in events
    ]


def _call(event: UsageEvent, model: str, key: str) -> dict[str, Any]:
    return {
        "time": event.started_at,
        "model": model,
        "key": key,
        "prompt": figures.exact(event.prompt_tokens),
        "completion": figures.exact(event.completion_tokens),
        "cost": dollars(event.amount),
        "latency": figures.duration(event.latency_ms),
        "status": event.status,
        "ok": event.status < 400,
        "note": "" if event.outcome == "completed" else event.outcome,
    }


def _hour(cells: dict[tuple[datetime, str], Sums], bucket: datetime) -> Sums:
    whole = Sums()
    for (moment, _group), sums in cells.items():
        if moment == bucket:
            whole.add(sums)
    return whole


def _latency(sums: Sums) -> int:
    return sums.latency_ms // sums.requests if sums.requests else 0


def _kpi(name: str, value: str, now: Sums, before: Sums, hours: list[Sums], metric: Metric) -> dict[str, Any]:
    return {
        "name": name,
        "value": value,
        "delta": figures.change(metric(now), metric(before)),
        "tone": "flat",
        "versus": _("vs the 24 hours before") if metric(before) else _("nothing to compare with"),
        "spark": _spark([metric(hour) for hour in hours]),
    }


def _spark(values: list[int]) -> dict[str, str] | None:
    """Return the points of a line and its area in a box of 100 by 30."""
    highest = max(values)
    if not highest:
        return None
    step = 100 / (len(values) - 1)
    line = " ".join(f"{index * step:.1f},{28 - 26 * value / highest:.1f}" for index, value in enumerate(values))
    return {"line": line, "area": f"0,30 {line} 100,30"}
