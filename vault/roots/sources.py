"""Where local root keys come from: a file that only its owner may read, or a variable."""

import base64
import binascii
import os
from pathlib import Path
from typing import Protocol

from vault.errors import VaultError
from vault.roots.material import Roots, parse


class Source(Protocol):
    def stamp(self) -> object:
        """Return something that is different once the roots may be."""

    def load(self) -> Roots: ...


class FileSource:
    def __init__(self, path: Path) -> None:
        self._path = path

    def stamp(self) -> object:
        try:
            status = self._path.stat()
        except OSError as error:
            raise _unavailable(self._path, error) from None
        return status.st_ino, status.st_mtime_ns, status.st_ctime_ns, status.st_size

    def load(self) -> Roots:
        return read_file(self._path)


class VariableSource:
    """The file's JSON as base64, for containers; it cannot change while the process runs."""

    def __init__(self, value: str) -> None:
        self._value = value

    def stamp(self) -> object:
        return None

    def load(self) -> Roots:
        try:
            data = base64.b64decode(self._value, validate=True)
        except (binascii.Error, ValueError):
            raise VaultError("unreadable-root", "ROOT_KEYS is not base64.") from None
        return parse(data, "ROOT_KEYS")


def read_file(path: Path) -> Roots:
    try:
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_mode & 0o077:
                raise VaultError("exposed-root", f"{path} can be read by others; its mode must be 0600.")
            data = file.read()
    except OSError as error:
        raise _unavailable(path, error) from None
    return parse(data, str(path))


def _unavailable(path: Path, error: OSError) -> VaultError:
    if isinstance(error, FileNotFoundError):
        return VaultError("missing-root", f"{path} does not exist; `manage.py vault_init` makes it once.")
    return VaultError("unreadable-root", f"{path} cannot be read: {error.strerror}.")
