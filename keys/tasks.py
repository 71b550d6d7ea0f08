"""The worker's part: reports of leaked keys, reminders, and what is forgotten in time."""

from celery import shared_task
from django.utils import timezone

from keys import changes, leaks, refusals, reminders, uses


@shared_task(name="keys.carry_out_leak_reports")
def carry_out_leak_reports() -> None:
    leaks.carry_out_reports()


@shared_task(name="keys.remind")
def remind() -> None:
    reminders.remind(timezone.now())


@shared_task(name="keys.purge_changes")
def purge_changes() -> None:
    changes.purge()


@shared_task(name="keys.purge_uses")
def purge_uses() -> None:
    uses.purge()


@shared_task(name="keys.purge_refusals")
def purge_refusals() -> None:
    refusals.purge()
