"""The JSON that holds local root keys.

Version 2: {"version": 2, "planes": {plane: {"primary": id, "roots": {id: key}}}}, ids of 8 bytes as hex, keys of 32
bytes as base64. Version 1, {"version": 1, "roots": {plane: {"id": id, "key": key}}}, is still read.
"""

import base64
import hashlib
import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from vault import suites
from vault.errors import VaultError
from vault.planes import Plane


@dataclass(frozen=True, repr=False)
class PlaneRoots:
    """The roots of one plane, key by id; `primary` is the id of the one that wraps."""

    primary: bytes
    keys: dict[bytes, bytes]

    def with_new_primary(self) -> "PlaneRoots":
        made = new_roots()
        return PlaneRoots(made.primary, {**self.keys, **made.keys})

    def without(self, ids: Iterable[bytes]) -> "PlaneRoots":
        gone = set(ids)
        return PlaneRoots(self.primary, {name: key for name, key in self.keys.items() if name not in gone})


Roots = dict[Plane, PlaneRoots]


def new_roots() -> PlaneRoots:
    primary, key = secrets.token_bytes(suites.KEY_ID_SIZE), secrets.token_bytes(suites.KEY_SIZE)
    return PlaneRoots(primary, {primary: key})


def render(roots: Roots) -> bytes:
    planes = {plane.value: _entry(entry) for plane, entry in roots.items()}
    return json.dumps({"version": 2, "planes": planes}, indent=1).encode()


def parse(data: bytes, name: str) -> Roots:
    """Return the roots in `data`; `name` says in errors where they come from."""
    try:
        roots = {Plane(plane): _plane(entry) for plane, entry in _planes(json.loads(data)).items()}
    except (AttributeError, KeyError, TypeError, ValueError):
        raise VaultError("unreadable-root", f"{name} does not hold root keys.") from None
    for plane in Plane:
        if plane not in roots:
            raise VaultError("missing-root", f"{name} has no root for {plane}.")
    _refuse_weak([key for entry in roots.values() for key in entry.keys.values()], name)
    return roots


def _entry(entry: PlaneRoots) -> dict[str, Any]:
    keys = {name.hex(): base64.b64encode(key).decode() for name, key in entry.keys.items()}
    return {"primary": entry.primary.hex(), "roots": keys}


def _planes(document: Any) -> dict[str, Any]:
    """Return the planes of a version 2 document; those of version 1 in the form of version 2."""
    if document["version"] == 1:
        old = document["roots"].items()
        return {plane: {"primary": root["id"], "roots": {root["id"]: root["key"]}} for plane, root in old}
    if document["version"] != 2:
        raise ValueError("unknown version")
    return dict(document["planes"])


def _plane(entry: Any) -> PlaneRoots:
    keys = {bytes.fromhex(name): base64.b64decode(key, validate=True) for name, key in entry["roots"].items()}
    primary = bytes.fromhex(entry["primary"])
    sizes = {(len(name), len(key)) for name, key in keys.items()}
    if primary not in keys or sizes != {(suites.KEY_ID_SIZE, suites.KEY_SIZE)}:
        raise ValueError("no primary, or wrong sizes")
    return PlaneRoots(primary, keys)


def _refuse_weak(keys: list[bytes], name: str) -> None:
    if len(set(keys)) < len(keys):
        raise VaultError("unreadable-root", f"{name} holds the same root key twice; each plane needs its own.")
    secret = settings.SECRET_KEY.encode()
    # SECRET_KEY signs sessions and is known to more people and places than a root may be.
    if {hashlib.sha256(secret).digest(), secret[: suites.KEY_SIZE].ljust(suites.KEY_SIZE, b"\0")} & set(keys):
        raise VaultError("unreadable-root", f"{name} holds a root key made from SECRET_KEY; root keys are random.")
