"""Challenges that passkeys sign: made for one ceremony of one browser, good once and for five minutes."""

import hashlib
import secrets
from datetime import datetime, timedelta
from enum import StrEnum

from django.http import HttpRequest
from django.utils import timezone

from accounts.factors import limits
from accounts.session_store import CHALLENGE

LASTS = timedelta(minutes=5)


class Ceremony(StrEnum):
    """What a signature is asked for; one for another ceremony counts for nothing here."""

    SIGN_IN = "sign-in"
    SECOND_STEP = "second-step"
    CONFIRMATION = "confirmation"
    REGISTRATION = "registration"


def begin(request: HttpRequest, ceremony: Ceremony) -> bytes:
    """Return a new challenge; the former one of this ceremony ends."""
    challenge = secrets.token_bytes(32)
    request.session[_key(ceremony)] = [challenge.hex(), timezone.now().isoformat()]
    return challenge


def take(request: HttpRequest, ceremony: Ceremony) -> bytes | None:
    """Return the challenge that waits, once; None when there is none, or it was made too long ago."""
    text, since = request.session.pop(_key(ceremony), ("", ""))
    if not text:
        return None
    challenge, at = bytes.fromhex(text), datetime.fromisoformat(since)
    # A session that two requests read at once holds it for both: the count tells them apart.
    fresh = timezone.now() - at < LASTS and limits.is_first_use(hashlib.sha256(challenge).hexdigest(), at)
    return challenge if fresh else None


def _key(ceremony: Ceremony) -> str:
    return CHALLENGE + ceremony
