"""Fingerprints: what stands in the database for an address or a number, to recognise it and not to read it.

An HMAC under a key derived from SECRET_KEY, so the database alone tests no guesses. Under a new SECRET_KEY they are all
different, and what they stood for is forgotten.
"""

from django.utils.crypto import salted_hmac

from notifications.models import Channel
from notifications.sms.numbers import e164
from vault.blind_index import normalise_email


def of_email(address: str) -> str:
    """Return 64 hexadecimal digits, equal for two spellings of one mailbox."""
    return _fingerprint(Channel.EMAIL, normalise_email(address))


def of_number(number: str) -> str:
    """Return 64 hexadecimal digits for an E.164 number."""
    return _fingerprint(Channel.SMS, number)


def of_other(kind: str, value: str) -> str:
    """Return 64 hexadecimal digits for anything else; different for each kind."""
    return _fingerprint(f"other {kind}", value)


def of_typed(channel: Channel, typed: str) -> str | None:
    """Return the fingerprint of what a person typed; None if it is no address, or no number, at all."""
    if channel == Channel.EMAIL:
        local, _, domain = typed.strip().rpartition("@")
        return of_email(typed) if local and domain else None
    number = e164(typed)
    return of_number(number) if number else None


def _fingerprint(kind: str, value: str) -> str:
    return salted_hmac(f"notifications.fingerprints {kind}", value, algorithm="sha256").hexdigest()
