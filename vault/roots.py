"""Root keys: one a plane, outside the databases. They wrap data keys and nothing else.

The provider here is a local file with mode 0600. A missing, foreign or too open file stops the program:
nothing is ever sealed under a key that was made up on the way.
"""

import base64
import json
import os
import secrets
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Protocol

from django.conf import settings

from vault import suites
from vault.errors import VaultError
from vault.planes import Plane


class RootKeys(Protocol):
    """Wraps and unwraps data keys under the root of a plane."""

    def root_id(self, plane: Plane) -> bytes: ...

    def wrap(self, plane: Plane, data_key: bytes, context: bytes) -> bytes: ...

    def unwrap(self, plane: Plane, wrapped: bytes, context: bytes) -> bytes: ...

    def rewrap(self, plane: Plane, wrapped: bytes, context: bytes) -> bytes: ...

    def is_current(self, plane: Plane, wrapped: bytes) -> bool: ...

    def check(self) -> None: ...


@dataclass(frozen=True, repr=False)
class _Root:
    id: bytes
    key: bytes


class LocalFile:
    """Root keys in a JSON file that only the owner may read."""

    def __init__(self, path: Path) -> None:
        self._roots = _read(path)

    def root_id(self, plane: Plane) -> bytes:
        return self._roots[plane].id

    def wrap(self, plane: Plane, data_key: bytes, context: bytes) -> bytes:
        root = self._roots[plane]
        return suites.seal(root.key, root.id, context, data_key)

    def unwrap(self, plane: Plane, wrapped: bytes, context: bytes) -> bytes:
        root = self._roots[plane]
        if suites.key_id_of(wrapped) != root.id:
            raise VaultError("wrong-root", f"The {plane} root in use did not wrap this data key.")
        return suites.unseal(root.key, context, wrapped)

    def rewrap(self, plane: Plane, wrapped: bytes, context: bytes) -> bytes:
        return self.wrap(plane, self.unwrap(plane, wrapped, context), context)

    def is_current(self, plane: Plane, wrapped: bytes) -> bool:
        return suites.key_id_of(wrapped) == self._roots[plane].id

    def check(self) -> None:
        pass


def create_file(path: Path) -> None:
    """Make new roots at `path`; an existing file is never overwritten."""
    roots = {
        plane.value: {
            "id": secrets.token_hex(suites.KEY_ID_SIZE),
            "key": base64.b64encode(secrets.token_bytes(suites.KEY_SIZE)).decode(),
        }
        for plane in Plane
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump({"version": 1, "roots": roots}, file, indent=1)
        file.flush()
        os.fsync(file.fileno())


@cache
def roots() -> RootKeys:
    """Return the provider that the settings name, read once a process."""
    return LocalFile(settings.ROOT_KEYS_FILE)


def _read(path: Path) -> dict[Plane, _Root]:
    try:
        if path.stat().st_mode & 0o077:
            raise VaultError("exposed-root", f"{path} can be read by others; its mode must be 0600.")
        entries = json.loads(path.read_text())["roots"]
        return {plane: _root(entries[plane.value]) for plane in Plane}
    except FileNotFoundError:
        raise VaultError("missing-root", f"{path} does not exist; `manage.py vault_init` makes it once.") from None
    except (KeyError, TypeError, ValueError):
        raise VaultError("unreadable-root", f"{path} is not a file of root keys.") from None


def _root(entry: dict[str, str]) -> _Root:
    root = _Root(bytes.fromhex(entry["id"]), base64.b64decode(entry["key"], validate=True))
    if (len(root.id), len(root.key)) != (suites.KEY_ID_SIZE, suites.KEY_SIZE):
        raise ValueError("wrong sizes")
    return root
