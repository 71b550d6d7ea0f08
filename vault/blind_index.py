"""Blind indexes: finding a row by a value that the database does not know.

A keyed hash of the normalised value, 16 bytes, under a unique constraint. The keys are data keys of the index plane and
stay in the unsealer; here is what it computes with them.
"""

import hashlib
import unicodedata
from contextlib import suppress
from uuid import UUID

import idna

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


def domain_of(address: str) -> str:
    """Return the domain of an address, as DNS has it."""
    return normalise_email(address).rpartition("@")[2]


def email_index(key: bytes, address: str) -> bytes:
    """Return the index of a sign-in address, equal for equal mailboxes across the installation."""
    normal = normalise_email(address).encode()
    return hashlib.blake2b(normal, digest_size=SIZE, key=key, person=b"sign-in email").digest()


def invited_index(key: bytes, organization_id: UUID, address: str) -> bytes:
    """Return the index of an invited address: equal within one organization alone, and never one of sign-in.

    So whoever reads the table can't tell that two organizations invite one person, or that the person has an account.
    """
    normal, salt = normalise_email(address).encode(), organization_id.bytes
    return hashlib.blake2b(normal, digest_size=SIZE, key=key, salt=salt, person=b"invited email").digest()
