"""Root keys in the memory of the process, from a file or a variable.

A changed file is noticed at the next call. A file that went away or became readable by others stops every call:
nothing is wrapped under a root that may not be there tomorrow.
"""

import os
import threading

from vault import suites
from vault.errors import VaultError
from vault.planes import Plane
from vault.roots.boundary import wrong_root
from vault.roots.material import PlaneRoots, Roots
from vault.roots.sources import Source

_PROBE = suites.associate("root-check")


class LocalKeys:
    def __init__(self, source: Source) -> None:
        self._source = source
        self._lock = threading.Lock()
        self._loaded: tuple[object, Roots] | None = None

    def wrap(self, plane: Plane, data_key: bytes, context: bytes) -> bytes:
        entry = self._entry(plane)
        return suites.seal(suites.keyed(entry.keys[entry.primary]), entry.primary, context, data_key)

    def unwrap(self, plane: Plane, wrapped: bytes, context: bytes) -> bytes:
        key = self._entry(plane).keys.get(_id_of(plane, wrapped))
        if key is None:
            raise wrong_root(plane)
        try:
            return suites.unseal(suites.keyed(key), context, wrapped)
        except VaultError:
            raise wrong_root(plane) from None

    def rewrap(self, plane: Plane, wrapped: bytes, context: bytes) -> bytes:
        return self.wrap(plane, self.unwrap(plane, wrapped, context), context)

    def is_current(self, plane: Plane, wrapped: bytes) -> bool:
        return _id_of(plane, wrapped) == self._entry(plane).primary

    def check(self) -> None:
        for plane in Plane:
            self.unwrap(plane, self.wrap(plane, os.urandom(suites.KEY_SIZE), _PROBE), _PROBE)

    def _entry(self, plane: Plane) -> PlaneRoots:
        with self._lock:
            # The stamp is taken first: a change between the two is then seen at the next call.
            stamp = self._source.stamp()
            if self._loaded is None or self._loaded[0] != stamp:
                self._loaded = stamp, self._source.load()
            return self._loaded[1][plane]


def _id_of(plane: Plane, wrapped: bytes) -> bytes:
    try:
        return suites.key_id_of(wrapped)
    except VaultError:
        raise wrong_root(plane) from None
