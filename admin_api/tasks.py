from celery import shared_task
from django.utils import timezone

from admin_api.frame import once


@shared_task(name="admin_api.purge_repeats")
def purge_repeats() -> None:
    once.purge(timezone.now())
