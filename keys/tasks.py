from celery import shared_task

from keys import refusals


@shared_task(name="keys.purge_refusals")
def purge_refusals() -> None:
    refusals.purge()
