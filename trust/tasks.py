from celery import shared_task
from django.utils import timezone

from trust.openings import tell_openings


@shared_task(name="trust.tell_openings")
def tell_of_openings() -> None:
    tell_openings(timezone.now())
