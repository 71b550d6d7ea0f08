"""Signing, as https://www.standardwebhooks.com specifies it."""

import base64
import hmac
import secrets
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

_PREFIX = "whsec_"
_BYTES = 32  # the specification allows 24 to 64


def new_secret() -> str:
    """Return `whsec_` and the base64 of 32 random bytes."""
    return _PREFIX + base64.b64encode(secrets.token_bytes(_BYTES)).decode()


def headers(message_id: UUID, at: datetime, body: bytes, signing_secrets: Iterable[str]) -> dict[str, str]:
    """Return the three headers; each secret gives one signature, separated by spaces."""
    timestamp = str(int(at.timestamp()))
    signed = b".".join([str(message_id).encode(), timestamp.encode(), body])
    signatures = " ".join(f"v1,{_sign(secret, signed)}" for secret in signing_secrets)
    return {"webhook-id": str(message_id), "webhook-timestamp": timestamp, "webhook-signature": signatures}


def _sign(secret: str, signed: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(_PREFIX))
    return base64.b64encode(hmac.digest(key, signed, "sha256")).decode()
