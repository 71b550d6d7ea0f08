from celery import shared_task
from django.utils import timezone

from billing import holds, sweeping
from billing.invoices.closing import close_due


@shared_task(name="billing.sweep_holds")
def sweep_holds() -> None:
    holds.sweep()


@shared_task(name="billing.expire_credit")
def expire_credit() -> None:
    sweeping.expire_credit()


@shared_task(name="billing.close_invoices")
def close_invoices() -> None:
    close_due(timezone.now())
