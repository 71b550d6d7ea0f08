"""The verbs of the outbox to Stripe: intend, claim, finish, put off.

An intent is written in the transaction that wants it and carried out after its commit, under a lease: a worker that
dies lets it run out, and the next one sends the same request under the same key. What Stripe does not take now is
tried again for more than a day; what is left then is parked, where operators see it. While somebody waits, one try is
made at once, without regard to when the next would be due.
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from billing.models import Deed, IntentState, StripeIntent
from billing.models.stripe_intent import new_key
from billing.rail import errors
from billing.rail.errors import RailError
from billing.rail.waits import is_enough, wait_after
from notifications.nudge import nudge

log = logging.getLogger(__name__)
LEASE = timedelta(seconds=120)  # longer than any deed's requests take together
CARRY_OUT = "billing.carry_out_intents"
_HEAD_START = timedelta(seconds=60)
_BATCH = 20


def intend(deed: Deed, organization_id: UUID, subject_id: UUID, *, is_awaited: bool = False) -> StripeIntent:
    """Write down what is to be done once the surrounding transaction commits; what is there already stays.

    What is awaited is left for a while to whoever carries it out at once: the worker does not take it from them.
    """
    first = timezone.now() + (_HEAD_START if is_awaited else timedelta())
    intent, is_new = StripeIntent.objects.get_or_create(
        kind=deed, subject_id=subject_id, defaults={"organization_id": organization_id, "next_at": first}
    )
    if is_new and not is_awaited:
        transaction.on_commit(partial(nudge, CARRY_OUT), robust=True)
    return intent


def due(now: datetime) -> list[UUID]:
    return list(StripeIntent.objects.due(now).values_list("pk", flat=True)[:_BATCH])


def claim(intent_id: UUID, now: datetime) -> StripeIntent | None:
    """Lease an open intent; None if it is done, or somebody else is at it.

    RuntimeError inside a transaction of the caller, which would hold its locks meanwhile, and could take back the note
    of what Stripe has done.
    """
    with transaction.atomic(durable=True):
        if not StripeIntent.objects.filter(pk=intent_id).unleased(now).claim(now, LEASE):
            return None
        return StripeIntent.objects.get(pk=intent_id)


def renew_key(intent: StripeIntent, now: datetime) -> None:
    """Take a new key, after a look has shown that nothing was made under the old one."""
    intent.key, intent.first_sent_at, intent.is_key_spent = new_key(), now, False
    intent.save(update_fields=["key", "first_sent_at", "is_key_spent"])


def finish(intent: StripeIntent, now: datetime) -> None:
    _end(intent, IntentState.DONE, "", now)


def put_off(intent: StripeIntent, error: RailError, now: datetime) -> None:
    """Note why it was not done: it is tried again, or is over if that cannot help."""
    if error.permanent:
        _end(intent, IntentState.REFUSED, error.code, now)
    elif is_enough(intent.attempts, intent.created_at, now):
        park(intent, error.code, now)
    else:
        intent.next_at, intent.leased_until = now + wait_after(intent.attempts), None
        intent.error, intent.is_key_spent = error.code, intent.is_key_spent or error.code == errors.BROKEN
        intent.save(update_fields=["next_at", "leased_until", "error", "is_key_spent"])


def park(intent: StripeIntent, code: str, now: datetime) -> None:
    log.error("intent %s (%s) parked after %d tries: %s", intent.pk, intent.kind, intent.attempts, code)
    _end(intent, IntentState.PARKED, code, now)


def retry(intent_ids: Sequence[UUID]) -> int:
    """Let parked intents try again from the start; return how many."""
    parked = StripeIntent.objects.parked().filter(pk__in=intent_ids)
    again = parked.update(state=IntentState.OPEN, attempts=0, next_at=timezone.now(), leased_until=None, done_at=None)
    if again:
        transaction.on_commit(partial(nudge, CARRY_OUT), robust=True)
    return again


def _end(intent: StripeIntent, state: IntentState, code: str, now: datetime) -> None:
    intent.state, intent.error, intent.done_at, intent.leased_until = state, code, now, None
    intent.save(update_fields=["state", "error", "done_at", "leased_until"])
