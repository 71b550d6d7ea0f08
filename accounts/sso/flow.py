"""A sign-in that is under way in one browser: which provider was asked, and that its answer counts once.

The session holds the hash of `state`, ids, and where to go on. What the provider must give back, the nonce, and what
only this browser's flow can show it, PKCE's verifier, follow from `state` and SECRET_KEY and stand nowhere.
"""

import base64
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from accounts.actions.verification import hash_token
from accounts.factors import limits
from accounts.models import IdentityProvider

LASTS = timedelta(minutes=10)
_KEY = "sso"


@dataclass(frozen=True, slots=True, repr=False)
class Flow:
    """`target` is a path of ours, or nothing; `is_fresh` has the provider's person show anew who they are."""

    state: str
    provider_id: UUID
    target: str
    is_fresh: bool

    @property
    def nonce(self) -> str:
        return self._derived("nonce")

    @property
    def verifier(self) -> str:
        return self._derived("verifier")

    def _derived(self, what: str) -> str:
        digest = salted_hmac(f"accounts.sso {what}", self.state, algorithm="sha256").digest()
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def begin(request: HttpRequest, provider: IdentityProvider, *, target: str, is_fresh: bool) -> Flow:
    """Begin in this browser; what was begun there before ends."""
    flow = Flow(secrets.token_urlsafe(32), provider.pk, target, is_fresh)
    request.session[_KEY] = {
        "state": hash_token(flow.state).hex(),
        "provider": str(provider.pk),
        "target": target,
        "is_fresh": is_fresh,
        "at": timezone.now().isoformat(),
    }
    return flow


def take(request: HttpRequest, state: str) -> Flow | None:
    """Return what this browser began, once; None for any other state, or after too long."""
    kept = request.session.get(_KEY)
    hashed = hash_token(state).hex()
    if kept is None or not constant_time_compare(kept["state"], hashed):
        return None
    del request.session[_KEY]
    at = datetime.fromisoformat(kept["at"])
    # A session that two requests read at once holds it for both: the count tells them apart.
    if timezone.now() - at >= LASTS or not limits.is_first_use(hashed, at):
        return None
    return Flow(state, UUID(kept["provider"]), kept["target"], kept["is_fresh"])
