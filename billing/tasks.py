from celery import shared_task

from billing import holds, sweeping


@shared_task(name="billing.sweep_holds")
def sweep_holds() -> None:
    holds.sweep()


@shared_task(name="billing.expire_credit")
def expire_credit() -> None:
    sweeping.expire_credit()
