"""What of keys is forgotten in time."""

from celery import shared_task

from keys import changes, refusals, uses


@shared_task(name="keys.purge_changes")
def purge_changes() -> None:
    changes.purge()


@shared_task(name="keys.purge_uses")
def purge_uses() -> None:
    uses.purge()


@shared_task(name="keys.purge_refusals")
def purge_refusals() -> None:
    refusals.purge()
