"""An approver's private key: a file that the approver keeps, mode 0600, under a passphrase if they want one."""

import base64
import os
from collections.abc import Callable
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from vault.errors import VaultError


def create_key(path: Path, passphrase: str = "") -> str:
    """Make a key at `path` and return its public half as APPROVERS_FILE has it. A file there is never overwritten."""
    key = Ed25519PrivateKey.generate()
    protection = BestAvailableEncryption(passphrase.encode()) if passphrase else NoEncryption()
    try:
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, protection))
    except OSError as error:
        raise VaultError("refused", f"{path} cannot be made: {error.strerror}.") from None
    return base64.b64encode(key.public_key().public_bytes_raw()).decode()


def load_key(path: Path, ask: Callable[[], str]) -> Ed25519PrivateKey:
    """Return the key; `ask` is called for its passphrase if it has one."""
    try:
        with path.open("rb") as file:
            exposed, data = os.fstat(file.fileno()).st_mode & 0o077, file.read()
    except OSError as error:
        raise VaultError("unreadable-key", f"{path} cannot be read: {error.strerror}.") from None
    if exposed:
        raise VaultError("exposed-key", f"{path} can be read by others; its mode must be 0600.")
    passphrase = ask().encode() if b"ENCRYPTED" in data.partition(b"\n")[0] else None
    try:
        key = load_pem_private_key(data, passphrase)
    except ValueError:
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise VaultError("unreadable-key", f"{path} is not an approver's key, or this is not its passphrase.")
    return key
