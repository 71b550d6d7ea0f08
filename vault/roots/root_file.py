"""Making and changing the file of root keys. It is never overwritten, and at each moment it is whole on disk."""

import fcntl
import os
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from vault.errors import VaultError
from vault.planes import Plane
from vault.roots.material import Roots, new_roots, render
from vault.roots.sources import read_file


def create_file(path: Path) -> None:
    """Make new roots at `path`, mode 0600; FileExistsError if something is there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    _write(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), {plane: new_roots() for plane in Plane})
    _sync_folder(path)


def add_roots(path: Path) -> dict[Plane, bytes]:
    """Give each plane a new root that wraps from now on, and return the ids; older roots still unwrap."""
    with _locked(path) as path:
        roots = {plane: entry.with_new_primary() for plane, entry in read_file(path).items()}
        _replace(path, roots)
    return {plane: entry.primary for plane, entry in roots.items()}


def remove_roots(path: Path, ids: Collection[bytes]) -> None:
    """Remove older roots by id. What they wrapped and nobody rewrapped is gone for good."""
    with _locked(path) as path:
        roots = read_file(path)
        known = {name for entry in roots.values() for name in entry.keys}
        if unknown := set(ids) - known:
            raise VaultError("refused", f"{path} has no root {_names(unknown)}.")
        if primary := set(ids) & {entry.primary for entry in roots.values()}:
            raise VaultError("refused", f"{_names(primary)} wraps new data keys; add a new root first.")
        _replace(path, {plane: entry.without(ids) for plane, entry in roots.items()})


@contextmanager
def _locked(path: Path) -> Iterator[Path]:
    """Hold the lock beside the file and yield where the file really is.

    The file itself is replaced, so a lock on it would hold nobody up. Of a link, what it points to is replaced.
    """
    path = path.resolve()
    descriptor = os.open(path.with_name(f"{path.name}.lock"), os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield path
    finally:
        os.close(descriptor)


def _replace(path: Path, roots: Roots) -> None:
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        # An administrator who runs this must not take the file from the user that the console runs as.
        os.fchown(descriptor, path.stat().st_uid, -1)
        _write(descriptor, roots)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise
    _sync_folder(path)


def _write(descriptor: int, roots: Roots) -> None:
    with os.fdopen(descriptor, "wb") as file:
        file.write(render(roots))
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(path: Path) -> None:
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _names(ids: Collection[bytes]) -> str:
    return ", ".join(sorted(name.hex() for name in ids))
