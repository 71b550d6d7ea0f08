"""Asking Stripe what became of top-ups, without being told: after their time, and when an operator wants it."""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from billing.actions.topup_ends import expire_top_up
from billing.models import Deed, Origin, StripeIntent, TopUp, TopUpStatus
from billing.rail.bills import get_bill
from billing.rail.carrying import carry_out
from billing.rail.checkouts import get_checkout
from billing.rail.effects.topups import settle_bill, settle_checkout
from billing.rail.errors import Mismatch, RailError
from billing.rail.outbox import intend

log = logging.getLogger(__name__)
_AGAIN = timedelta(hours=1)  # until something that is still under way is asked for again
_BACK = timedelta(days=60)
_BATCH = 20


def end_overdue(now: datetime | None = None) -> int:
    """See what became of pending top-ups whose time is over, and return how many came to an end."""
    now = now or timezone.now()
    overdue = list(TopUp.objects.overdue(now).order_by("expires_at")[:_BATCH])
    return sum(_ended(top_up, now) for top_up in overdue)


def resync(organization_id: UUID) -> dict[str, int]:
    """Do what waits to be done at Stripe for an organization, and ask for everything of it that is not paid.

    Return counts by what became of it; an error of Stripe's is one of them.
    """
    counts: dict[str, int] = {}
    for outcome in (*_carried_out(organization_id), *_looked_up(organization_id)):
        counts[outcome] = counts.get(outcome, 0) + 1
    return counts


def look_up(top_up: TopUp, *, is_overdue: bool = False) -> None:
    """Ask for a top-up's session or invoice, and carry over what became of it; Mismatch, which is noted, RailError."""
    try:
        if top_up.origin == Origin.CHECKOUT and top_up.stripe_session:
            settle_checkout(get_checkout(top_up.stripe_session))
        elif top_up.stripe_invoice:
            settle_bill(get_bill(top_up.stripe_invoice), is_overdue=is_overdue)
    except Mismatch as mismatch:
        log.error("top-up %s does not fit: %s", top_up.pk, mismatch.reason)
        TopUp.objects.filter(pk=top_up.pk).exclude(status=TopUpStatus.PAID).update(failure=mismatch.reason)
        raise


def _ended(top_up: TopUp, now: datetime) -> bool:
    # Whatever it is that holds it up is asked for again later, and does not keep others waiting.
    TopUp.objects.filter(pk=top_up.pk).update(expires_at=now + _AGAIN)
    if top_up.origin == Origin.CHECKOUT and not top_up.stripe_session:
        expire_top_up(top_up.pk)  # nobody was ever sent to a page for it
        return True
    outcome = _outcome(partial(look_up, top_up, is_overdue=True))
    top_up.refresh_from_db()
    if top_up.is_pending and outcome == "done" and top_up.origin == Origin.CHECKOUT:
        with transaction.atomic():
            intend(Deed.EXPIRY, top_up.organization_id, top_up.pk)
    return not top_up.is_pending


def _carried_out(organization_id: UUID) -> Iterable[str]:
    waiting = StripeIntent.objects.unleased(timezone.now()).filter(organization_id=organization_id).order_by("pk")
    for intent_id in list(waiting.values_list("pk", flat=True)):
        yield _outcome(partial(carry_out, intent_id))


def _looked_up(organization_id: UUID) -> Iterable[str]:
    unpaid = TopUp.objects.of(organization_id).exclude(status=TopUpStatus.PAID)
    for top_up in list(unpaid.filter(created_at__gte=timezone.now() - _BACK).order_by("pk")):
        yield _outcome(partial(look_up, top_up))


def _outcome(act: Callable[[], object]) -> str:
    try:
        act()
    except Mismatch as mismatch:
        return mismatch.reason
    except RailError as error:
        return error.code
    return "done"
