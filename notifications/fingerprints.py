"""Fingerprints: what stands in the database for an address or a number, to recognise it and not to read it.

An HMAC under a key derived from SECRET_KEY, so the database alone tests no guesses. Under a new SECRET_KEY they are all
different, and what they stood for is forgotten.
"""

import re

from django.utils.crypto import salted_hmac

from notifications.models import Channel
from vault.blind_index import normalise_email

_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")
# What people and address books write between digits: spaces, brackets, dashes, and marks that nobody sees.
_PUNCTUATION = re.compile(r"[\s().\-/\u00ad\u00b7\u200b-\u200f\u2010-\u2015\u202a-\u202e\u2060-\u2069\ufeff]+")
_TRUNK = re.compile(r"\(\s*0\s*\)")  # +44 (0)7700: not dialled from abroad in most countries, and dialled in some


def of_email(address: str) -> str:
    """Return 64 hexadecimal digits, equal for two spellings of one mailbox."""
    return _fingerprint(Channel.EMAIL, normalise_email(address))


def of_number(number: str) -> str:
    """Return 64 hexadecimal digits for an E.164 number."""
    return _fingerprint(Channel.SMS, number)


def of_other(kind: str, value: str) -> str:
    """Return 64 hexadecimal digits for anything else; different for each kind."""
    return _fingerprint(f"other {kind}", value)


def e164(number: str) -> str | None:
    """Return a number without what people write between its digits; None if it is no international one.

    Nothing is guessed: a text to a stranger is worse than none.
    """
    bare = _PUNCTUATION.sub("", number)
    return bare if _NUMBER.fullmatch(bare) and not _TRUNK.search(number) else None


def _fingerprint(kind: str, value: str) -> str:
    return salted_hmac(f"notifications.fingerprints {kind}", value, algorithm="sha256").hexdigest()
