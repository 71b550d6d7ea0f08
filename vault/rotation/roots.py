"""New root keys: data keys are wrapped again, and nothing that was sealed is touched."""

from collections import Counter
from pathlib import Path

from vault.errors import VaultError
from vault.models import DataKey
from vault.roots import add_roots, remove_roots
from vault.roots.sources import read_file
from vault.rotation.progress import Progress
from vault.suites import key_id_of
from vault.unsealer import unsealer

_BATCH = 200


def rotate_roots(file: Path | None, progress: Progress) -> int:
    """Wrap every data key under the newest roots and return how many needed it.

    With a file each plane gets a new root in it first, unless some data key still waits for the newest one: then an
    earlier run did not come to its end. Without a file the new roots were made where they are held.
    """
    left = unsealer().rewrap(0)
    if file and not left:
        add_roots(file)
        left = unsealer().rewrap(0)
    total = left
    while left:
        left = unsealer().rewrap(_BATCH)
        progress("data keys", total - min(left, total), total)
    return total


def finish_roots(file: Path) -> list[bytes]:
    """Remove the older roots from the file and return their ids; refused while one of them wraps a data key."""
    old = {name for entry in read_file(file).values() for name in entry.keys if name != entry.primary}
    wrapped = Counter(key_id_of(key.record) for key in DataKey.objects.iterator())
    if held := sum(wrapped[name] for name in old):
        raise VaultError("refused", f"{held} data keys are wrapped by older roots; run rotate_roots first.")
    if old:
        remove_roots(file, old)
    return sorted(old)
