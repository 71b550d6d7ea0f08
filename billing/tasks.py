"""The worker's part: what is due at Stripe and from it, balances that run low, and what ends by itself."""

from collections.abc import Callable
from threading import Lock

from celery import shared_task
from django.utils import timezone

from billing import (
    anomalies,
    budget_alerts,
    budget_forecasts,
    cap_alerts,
    credit_expiry,
    farewell,
    forgetting,
    holds,
    low_balance,
    sweeping,
)
from billing.actions import collecting, dunning, recharge
from billing.actions.payments import RECONCILE
from billing.invoices import closing
from billing.rail import carrying, inbox, lookups, retention
from billing.reconcile import running

_ROUNDS = 20  # so that much that waits does not wait for the next turn after each batch
_carrying, _applying = Lock(), Lock()


@shared_task(name="billing.sweep_holds")
def sweep_holds() -> None:
    holds.sweep()


@shared_task(name="billing.expire_credit")
def expire_credit() -> None:
    sweeping.expire_credit()


@shared_task(name="billing.close_invoices")
def close_invoices() -> None:
    closing.close_due(timezone.now())


@shared_task(name="billing.carry_out_intents")
def carry_out_intents() -> None:
    _in_rounds(carrying.carry_out_due, _carrying)


@shared_task(name="billing.apply_events")
def apply_events() -> None:
    _in_rounds(inbox.apply_due, _applying)


@shared_task(name="billing.watch_balances")
def watch_balances() -> None:
    recharge.recharge_due()
    low_balance.warn()
    cap_alerts.warn_of_caps()
    budget_alerts.warn_of_budgets()


@shared_task(name="billing.watch_spending")
def watch_spending() -> None:
    budget_forecasts.warn_of_forecasts()
    anomalies.warn_of_anomalies()


@shared_task(name="billing.end_top_ups")
def end_top_ups() -> None:
    lookups.end_overdue()


@shared_task(name="billing.collect_invoices")
def collect_invoices() -> None:
    collecting.collect_due()


@shared_task(name="billing.suspend_overdue")
def suspend_overdue() -> None:
    dunning.suspend_overdue(timezone.now())


@shared_task(name="billing.warn_of_expiry")
def warn_of_expiry() -> None:
    credit_expiry.warn_of_expiry()


@shared_task(name="billing.forget_erased")
def forget_erased() -> None:
    farewell.forget_erased()


@shared_task(name="billing.forget_calls")
def forget_calls() -> None:
    forgetting.forget_calls(timezone.now())


@shared_task(name=RECONCILE)
def reconcile() -> None:
    running.reconcile(running.RECONCILER)


@shared_task(name="billing.purge_rail")
def purge_rail() -> None:
    retention.purge()


def _in_rounds(act: Callable[[], int], alone: Lock) -> None:
    """Act until nothing is done any more; one at a time in a process, so that a slow Stripe does not take all of it."""
    if alone.acquire(blocking=False):
        try:
            any(not act() for _ in range(_ROUNDS))
        finally:
            alone.release()
