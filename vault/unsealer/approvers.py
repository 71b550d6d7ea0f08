"""Approvers: who may approve grants, by the public key that the unsealer's machine keeps of each.

The file is no table on purpose: who can write to the databases can't make himself an approver.
"""

import base64
import json
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from vault.errors import VaultError


def verify(path: Path, approver: str, signature: bytes, signed: bytes) -> None:
    """Raise VaultError unless `signature` over `signed` is this approver's."""
    key = _keys(path).get(approver)
    try:
        if key is None:
            raise InvalidSignature
        Ed25519PublicKey.from_public_bytes(base64.b64decode(key, validate=True)).verify(signature, signed)
    except (InvalidSignature, ValueError):
        raise VaultError("grant-forged", "No approver known here signed this grant.") from None


def _keys(path: Path) -> dict[str, str]:
    """Return public keys (base64) by actor; read anew each time, so that a removed approver is out at once."""
    try:
        keys = json.loads(path.read_text())
    except FileNotFoundError:
        return {}
    except (OSError, ValueError):
        keys = None
    if not isinstance(keys, dict) or not all(isinstance(key, str) for key in keys.values()):
        raise VaultError("unreadable-approvers", f"{path} is not a file of approvers.")
    return keys
