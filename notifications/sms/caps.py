"""Caps against SMS pumping: strangers who have us send texts to numbers that pay them for each.

A text is counted for its person, its number and its country when it is sent, and for the address that asked for it when
it is put. Counters hold fingerprints and calling codes; no number.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.conf import settings

from notifications import fingerprints
from notifications.failure import DeliveryError
from notifications.sms.numbers import calling_code
from notifications.sms.refusals import UNANSWERED
from notifications.windows import counters, give_back, take

CAPPED = "sms-capped"


def source_of(address: str) -> str:
    """Return what `outbox.put` takes for a requesting address: opaque, and the same each time."""
    return fingerprints.of_other("source", address)


def admits_source(source: str) -> bool:
    """Count a text for whoever asked for it; False if they asked too often."""
    return take(counters("source", source, settings.SMS_CAPS), settings.SMS_CAPS)


@contextmanager
def counted(person: UUID, number: str) -> Iterator[None]:
    """Count a text around its sending, or raise DeliveryError `sms-capped` without counting.

    What surely did not go out and will be tried again is not counted; after a silence of the provider it is.
    """
    keys = {
        "person": fingerprints.of_other("person", str(person)),
        "number": fingerprints.of_number(number),
        "country": calling_code(number),
    }
    counting = [counter for scope, key in keys.items() for counter in counters(scope, key, settings.SMS_CAPS)]
    if not take(counting, settings.SMS_CAPS):
        raise DeliveryError(CAPPED, permanent=True)
    try:
        yield
    except DeliveryError as error:
        if not error.permanent and error.code != UNANSWERED:
            give_back(counting)
        raise
