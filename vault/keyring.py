"""The keyring: data keys by (tenant, plane) for sealing and by id for opening. It exists in the unsealer alone.

Unwrapped keys stay in a bounded memory of the process for a bounded time and are never written.
A key is looked up by the id that the record names; other keys are never tried.
"""

import hashlib
import secrets
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hmac import HMAC
from django.db import models
from django.db.models import Exists, Max, OuterRef
from django.utils import timezone

from ledger.ids import INSTALLATION
from ledger.models import Erasure
from ledger.pen import Pen
from vault import suites
from vault.errors import VaultError
from vault.memory import Memory
from vault.models import DataKey
from vault.planes import API_KEYS, SIGNER, Plane
from vault.roots import RootKeys

# Another process may have made a newer key meanwhile: for so long this one still seals under the older.
NEWEST_LIFETIME: Final = 5.0  # seconds
_LIFETIME: Final = 300.0  # seconds
_FIXED: Final = frozenset({API_KEYS, SIGNER})


@dataclass(frozen=True, slots=True, repr=False)
class Key:
    id: bytes
    tenant: UUID
    plane: Plane
    version: int
    secret: bytes
    keyed: HMAC = field(compare=False)  # the secret as its records begin from it


class Keyring:
    """Data keys, unwrapped by the roots."""

    def __init__(self, roots: RootKeys) -> None:
        self._roots = roots
        self._newest: Memory[tuple[UUID, Plane], Key] = Memory(NEWEST_LIFETIME)
        self._versions: Memory[tuple[UUID, Plane], list[Key]] = Memory(NEWEST_LIFETIME)
        self._by_id: Memory[bytes, Key] = Memory(_LIFETIME)

    @cached_property
    def pen(self) -> Pen:
        """The ledger's pen; all who append in this process have the same."""
        secret = self.sealing(SIGNER, Plane.INDEX).secret
        return Pen(hashlib.blake2b(secret, digest_size=suites.KEY_SIZE, person=b"ledger pen").digest())

    @cached_property
    def signing_key(self) -> Ed25519PrivateKey:
        """The key that checkpoints are signed with."""
        return Ed25519PrivateKey.from_private_bytes(self.sealing(SIGNER, Plane.INDEX).secret)

    @property
    def public_key(self) -> bytes:
        """What checkpoints are verified with: 32 bytes that no other installation has."""
        return self.signing_key.public_key().public_bytes_raw()

    def sealing(self, tenant: UUID, plane: Plane) -> Key:
        """Return the newest key of (tenant, plane); the first call makes one."""
        if known := self._newest.get((tenant, plane)):
            return known
        row = _rows(tenant, plane).last() or self._create(tenant, plane, version=1)
        return self._newest.put((tenant, plane), self._unwrapped(row))

    def opening(self, key_id: bytes) -> Key:
        """Return the key of that id; VaultError if it is gone (shredded) or never was here."""
        if known := self._by_id.get(key_id):
            return known
        row = _living().filter(key_id=key_id).first()
        if row is None:
            raise VaultError("shredded", "The key of this record does not exist any more.")
        return self._unwrapped(row)

    def versions(self, tenant: UUID, plane: Plane) -> list[Key]:
        """Return all keys of (tenant, plane) that exist, oldest first, at least one."""
        if known := self._versions.get((tenant, plane)):
            return known
        self.sealing(tenant, plane)
        return self._versions.put((tenant, plane), [self._unwrapped(row) for row in _rows(tenant, plane)])

    def rotate(self, tenant: UUID, plane: Plane) -> Key:
        """Make a newer key; it seals from now on."""
        if tenant in _FIXED:
            raise VaultError("refused", "This key is not rotated: what it hashed or signed could not be found again.")
        newest = self.sealing(tenant, plane).version
        row = self._create(tenant, plane, version=newest + 1)
        self._versions.clear()
        return self._newest.put((tenant, plane), self._unwrapped(row))

    def retire(self, tenant: UUID, plane: Plane, version: int) -> None:
        """Destroy an old key; the newest is refused."""
        newest = _rows(tenant, plane).aggregate(newest=Max("version"))["newest"]
        if version == newest or not _rows(tenant, plane).filter(version=version).delete()[0]:
            raise VaultError("refused", "Only an old version of a key can be destroyed.")
        self.forget()

    def mark_idle(self, tenant: UUID, plane: Plane, version: int, *, idle: bool) -> None:
        """Note when an old key lost its last reference; the first such moment counts until there is one again."""
        row = _rows(tenant, plane).filter(version=version, retired_at__isnull=idle)
        row.update(retired_at=timezone.now() if idle else None)

    def rewrap(self, most: int) -> int:
        """Wrap up to so many keys under the newest roots; return how many are left to do."""
        old = [row for row in DataKey.objects.order_by("key_id") if not self._is_current(row)]
        for row in old[:most]:
            wrapped = self._roots.rewrap(Plane(row.plane), row.record, _context(row))
            DataKey.objects.filter(pk=row.pk, wrapped=row.wrapped).update(wrapped=wrapped)
        return max(0, len(old) - most)

    def shred(self, tenant: UUID) -> None:
        """Delete all keys of a tenant and see to it that none is made again."""
        if tenant in _FIXED | {INSTALLATION}:
            raise VaultError("refused", "Keys of the installation are not a customer's to destroy.")
        Erasure.objects.bulk_create([Erasure(tenant=tenant)], ignore_conflicts=True)
        DataKey.objects.filter(tenant=tenant).delete()
        self.forget()

    def check(self) -> None:
        """Raise unless the roots and the keys of the installation are there, and fit each other."""
        self._roots.check()
        for tenant in (INSTALLATION, API_KEYS, SIGNER):
            self.sealing(tenant, Plane.INDEX)

    def forget(self) -> None:
        """Drop every unwrapped key from memory."""
        self._newest.clear()
        self._versions.clear()
        self._by_id.clear()

    def _create(self, tenant: UUID, plane: Plane, *, version: int) -> DataKey:
        if Erasure.objects.filter(tenant=tenant).exists():
            raise VaultError("erased", "This customer was erased; nothing is sealed for them any more.")
        key_id, secret = secrets.token_bytes(suites.KEY_ID_SIZE), secrets.token_bytes(suites.KEY_SIZE)
        row = DataKey(key_id=key_id, tenant=tenant, plane=plane, version=version)
        row.wrapped = self._roots.wrap(plane, secret, _context(row))
        # Two processes may race for the key: the unique constraint lets one win, and both read the winner.
        DataKey.objects.bulk_create([row], ignore_conflicts=True)
        return _rows(tenant, plane).get(version=version)

    def _unwrapped(self, row: DataKey) -> Key:
        key_id, plane = bytes(row.key_id), Plane(row.plane)
        if known := self._by_id.get(key_id):
            return known
        secret = self._roots.unwrap(plane, row.record, _context(row))
        return self._by_id.put(key_id, Key(key_id, row.tenant, plane, row.version, secret, suites.keyed(secret)))

    def _is_current(self, row: DataKey) -> bool:
        return self._roots.is_current(Plane(row.plane), row.record)


def _living() -> models.QuerySet[DataKey]:
    """Return all keys but those of the erased: a row that somebody puts back from a backup opens nothing here."""
    return DataKey.objects.exclude(Exists(Erasure.objects.filter(tenant=OuterRef("tenant"))))


def _rows(tenant: UUID, plane: Plane) -> models.QuerySet[DataKey]:
    return _living().filter(tenant=tenant, plane=plane).order_by("version")


def _context(row: DataKey) -> bytes:
    """Return what a wrapped key is bound to: all that its row says of it."""
    return suites.associate("data-key", bytes(row.key_id), row.tenant.bytes, row.plane, str(row.version))
