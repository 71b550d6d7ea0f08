"""One file of the spool: appended by its owner, read from its beginning, removed when all was taken.

The owner holds a lock that the kernel drops with the process, however it dies; whoever gets the
lock owns what is left. A line is one write; the rest of a line that a dying process left is ignored.
"""

import fcntl
import os
from pathlib import Path
from typing import Self

_READ = 4 * 1024 * 1024  # bytes: as much as the calls of a batch take


class Segment:
    """An open, locked segment."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self.path = path
        self._descriptor = descriptor
        self.size = os.fstat(descriptor).st_size
        self.offset = 0  # what was taken so far

    @classmethod
    def create(cls, path: Path) -> Self:
        """Make a new segment, readable by its owner only; it gets its name once nobody can take it over."""
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        segment = cls._locked(path, os.open(path.with_suffix(".new"), flags, 0o600))
        path.with_suffix(".new").rename(path)
        return segment

    @classmethod
    def adopt(cls, path: Path) -> Self | None:
        """Take over a segment whose owner is gone; None while the owner lives or if it is gone as well."""
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CLOEXEC)
        except FileNotFoundError:
            return None
        try:
            segment = cls._locked(path, descriptor)
        except BlockingIOError:
            return None
        # Another process may have emptied and removed it between the opening and the lock.
        if os.fstat(descriptor).st_nlink == 0:
            segment.close()
            return None
        return segment

    @classmethod
    def _locked(cls, path: Path, descriptor: int) -> Self:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(descriptor)
            raise
        return cls(path, descriptor)

    def append(self, line: bytes) -> None:
        """Append a whole line or nothing; raise OSError when the disk takes no more."""
        written = os.write(self._descriptor, line)
        if written != len(line):
            os.ftruncate(self._descriptor, self.size)
            raise OSError("the disk took only a part of a record")
        self.size += written

    def lines(self, most: int) -> list[bytes]:
        """Return the next complete lines, with their line breaks, without taking them."""
        data = os.pread(self._descriptor, _READ, self.offset)
        complete, newline, _ = data.rpartition(b"\n")
        if newline:
            return (complete + newline).splitlines(keepends=True)[:most]
        # No record is this long: a damaged stretch counts as a line of its own.
        return [data] if len(data) == _READ else []

    @property
    def taken(self) -> bool:
        """Whether everything in it was taken."""
        return self.offset >= self.size

    def empty(self) -> None:
        """Forget what was taken; only if everything was."""
        os.ftruncate(self._descriptor, 0)
        self.size = self.offset = 0

    def remove(self) -> None:
        """Delete the file and let go of it."""
        self.path.unlink(missing_ok=True)
        self.close()

    def close(self) -> None:
        """Let go of the file; whoever adopts it begins at its beginning."""
        os.close(self._descriptor)
