"""Events that never came: they are found in Stripe's list, put into the inbox and applied."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from billing.models import EventState, StripeEvent
from billing.rail import inbox
from billing.rail.client import Told
from billing.rail.effects import EFFECTS
from billing.rail.events import KEPT, events_since, undelivered
from billing.reconcile.report import Report

PATIENCE = timedelta(minutes=10)  # what is younger may be on its way
OVERLAP = timedelta(hours=1)  # with the run before
_OVER = (EventState.DONE, EventState.IGNORED)


def check_events(report: Report, since: datetime | None, now: datetime) -> None:
    """Take in what was missed since the run before, or in thirty days, and what Stripe could not deliver in these."""
    seen = set[str]()
    start = max(since - OVERLAP, now - KEPT) if since else now - KEPT
    for told in _all(start):
        if told.id not in seen and told.created <= now - PATIENCE:
            seen.add(told.id)
            _take_in(report, told, now)


def _all(start: datetime) -> Iterator[Told]:
    types = sorted(EFFECTS)
    yield from events_since(start, types)
    yield from undelivered(types)


def _take_in(report: Report, told: Told, now: datetime) -> None:
    report.look()
    if StripeEvent.objects.filter(pk=told.id).exists() or not inbox.keep(told):
        return
    state = inbox.apply(told.id, now)
    reason = StripeEvent.objects.values_list("reason", flat=True).get(pk=told.id)
    found = f"never came; {state.value} {reason}".strip()
    report.find(f"event: {told.type}", told.object_id, expected=told.id, found=found, is_repaired=state in _OVER)
