"""Cells of the log's tables, by their type: SQLite keeps a text in a column of numbers, whoever wrote it there."""

from ledger.errors import LedgerError


def as_bytes(value: object) -> bytes:
    """Return the bytes of a cell; LedgerError if it holds anything else."""
    if isinstance(value, bytes | memoryview):
        return bytes(value)
    raise _foreign()


def as_number(value: object) -> int:
    """Return the count, place or time in a cell; LedgerError if it holds anything else."""
    if isinstance(value, int):
        return value
    raise _foreign()


def _foreign() -> LedgerError:
    return LedgerError("tampered", "A column of the log holds what the program never wrote.", permanent=True)
