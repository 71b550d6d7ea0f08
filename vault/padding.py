"""Padding to buckets, so that the length of a ciphertext tells little about the value (ISO/IEC 7816-4)."""

from vault.errors import VaultError

_MARK = b"\x80"


def pad(value: bytes, bucket: int) -> bytes:
    """Append 0x80 and zeros up to the next multiple of `bucket` bytes."""
    return value + _MARK + bytes(-(len(value) + 1) % bucket)


def unpad(padded: bytes) -> bytes:
    marked = padded.rstrip(b"\x00")
    if not marked.endswith(_MARK):
        raise VaultError("unreadable", "The record's padding is broken.")
    return marked[:-1]
