"""Idempotency keys: a POST that comes again within a day has no second effect.

The key's row is written in the transaction of the effect. Of two requests at once the second waits at the row's
unique index for the first, and then finds what that did; if the first fails, its row goes with it and the second takes
its turn.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from http import HTTPStatus
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from admin_api.frame.problems import Malformed, Refused
from admin_api.models import DoneOnce
from notifications import fingerprints

HEADER = "Idempotency-Key"


@dataclass(frozen=True, slots=True)
class Once:
    """One request under an Idempotency-Key."""

    key_id: UUID
    token: UUID
    fingerprint: str

    @classmethod
    def of(cls, request: HttpRequest, key_id: UUID) -> "Once | None":
        """Return what the request says of itself; None if it may be done as often as it comes."""
        text = request.headers.get(HEADER)
        if text is None:
            return None
        return cls(key_id, _token(text), _fingerprint(request))

    def done(self) -> DoneOnce | None:
        """Return what came of the request before; a problem if the key stands for another request."""
        found = DoneOnce.objects.standing(timezone.now()).filter(key=self.key_id, token=self.token).first()
        if found and found.fingerprint != self.fingerprint:
            raise Refused(
                HTTPStatus.UNPROCESSABLE_ENTITY,
                "idempotency-key-reused",
                "This Idempotency-Key came with another request before. Use a new one for each thing you do.",
            )
        return found

    def do(self, act: Callable[[], UUID]) -> DoneOnce | UUID:
        """Act, and return the id of what was made; what was done, if somebody else was faster."""
        with transaction.atomic():
            DoneOnce.objects.over(timezone.now()).filter(key=self.key_id, token=self.token).delete()
            row = DoneOnce(key_id=self.key_id, token=self.token, fingerprint=self.fingerprint)
            DoneOnce.objects.bulk_create([row], ignore_conflicts=True)
            if not DoneOnce.objects.filter(pk=row.pk).exists() and (faster := self.done()):
                return faster
            subject = act()
            DoneOnce.objects.filter(pk=row.pk).update(subject_id=subject)
        return subject


def purge(now: datetime) -> int:
    """Forget what can't be repeated any more; return how many."""
    return DoneOnce.objects.over(now).delete()[0]


def _token(text: str) -> UUID:
    try:
        token = UUID(text)
    except ValueError:
        token = None
    if token is None or str(token) != text.lower():
        raise Malformed(f"{HEADER} must be a UUID, such as 0b6dd2c1-7f4e-4a6e-9d3a-3c8e4f1b2a90.")
    return token


def _fingerprint(request: HttpRequest) -> str:
    # Keyed: a body may hold an address, and nobody shall try which.
    body = sha256(request.body).hexdigest()
    return fingerprints.of_other("admin-api", f"{request.method} {request.get_full_path()} {body}")
