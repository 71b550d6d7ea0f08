"""Grants in tests: Bo of support asks, Ana approves with a real key."""

import base64
import json
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from accounts.models import User
from ledger.actor import Actor
from vault.disclosure import disclose
from vault.grants import approve_grant, request_grant
from vault.models import Grant
from vault.purposes import Purpose

ANA, BO = Actor.staff("ana"), Actor.staff("bo")
EMAIL, NAME = "accounts.User.email", "accounts.User.name"


class Approvers:
    """The file of approvers, and their keys by name."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.keys: dict[str, Ed25519PrivateKey] = {}

    def admit(self, *names: str) -> None:
        self.keys |= {name: Ed25519PrivateKey.generate() for name in names}
        public = {name: key.public_key().public_bytes_raw() for name, key in self.keys.items()}
        self._path.write_text(json.dumps({name: base64.b64encode(each).decode() for name, each in public.items()}))


def requested(user: User, **changes: Any) -> Grant:
    usual = {"purpose": "support-request", "case": "T-1", "tenant": user.pk, "fields": [EMAIL], "maximum": 2}
    return request_grant(BO, **({**usual, "subjects": [user.pk]} | changes))


def approved(user: User, approvers: Approvers, *, hours: float = 2, **changes: Any) -> Grant:
    grant = requested(user, **changes)
    approve_grant(ANA, key=approvers.keys["staff:ana"], grant=grant, hours=hours)
    return grant


def open_email(user: User, grant: Grant, **changes: Any) -> object:
    """Open the address as the requester would."""
    user = User.objects.get(pk=user.pk)
    usual: dict[str, Any] = {"actor": BO, "tenant": user.pk, "fields": [User.email], "subjects": [user.pk]}
    purpose = changes.pop("purpose", Purpose.SUPPORT_REQUEST)
    with disclose(purpose, grant=grant.pk, **(usual | changes)) as scope:
        return scope.open(user.email)
