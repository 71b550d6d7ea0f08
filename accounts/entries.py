"""What stands in a directory: who, their name and their address. Pure functions.

Packed, it is two texts with a line for each member: what searches look through, folded, and what folding lost, as
JSON. A search reads the first as one text and decodes only the lines that it found. Every byte counts: a directory
crosses the unsealer's socket twice.
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


@dataclass(frozen=True, slots=True, repr=False)
class Entry:
    """One member."""

    user_id: UUID
    name: str
    email: str

    @classmethod
    def of(cls, user_id: UUID, contact: Contact) -> "Entry":
        return cls(user_id, contact.name, contact.email)


class _Line(Struct, array_like=True):
    name: str
    email: str | None  # None where folding left it as it was


class _Packed(Struct, array_like=True):
    """Three columns in one order."""

    ids: bytes  # 16 a member
    folded: bytes  # name, tab, address, newline; of what is folded none contains either
    lines: bytes  # JSON, newline


_packed = msgspec.msgpack.Decoder(_Packed)
_line = msgspec.json.Decoder(_Line)


def fold(text: str) -> str:
    """Return the text in the form in which spellings that people take for the same are the same."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return " ".join(folded.split())


def pack(entries: Iterable[Entry]) -> bytes:
    """Return the entries for sealing, by name and where there is none by address."""
    ordered = sorted(entries, key=lambda entry: (fold(entry.name or entry.email), fold(entry.email), entry.user_id))
    folded = "".join(f"{fold(entry.name)}\t{fold(entry.email)}\n" for entry in ordered)
    lines = b"".join(_line_of(entry) for entry in ordered)
    return msgspec.msgpack.encode(_Packed(b"".join(entry.user_id.bytes for entry in ordered), folded.encode(), lines))


def unpack(data: bytes) -> list[Entry]:
    return find(data, "", len(data))


def find(data: bytes, text: str, most: int) -> list[Entry]:
    """Return the first entries whose name or address contains the text; all of them contain nothing."""
    packed, wanted = _packed.decode(data), fold(text).encode()
    numbers = list(islice(_lines_with(packed.folded, wanted), most))
    if not numbers:
        return []
    folded, lines = packed.folded.splitlines(), packed.lines.splitlines()
    return [_entry(packed.ids[16 * n : 16 * n + 16], folded[n], lines[n]) for n in numbers]


def _line_of(entry: Entry) -> bytes:
    email = None if fold(entry.email) == entry.email else entry.email
    return msgspec.json.encode(_Line(entry.name, email)) + b"\n"


def _entry(id: bytes, folded: bytes, line: bytes) -> Entry:
    known = _line.decode(line)
    email = folded.partition(b"\t")[2].decode() if known.email is None else known.email
    return Entry(UUID(bytes=id), known.name, email)


def _lines_with(folded: bytes, wanted: bytes) -> Iterator[int]:
    """Yield the numbers of the lines that contain what is wanted; in UTF-8, bytes are found where characters are."""
    number = start = 0
    while start < len(folded) and (place := folded.find(wanted, start)) >= 0:
        number += folded.count(b"\n", start, place)
        yield number
        number, start = number + 1, folded.index(b"\n", place) + 1
