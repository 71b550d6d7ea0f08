"""The secrets themselves: made, recognised and hashed here, stored nowhere.

Form: llk_ (lla_ for an admin key, llg_ for a control key) + 32 base62 characters (190 bits) + 6 characters of CRC32, so
that scanners can tell a key from noise without asking anybody. The hash is keyed with the installation's index key: a
stolen table tests no guesses.
"""

import hashlib
import secrets
import string
import zlib
from functools import cache

from vault.unsealer import unsealer

PREFIX = "llk_"
ADMIN_PREFIX = "lla_"
CONTROL_PREFIX = "llg_"  # of another gateway
_ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
_RANDOM, _CHECKSUM = 32, 6
LENGTH = len(PREFIX) + _RANDOM + _CHECKSUM


def new_secret(prefix: str = PREFIX) -> str:
    body = prefix + "".join(secrets.choice(_ALPHABET) for _ in range(_RANDOM))
    return body + _checksum(body)


def derived_secret(of: str) -> str:
    """Return the secret that follows from a text under the installation's key: the same whenever it is asked for."""
    digest = hashlib.blake2b(of.encode(), digest_size=32, key=_hash_key(), person=b"playground key").digest()
    number, letters = int.from_bytes(digest), []
    for _ in range(_RANDOM):
        number, letter = divmod(number, len(_ALPHABET))
        letters.append(_ALPHABET[letter])
    body = PREFIX + "".join(letters)
    return body + _checksum(body)


def is_well_formed(secret: str, prefix: str = PREFIX) -> bool:
    """Tell whether a text can be one of our keys at all, by its form and checksum."""
    if len(secret) != LENGTH or not secret.startswith(prefix) or not secret.isascii():
        return False
    return secret[-_CHECKSUM:] == _checksum(secret[:-_CHECKSUM])


def hash_secret(secret: str) -> bytes:
    """Return the 32-byte keyed hash under which a secret is stored and found."""
    return hashlib.blake2b(secret.encode(), digest_size=32, key=_hash_key(), person=b"api key").digest()


@cache
def _hash_key() -> bytes:
    """Return the key, asked for once a process."""
    return unsealer().hashing_key()


@cache
def _places() -> tuple[int, ...]:
    return tuple(len(_ALPHABET) ** power for power in reversed(range(_CHECKSUM)))


def _checksum(body: str) -> str:
    number = zlib.crc32(body.encode())
    return "".join(_ALPHABET[number // place % len(_ALPHABET)] for place in _places())
