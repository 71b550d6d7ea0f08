"""The keyring: data keys by (tenant, plane) for sealing and by id for opening.

Unwrapped keys stay in a bounded memory of the process and are never written.
A key is looked up by the id that the record names; other keys are never tried.
"""

import secrets
import threading
from collections import OrderedDict
from dataclasses import dataclass
from uuid import UUID

from vault import suites
from vault.errors import VaultError
from vault.models import DataKey
from vault.planes import Plane
from vault.roots import roots

_CAPACITY = 4096


@dataclass(frozen=True, slots=True, repr=False)
class Key:
    id: bytes
    tenant: UUID
    plane: Plane
    secret: bytes


class _Memory:
    """A bounded map from anything to keys; the least recently used goes first."""

    def __init__(self) -> None:
        self._keys: OrderedDict[object, Key] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, name: object) -> Key | None:
        with self._lock:
            if name in self._keys:
                self._keys.move_to_end(name)
            return self._keys.get(name)

    def put(self, name: object, key: Key) -> Key:
        with self._lock:
            self._keys[name] = key
            while len(self._keys) > _CAPACITY:
                self._keys.popitem(last=False)
        return key

    def clear(self) -> None:
        with self._lock:
            self._keys.clear()


_memory = _Memory()


def sealing_key(tenant: UUID, plane: Plane) -> Key:
    """Return the newest key of (tenant, plane); the first call makes one."""
    if known := _memory.get((tenant, plane)):
        return known
    row = _newest(tenant, plane) or _create(tenant, plane)
    return _memory.put((tenant, plane), _remember(row))


def opening_key(key_id: bytes) -> Key:
    """Return the key of that id; VaultError if it is gone (shredded) or never was here."""
    if known := _memory.get(key_id):
        return known
    row = DataKey.objects.filter(key_id=key_id).first()
    if row is None:
        raise VaultError("shredded", "The key of this record does not exist any more.")
    return _remember(row)


def forget() -> None:
    """Drop every unwrapped key from memory."""
    _memory.clear()


def _newest(tenant: UUID, plane: Plane) -> DataKey | None:
    return DataKey.objects.filter(tenant=tenant, plane=plane).order_by("-version").first()


def _create(tenant: UUID, plane: Plane) -> DataKey:
    key_id, secret = secrets.token_bytes(suites.KEY_ID_SIZE), secrets.token_bytes(suites.KEY_SIZE)
    wrapped = roots().wrap(plane, secret, _context(key_id, tenant, plane))
    # Two processes may race for the first key: the unique constraint lets one win, and both read the winner.
    DataKey.objects.bulk_create(
        [DataKey(key_id=key_id, tenant=tenant, plane=plane, wrapped=wrapped)], ignore_conflicts=True
    )
    row = _newest(tenant, plane)
    if row is None:
        raise VaultError("no-key", "The data key could not be stored.", permanent=False)
    return row


def _remember(row: DataKey) -> Key:
    key_id, plane = bytes(row.key_id), Plane(row.plane)
    secret = roots().unwrap(plane, bytes(row.wrapped), _context(key_id, row.tenant, plane))
    return _memory.put(key_id, Key(key_id, row.tenant, plane, secret))


def _context(key_id: bytes, tenant: UUID, plane: Plane) -> bytes:
    return suites.associate("data-key", key_id, tenant.bytes, plane)
