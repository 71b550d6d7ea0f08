"""Authenticated encryption, committed to its key.

Format: magic (2) | version (1) | suite (1) | key id (8) | nonce (24) | commitment (32) | ciphertext and tag.
The header stands inside the associated data. Each record has a subkey and a commitment of its own, both derived
from (data key, suite, nonce); the commitment is compared first and in constant time, because XChaCha20-Poly1305
alone lets one ciphertext open under two keys (paragonie/ciphersweet, pull request 60).
"""

import hmac
import os

from nacl import bindings
from nacl.exceptions import CryptoError

from vault.errors import VaultError

MAGIC, VERSION = b"LC", 1
XCHACHA20_POLY1305 = 0x01
KEY_SIZE, KEY_ID_SIZE, NONCE_SIZE, COMMITMENT_SIZE, TAG_SIZE = 32, 8, 24, 32, 16
HEADER_SIZE = len(MAGIC) + 2 + KEY_ID_SIZE
_LABEL = b"llama-console record "


def associate(*parts: str | bytes) -> bytes:
    """Join parts unambiguously: each preceded by its length as four big-endian bytes."""
    encoded = (part if isinstance(part, bytes) else part.encode() for part in parts)
    return b"".join(len(part).to_bytes(4, "big") + part for part in encoded)


def seal(key: bytes, key_id: bytes, associated: bytes, plaintext: bytes) -> bytes:
    """Return the sealed record of `plaintext` under a 32-byte key; a fresh nonce each time."""
    header = MAGIC + bytes((VERSION, XCHACHA20_POLY1305)) + _exactly(key_id, KEY_ID_SIZE)
    nonce = os.urandom(NONCE_SIZE)
    subkey, commitment = _derive(key, nonce)
    ciphertext = bindings.crypto_aead_xchacha20poly1305_ietf_encrypt(plaintext, header + associated, nonce, subkey)
    return header + nonce + commitment + ciphertext


def unseal(key: bytes, associated: bytes, record: bytes) -> bytes:
    """Return the plaintext, or raise VaultError: a record opens whole and in its own place, or not at all."""
    header, nonce, commitment, ciphertext = _split(record)
    subkey, expected = _derive(key, nonce)
    if not hmac.compare_digest(expected, commitment):
        raise VaultError("wrong-key", "The record is not sealed under this key.")
    try:
        return bindings.crypto_aead_xchacha20poly1305_ietf_decrypt(ciphertext, header + associated, nonce, subkey)
    except CryptoError:
        raise VaultError(
            "tampered", "The record was changed, or stands in another place than it was sealed for."
        ) from None


def key_id_of(record: bytes) -> bytes:
    """Return the id of the key that a record names."""
    return _split(record)[0][-KEY_ID_SIZE:]


def _derive(key: bytes, nonce: bytes) -> tuple[bytes, bytes]:
    derived = hmac.digest(_exactly(key, KEY_SIZE), _LABEL + bytes((XCHACHA20_POLY1305,)) + nonce, "sha512")
    return derived[:KEY_SIZE], derived[KEY_SIZE:]


def _split(record: bytes) -> tuple[bytes, bytes, bytes, bytes]:
    body = HEADER_SIZE + NONCE_SIZE + COMMITMENT_SIZE
    if len(record) < body + TAG_SIZE or record[:2] != MAGIC:
        raise VaultError("unreadable", "This is not a sealed record.")
    if (record[2], record[3]) != (VERSION, XCHACHA20_POLY1305):
        raise VaultError("unknown-suite", f"Version {record[2]} with suite {record[3]} is not known here.")
    nonce_end = HEADER_SIZE + NONCE_SIZE
    return record[:HEADER_SIZE], record[HEADER_SIZE:nonce_end], record[nonce_end:body], record[body:]


def _exactly(value: bytes, size: int) -> bytes:
    if len(value) != size:
        raise VaultError("malformed", f"Expected {size} bytes, got {len(value)}.")
    return value
