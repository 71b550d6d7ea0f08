"""Carrying out what the outbox intends: inline while somebody waits, by the worker otherwise.

Nothing here runs inside a transaction of its caller: Stripe is asked after the commit, and under no lock.
"""

import logging
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.utils import timezone

from billing.models import Deed, IntentState, StripeIntent
from billing.rail import errors, outbox
from billing.rail.errors import Mismatch, RailError
from billing.rail.waits import is_enough

log = logging.getLogger(__name__)
Carrier = Callable[[StripeIntent], Any]
_Carrier = TypeVar("_Carrier", bound=Carrier)
_Made = TypeVar("_Made")
_PATIENCE, _LOOK_AGAIN = 8.0, 0.1  # seconds
_carriers: dict[str, Carrier] = {}


def carries(deed: Deed) -> Callable[[_Carrier], _Carrier]:
    """Register who carries out a deed; it may be called again at any point, and then goes on from what is there."""

    def register(carrier: _Carrier) -> _Carrier:
        _carriers[deed] = carrier
        return carrier

    return register


def carry_out_awaited(intent_id: UUID) -> Any:
    """Carry out an intent that somebody waits for, as `carry_out` does; or see it done by who is at it already."""
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            return carry_out(intent_id)
        except RailError as error:
            if error.code != errors.TAKEN or time.monotonic() > until:
                raise
        time.sleep(_LOOK_AGAIN)


def carry_out(intent_id: UUID, now: datetime | None = None) -> Any:
    """Carry out an intent now, and return what its carrier does; None if it was done before.

    RailError if it is not done: it is then tried again by the worker, unless the error is permanent.
    """
    now = now or timezone.now()
    intent = outbox.claim(intent_id, now)
    if intent is None:
        return _already(StripeIntent.objects.get(pk=intent_id))
    if is_enough(intent.attempts - 1, intent.created_at, now):  # each of its workers died
        outbox.park(intent, intent.error or "worker-lost", now)
        return _already(intent)
    try:
        done = _carriers[intent.kind](intent)
    except RailError as error:
        outbox.put_off(intent, error, now)
        raise
    except Mismatch as mismatch:
        outbox.park(intent, mismatch.reason, now)
        raise RailError("What Stripe has does not fit.", mismatch.reason, permanent=True) from None
    except Exception:  # a mistake of ours must not cost the intent
        outbox.put_off(intent, RailError("This failed.", "failed", permanent=False), now)
        raise
    outbox.finish(intent, timezone.now())
    return done


def carry_out_due(now: datetime | None = None) -> int:
    """Carry out what is due, and return how much of it came to an end."""
    ended = 0
    for intent_id in outbox.due(now or timezone.now()):
        try:
            carry_out(intent_id, now)
            ended += 1
        except RailError as error:
            log.info("intent %s not done: %s", intent_id, error.code)
            ended += error.permanent
            if error.code in {errors.AWAY, errors.UNKNOWN}:  # the others would only wait for it, too
                break
        except Exception as error:
            log.error("intent %s failed: %s", intent_id, type(error).__name__)
    return ended


def once(intent: StripeIntent, find: Callable[[datetime], _Made | None], make: Callable[[str], _Made]) -> _Made:
    """Make something at Stripe that is not there yet: under the intent's key, or after a look where that ended."""
    now = timezone.now()
    if intent.must_look_first(now):
        if found := find(intent.created_at):
            return found
        outbox.renew_key(intent, now)
    return make(intent.key)


def freshen_key(intent: StripeIntent) -> None:
    """Take a new key where the old one ended: for requests that go by what Stripe has, and cannot be done twice."""
    now = timezone.now()
    if intent.must_look_first(now):
        outbox.renew_key(intent, now)


def _already(intent: StripeIntent) -> None:
    if intent.state == IntentState.DONE:
        return
    if intent.is_open:
        raise RailError("This is being done at this moment.", errors.TAKEN, permanent=False)
    raise RailError("The payment provider refused this.", intent.error, permanent=True)
