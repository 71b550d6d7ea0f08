"""The worker's part: what is due at Stripe and from it, balances that run low, and what ends by itself."""

from celery import shared_task

from billing import holds, low_balance, sweeping
from billing.actions import recharge
from billing.rail import carrying, inbox, lookups, retention

_ROUNDS = 20  # so that much that waits does not wait for the next turn after each batch


@shared_task(name="billing.sweep_holds")
def sweep_holds() -> None:
    holds.sweep()


@shared_task(name="billing.expire_credit")
def expire_credit() -> None:
    sweeping.expire_credit()


@shared_task(name="billing.carry_out_intents")
def carry_out_intents() -> None:
    any(not carrying.carry_out_due() for _ in range(_ROUNDS))


@shared_task(name="billing.apply_events")
def apply_events() -> None:
    any(not inbox.apply_due() for _ in range(_ROUNDS))


@shared_task(name="billing.watch_balances")
def watch_balances() -> None:
    recharge.recharge_due()
    low_balance.warn()


@shared_task(name="billing.end_top_ups")
def end_top_ups() -> None:
    lookups.end_overdue()


@shared_task(name="billing.purge_rail")
def purge_rail() -> None:
    retention.purge()
