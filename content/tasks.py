from celery import shared_task
from django.utils import timezone

from content import actions


@shared_task(name="content.purge_expired")
def purge_expired() -> None:
    actions.purge_expired(timezone.now())
