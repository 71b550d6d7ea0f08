"""The verbs of the inbox from Stripe: take what it tells, then ask and apply.

An event is no more than a hint that an object changed. It is kept before it is answered, and a worker asks Stripe for
the object and applies its effect, which is bound to a key of our own. So events may come twice, late, in any order or
never, and a worker may die at any point. No lock is held while Stripe is asked: an effect takes the account's lock and
never goes back behind one that came before.
"""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.utils import timezone

from billing.models import EventState, StripeEvent
from billing.rail import errors
from billing.rail.client import Told, ask, event_of, is_live, told
from billing.rail.effects import EFFECTS
from billing.rail.errors import Mismatch, RailError
from billing.rail.waits import MOST_ATTEMPTS, wait_after
from notifications.nudge import nudge

log = logging.getLogger(__name__)
LEASE = timedelta(seconds=60)
APPLY = "billing.apply_events"
_BATCH = 50


def receive(body: bytes, signature: str) -> bool:
    """Keep what a webhook tells; False if it was known. RailError if Stripe did not sign it, or it is no event."""
    return keep(told(body, signature))


def apply_due(now: datetime | None = None) -> int:
    """Apply what is due, and return how many events had their effect."""
    now = now or timezone.now()
    applied = 0
    for event_id in list(StripeEvent.objects.due(now).values_list("pk", flat=True)[:_BATCH]):
        applied += apply(event_id, now) == EventState.DONE
        if _is_silent(event_id):  # Stripe is away, or slow: the others would only wait for it, too
            break
    return applied


def _is_silent(event_id: str) -> bool:
    """Tell whether an event waits because Stripe did not answer; others wait for something of their own."""
    waiting = StripeEvent.objects.filter(pk=event_id, state=EventState.RECEIVED)
    return waiting.exclude(reason=errors.BUSY).exists()


def apply(event_id: str, now: datetime | None = None) -> EventState:
    """Apply one event, and return what became of it."""
    now = now or timezone.now()
    event = _claim(event_id, now)
    if event is None:
        return EventState(StripeEvent.objects.values_list("state", flat=True).get(pk=event_id))
    if event.attempts > MOST_ATTEMPTS:  # each of its workers died
        _end(event, EventState.FAILED, event.reason or "worker-lost")
        return EventState.FAILED
    try:
        if event.livemode != is_live():
            raise Mismatch("livemode")
        effect = EFFECTS.get(event.type)
        is_ours = effect is not None and effect(event.object_id)
    except Mismatch as mismatch:
        log.error("event %s (%s) quarantined: %s", event.pk, event.type, mismatch.reason)
        _end(event, EventState.QUARANTINED, mismatch.reason)
    except RailError as error:
        _put_off(event, error.code, permanent=error.permanent, now=now)
    except Exception as error:  # a mistake of ours must not cost the event
        log.error("event %s (%s) failed: %s", event.pk, event.type, type(error).__name__)
        _put_off(event, "failed", permanent=False, now=now)
    else:
        _end(event, EventState.DONE if is_ours else EventState.IGNORED)
    return EventState(event.state)


def replay(event_ids: Iterable[str]) -> dict[str, EventState]:
    """Apply events again, whether they came or not: what did not is asked of Stripe. RailError."""
    return {event_id: _replayed(event_id) for event_id in event_ids}


def _replayed(id: str) -> EventState:
    again = {"state": EventState.RECEIVED, "attempts": 0, "leased_until": None, "done_at": None}
    if not StripeEvent.objects.filter(pk=id).update(**again, next_at=timezone.now()):
        keep(event_of(ask(lambda v1: v1.events.retrieve(id))))
        StripeEvent.objects.filter(pk=id).update(state=EventState.RECEIVED)
    return apply(id)


def keep(event: Told) -> bool:
    """Keep what was told, or found in Stripe's list; False if it was known."""
    is_known = event.type in EFFECTS
    state = EventState.RECEIVED if is_known else EventState.IGNORED
    with transaction.atomic():
        _, is_new = StripeEvent.objects.get_or_create(
            pk=event.id,
            defaults={
                "type": event.type,
                "object_id": event.object_id,
                "created": event.created,
                "livemode": event.livemode,
                "state": state,
                "done_at": None if is_known else timezone.now(),
            },
        )
        if is_new and is_known:
            transaction.on_commit(partial(nudge, APPLY), robust=True)
    return is_new


def _claim(event_id: str, now: datetime) -> StripeEvent | None:
    with transaction.atomic():
        if not StripeEvent.objects.filter(pk=event_id).unleased(now).claim(now, LEASE):
            return None
        return StripeEvent.objects.get(pk=event_id)


def _put_off(event: StripeEvent, code: str, *, permanent: bool, now: datetime) -> None:
    if permanent:
        log.error("event %s (%s) quarantined: %s", event.pk, event.type, code)
        _end(event, EventState.QUARANTINED, code)
    elif event.attempts >= MOST_ATTEMPTS:
        log.error("event %s (%s) given up: %s", event.pk, event.type, code)
        _end(event, EventState.FAILED, code)
    else:
        event.next_at, event.leased_until, event.reason = now + wait_after(event.attempts), None, code
        event.save(update_fields=["next_at", "leased_until", "reason"])


def _end(event: StripeEvent, state: EventState, reason: str = "") -> None:
    event.state, event.reason, event.done_at, event.leased_until = state, reason[:40], timezone.now(), None
    event.save(update_fields=["state", "reason", "done_at", "leased_until"])
