"""A transit key: AES-256-GCM under a key that HKDF derives from the version's secret and the context."""

import base64
import binascii
import os
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NONCE = 12


class TransitError(Exception):
    """What Vault answers with 400."""


def _secret() -> bytes:
    return os.urandom(32)


@dataclass
class TransitKey:
    derived: bool
    min_decryption_version: int = 1
    secrets: list[bytes] = field(default_factory=lambda: [_secret()])

    @property
    def latest_version(self) -> int:
        return len(self.secrets)

    def rotate(self) -> None:
        self.secrets.append(_secret())

    def encrypt(self, plaintext: bytes, context: bytes) -> str:
        nonce, version = os.urandom(NONCE), self.latest_version
        sealed = nonce + self._cipher(version, context).encrypt(nonce, plaintext, None)
        return f"vault:v{version}:{base64.b64encode(sealed).decode()}"

    def decrypt(self, ciphertext: str, context: bytes) -> bytes:
        prefix, version, encoded = _split(ciphertext)
        if prefix != "vault" or version > self.latest_version:
            raise TransitError("invalid ciphertext: no prefix, or version is too new")
        if version < self.min_decryption_version:
            raise TransitError("ciphertext or signature version is disallowed by policy (too old)")
        sealed = decoded(encoded)
        try:
            return self._cipher(version, context).decrypt(sealed[:NONCE], sealed[NONCE:], None)
        except (InvalidTag, ValueError):
            raise TransitError("invalid ciphertext: cipher: message authentication failed") from None

    def _cipher(self, version: int, context: bytes) -> AESGCM:
        if self.derived != bool(context):
            raise TransitError("missing 'context' for key derivation; the key was created using a derived key")
        secret = self.secrets[version - 1]
        return AESGCM(HKDF(SHA256(), 32, salt=None, info=context).derive(secret) if context else secret)


def decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise TransitError("invalid base64") from None


def _split(ciphertext: str) -> tuple[str, int, str]:
    prefix, _, rest = ciphertext.partition(":v")
    version, _, encoded = rest.partition(":")
    if not version.isdecimal():
        raise TransitError("invalid ciphertext: version number could not be decoded")
    # Vault reads version 0 as 1, from a time when keys started at zero.
    return prefix, max(int(version), 1), encoded
