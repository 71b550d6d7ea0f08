"""Caps against SMS pumping: strangers who have us send texts to numbers that pay them for each.

A text is counted for its person, its number and its country when it is sent, and for the address that asked for it when
it is put. Windows begin on the hour and at midnight UTC, so at their seam up to twice a cap may go. Counters hold
fingerprints and calling codes; no number.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from notifications import fingerprints
from notifications.failure import DeliveryError
from notifications.models import SmsCount
from notifications.sms.numbers import calling_code
from notifications.sms.refusals import UNANSWERED

CAPPED = "sms-capped"
_KEPT = timedelta(days=2)  # longer than any window


class Counter(NamedTuple):
    scope: str
    key: str
    start: datetime


def source_of(address: str) -> str:
    """Return what `outbox.put` takes for a requesting address: opaque, and the same each time."""
    return fingerprints.of_other("source", address)


def admits_source(source: str) -> bool:
    """Count a text for whoever asked for it; False if they asked too often."""
    return _take(_counters("source", source))


@contextmanager
def counted(person: UUID, number: str) -> Iterator[None]:
    """Count a text around its sending, or raise DeliveryError `sms-capped` without counting.

    What surely did not go out and will be tried again is not counted; after a silence of the provider it is.
    """
    counters = [
        *_counters("person", fingerprints.of_other("person", str(person))),
        *_counters("number", fingerprints.of_number(number)),
        *_counters("country", calling_code(number)),
    ]
    if not _take(counters):
        raise DeliveryError(CAPPED, permanent=True)
    try:
        yield
    except DeliveryError as error:
        if not error.permanent and error.code != UNANSWERED:
            _give_back(counters)
        raise


def purge(now: datetime) -> int:
    """Delete counters whose window is over; return how many."""
    return SmsCount.objects.filter(start__lt=now - _KEPT).delete()[0]


def _counters(scope: str, key: str) -> list[Counter]:
    hour = timezone.now().replace(minute=0, second=0, microsecond=0)
    starts = {"hour": hour, "day": hour.replace(hour=0)}
    windows = (window for window in starts if f"{scope}-{window}" in settings.SMS_CAPS)
    return [Counter(f"{scope}-{window}", key, starts[window]) for window in windows]


def _take(counters: Iterable[Counter]) -> bool:
    """Count all of them, or none if one has reached its cap."""
    with transaction.atomic():
        # Always in the same order: two senders that touch the same counters then cannot deadlock.
        for counter in sorted(counters):
            if not SmsCount.objects.add_below(settings.SMS_CAPS[counter.scope], **counter._asdict()):
                transaction.set_rollback(True)
                return False
    return True


def _give_back(counters: Iterable[Counter]) -> None:
    with transaction.atomic():
        for counter in sorted(counters):
            SmsCount.objects.take_back(**counter._asdict())
