"""The worker's part: reports of leaked keys, and reminders."""

from celery import shared_task
from django.utils import timezone

from keys import leaks, reminders


@shared_task(name="keys.carry_out_leak_reports")
def carry_out_leak_reports() -> None:
    leaks.carry_out_reports()


@shared_task(name="keys.remind")
def remind() -> None:
    reminders.remind(timezone.now())
