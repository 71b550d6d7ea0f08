"""Authenticated encryption, committed to its key.

Format: magic (2) | version (1) | suite (1) | key id (8) | nonce (24) | commitment (32) | ciphertext and tag.
The header stands inside the associated data. Each record has a subkey and a commitment of its own, both derived
from (data key, suite, nonce); the commitment is compared first and in constant time, because neither
XChaCha20-Poly1305 nor AES-GCM keeps one ciphertext from opening under two keys (paragonie/ciphersweet, pull
request 60). Every suite opens, whichever one seals.
"""

import hmac
import os
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.hashes import SHA512
from cryptography.hazmat.primitives.hmac import HMAC

from vault import ciphers
from vault.ciphers import TAG_SIZE, Cipher
from vault.errors import VaultError

MAGIC, VERSION = b"LC", 1
KEY_SIZE, KEY_ID_SIZE, NONCE_SIZE, COMMITMENT_SIZE = 32, 8, 24, 32
_LABEL = b"llama-console record "
_PREFIX_END = len(MAGIC) + 2
HEADER_SIZE = _PREFIX_END + KEY_ID_SIZE
_NONCE_END = HEADER_SIZE + NONCE_SIZE
_COMMITMENT_END = _NONCE_END + COMMITMENT_SIZE
_SMALLEST = _COMMITMENT_END + TAG_SIZE


@dataclass(frozen=True, slots=True)
class Suite:
    name: str
    prefix: bytes  # how its records begin
    label: bytes  # what its derivations begin with
    encrypt: Cipher
    decrypt: Cipher


def _suite(number: int, name: str, encrypt: Cipher, decrypt: Cipher) -> Suite:
    return Suite(name, MAGIC + bytes((VERSION, number)), _LABEL + bytes((number,)), encrypt, decrypt)


XCHACHA20_POLY1305 = _suite(
    0x01, "xchacha20-poly1305", ciphers.xchacha20_poly1305_encrypt, ciphers.xchacha20_poly1305_decrypt
)
AES_256_GCM = _suite(0x02, "aes-256-gcm", ciphers.aes_256_gcm_encrypt, ciphers.aes_256_gcm_decrypt)
SUITES = {suite.name: suite for suite in (XCHACHA20_POLY1305, AES_256_GCM)}
_BY_PREFIX = {suite.prefix: suite for suite in SUITES.values()}
_chosen = XCHACHA20_POLY1305


def choose(name: str) -> None:
    """Seal under the suite of that name from now on, in this process."""
    global _chosen
    _chosen = SUITES[name]


def associate(*parts: str | bytes) -> bytes:
    """Join parts unambiguously: each preceded by its length as four big-endian bytes."""
    encoded = [part if isinstance(part, bytes) else part.encode() for part in parts]
    return b"".join([len(part).to_bytes(4, "big") + part for part in encoded])


def keyed(key: bytes) -> HMAC:
    """Return a 32-byte key in the form that its records begin from: half of a derivation, done once a key."""
    return HMAC(_exactly(key, KEY_SIZE), SHA512())


def seal(key: HMAC, key_id: bytes, associated: bytes, plaintext: bytes, suite: Suite | None = None) -> bytes:
    """Return the sealed record of `plaintext` under a `keyed` key; in the chosen suite unless another is named."""
    suite = suite or _chosen
    header, nonce = suite.prefix + _exactly(key_id, KEY_ID_SIZE), os.urandom(NONCE_SIZE)
    subkey, commitment = _derive(suite, key, nonce)
    return header + nonce + commitment + suite.encrypt(subkey, nonce, header + associated, plaintext)


def unseal(key: HMAC, associated: bytes, record: bytes) -> bytes:
    """Return the plaintext, or raise VaultError: a record opens whole and in its own place, or not at all.

    Codes: `unreadable`, `unknown-suite`, `wrong-key`, `tampered`.
    """
    suite, nonce = _suite_of(record), record[HEADER_SIZE:_NONCE_END]
    subkey, commitment = _derive(suite, key, nonce)
    if not hmac.compare_digest(commitment, record[_NONCE_END:_COMMITMENT_END]):
        raise VaultError("wrong-key", "The record is not sealed under this key.")
    try:
        return suite.decrypt(subkey, nonce, record[:HEADER_SIZE] + associated, record[_COMMITMENT_END:])
    except InvalidTag:
        raise VaultError(
            "tampered", "The record was changed, or stands in another place than it was sealed for."
        ) from None


def key_id_of(record: bytes) -> bytes:
    """Return the id of the key that a record names."""
    _suite_of(record)
    return record[_PREFIX_END:HEADER_SIZE]


def _derive(suite: Suite, key: HMAC, nonce: bytes) -> tuple[bytes, bytes]:
    hashing = key.copy()
    hashing.update(suite.label + nonce)
    derived = hashing.finalize()
    return derived[:KEY_SIZE], derived[KEY_SIZE:]


def _suite_of(record: bytes) -> Suite:
    suite = _BY_PREFIX.get(record[:_PREFIX_END])
    if suite is None:
        raise _unknown(record)
    if len(record) < _SMALLEST:
        raise VaultError("unreadable", f"The record is cut off after {len(record)} bytes.")
    return suite


def _unknown(record: bytes) -> VaultError:
    if not record.startswith(MAGIC) or len(record) < _PREFIX_END:
        return VaultError("unreadable", "This is not a sealed record.")
    version, suite = record[len(MAGIC)], record[len(MAGIC) + 1]
    if version != VERSION:
        return VaultError("unknown-suite", f"The record has version {version}; this program knows {VERSION} alone.")
    return VaultError("unknown-suite", f"Suite {suite} is not known here.")


def _exactly(value: bytes, size: int) -> bytes:
    if len(value) != size:
        raise VaultError("malformed", f"Expected {size} bytes, got {len(value)}.")
    return value
