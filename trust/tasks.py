from celery import shared_task
from django.utils import timezone

from accounts.actions import exports
from trust.archive.gathering import gather
from trust.openings import tell_openings
from trust.requests.retention import purge_shortened


@shared_task(name="trust.tell_openings")
def tell_of_openings() -> None:
    tell_openings(timezone.now())


@shared_task(name="trust.make_exports")
def make_exports() -> None:
    exports.make_exports(gather, timezone.now())


@shared_task(name="trust.purge_exports")
def purge_exports() -> None:
    exports.purge(timezone.now())


@shared_task(name="trust.purge_shortened")
def purge_what_is_kept_no_longer() -> None:
    purge_shortened(timezone.now())
