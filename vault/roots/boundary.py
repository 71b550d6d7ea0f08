"""What root keys do, whoever holds them: wrap and unwrap the data keys of a plane.

`context` is what a wrapped key is bound to: its id, tenant, plane and version. Whatever goes wrong is a VaultError
without key material in its message:

    missing-root        a plane's root is not there, or is switched off
    exposed-root        others can read the roots
    unreadable-root     what holds the roots is broken, or the roots are not random
    wrong-root          no root here wrapped this key in this context, or it was tampered with
    root-provider-away  network, time-out, throttling, sealed; not permanent
    root-refused        the provider does not permit it
"""

from typing import Protocol

from vault.errors import VaultError
from vault.planes import Plane


class RootKeys(Protocol):
    """One root a plane, perhaps in several versions; the newest wraps, the older ones still unwrap."""

    def wrap(self, plane: Plane, data_key: bytes, context: bytes) -> bytes:
        """Return the data key wrapped under the newest root; different bytes each time."""

    def unwrap(self, plane: Plane, wrapped: bytes, context: bytes) -> bytes:
        """Return the data key; under the same plane and context alone."""

    def rewrap(self, plane: Plane, wrapped: bytes, context: bytes) -> bytes:
        """Return the same data key under the newest root; it stays with the provider where the provider can do that."""

    def is_current(self, plane: Plane, wrapped: bytes) -> bool:
        """Say whether the newest root wrapped this key. A remote provider may notice a new root a minute late."""

    def check(self) -> None:
        """Raise unless every plane's root is there and wraps and unwraps."""


def wrong_root(plane: Plane) -> VaultError:
    return VaultError("wrong-root", f"No {plane} root here wrapped this data key in this place, or it was changed.")


def provider_away(provider: str, reason: str) -> VaultError:
    return VaultError("root-provider-away", f"{provider} does not answer as it should: {reason}.", permanent=False)
