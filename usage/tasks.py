"""The worker's part: forgetting minutes and ingest errors, and the tables of months to come."""

from celery import shared_task
from django.utils import timezone

from usage import ingest_errors, partitions, purging


@shared_task(name="usage.purge_minutes")
def purge_minutes() -> None:
    purging.purge_minutes(timezone.now())


@shared_task(name="usage.purge_ingest_errors")
def purge_ingest_errors() -> None:
    ingest_errors.purge(timezone.now())


@shared_task(name="usage.make_months")
def make_months() -> None:
    partitions.make_months(timezone.now())
