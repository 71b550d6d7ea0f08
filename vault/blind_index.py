"""Blind indexes: finding a row by a value that the database does not know.

A keyed hash of the normalised value, 16 bytes, under a unique constraint. The key is a data key of the index plane.
"""

import hashlib
import unicodedata
from contextlib import suppress

import idna

from vault.keyring import sealing_key
from vault.planes import INSTALLATION, Plane

SIZE = 16


def normalise_email(address: str) -> str:
    """Return the form in which two spellings of one mailbox are equal.

    NFKC, trimmed, case-folded, the domain as IDNA. Dots and plus signs stay: they can mean different mailboxes.
    """
    local, _, domain = unicodedata.normalize("NFKC", address).strip().casefold().rpartition("@")
    # An address literal, or a name that DNS will refuse anyway, is compared as it is.
    with suppress(idna.IDNAError):
        domain = idna.encode(domain, uts46=True).decode()
    return f"{local}@{domain}"


def email_index(address: str) -> bytes:
    """Return the index of a sign-in address, equal for equal mailboxes across the installation."""
    return keyed_index(sealing_key(INSTALLATION, Plane.INDEX).secret, address)


def keyed_index(key: bytes, address: str) -> bytes:
    """Return the 16-byte index of an address under a key of the index plane."""
    normalised = normalise_email(address).encode()
    return hashlib.blake2b(normalised, digest_size=SIZE, key=key, person=b"sign-in email").digest()
