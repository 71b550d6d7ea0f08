from celery import shared_task
from django.utils import timezone

from billing.invoices.closing import close_due


@shared_task(name="billing.close_invoices")
def close_invoices() -> None:
    close_due(timezone.now())
