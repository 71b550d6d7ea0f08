"""What stands in a directory: who, their name and their address. Pure functions.

Packed, it is two texts with a line for each member: what searches look through, folded, and the entries as JSON.
A search reads the first as one text and decodes only the lines that it found, so ten thousand members take it no
longer than the disk takes to commit its leaf.
"""

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from uuid import UUID

import msgspec
from msgspec import Struct


@dataclass(frozen=True, slots=True, repr=False)
class Contact:
    """A person's name and address in the clear, in the hands of somebody who may know them."""

    name: str
    email: str


class Entry(Struct, frozen=True, array_like=True):
    """One member; its `repr` shows nobody."""

    user_id: UUID
    name: str
    email: str

    def __repr__(self) -> str:
        return "<Entry>"

    @classmethod
    def of(cls, user_id: UUID, contact: Contact) -> "Entry":
        return cls(user_id, contact.name, contact.email)


class _Packed(Struct, array_like=True):
    folded: bytes  # name, tab, address, newline; of what is folded none contains either
    entries: bytes  # JSON, newline; in the same order


_packed = msgspec.msgpack.Decoder(_Packed)
_entry = msgspec.json.Decoder(Entry)


def fold(text: str) -> str:
    """Return the text in the form in which spellings that people take for the same are the same."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return " ".join(folded.split())


def pack(entries: Iterable[Entry]) -> bytes:
    """Return the entries for sealing, by name and where there is none by address."""
    ordered = sorted(entries, key=lambda entry: (fold(entry.name or entry.email), fold(entry.email), entry.user_id))
    folded = "".join(f"{fold(entry.name)}\t{fold(entry.email)}\n" for entry in ordered)
    lines = b"".join(msgspec.json.encode(entry) + b"\n" for entry in ordered)
    return msgspec.msgpack.encode(_Packed(folded.encode(), lines))


def unpack(data: bytes) -> list[Entry]:
    return [_entry.decode(line) for line in _packed.decode(data).entries.splitlines()]


def find(data: bytes, text: str, most: int) -> list[Entry]:
    """Return the first entries whose name or address contains the text; all of them contain nothing."""
    packed, wanted = _packed.decode(data), fold(text).encode()
    numbers = list(islice(_lines_with(packed.folded, wanted), most))
    lines = packed.entries.splitlines() if numbers else []
    return [_entry.decode(lines[number]) for number in numbers]


def _lines_with(folded: bytes, wanted: bytes) -> Iterator[int]:
    """Yield the numbers of the lines that contain what is wanted; in UTF-8, bytes are found where characters are."""
    number = start = 0
    while start < len(folded) and (place := folded.find(wanted, start)) >= 0:
        number += folded.count(b"\n", start, place)
        yield number
        number, start = number + 1, folded.index(b"\n", place) + 1
