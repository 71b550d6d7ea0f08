"""What stands in a directory: who, their name, their address and a hint of their role. Pure functions.

Packed, it is a text that searches look through, folded, with a line for each member, and what can't be told from that
line, as JSON. A search decodes only what it found. Every byte counts: a directory crosses the unsealer's socket twice.
"""

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, islice
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
    """One member. `role` is the first letter of their role, to filter by; empty where nobody noted it."""

    user_id: UUID
    name: str
    email: str
    role: str = ""

    @classmethod
    def of(cls, user_id: UUID, contact: Contact, role: str = "") -> "Entry":
        return cls(user_id, contact.name, contact.email, role[:1])


@dataclass(frozen=True, slots=True, repr=False)
class Page:
    """Some of the members that were found, and how many those were."""

    entries: list[Entry]
    total: int


class _Lost(Struct, array_like=True):
    """What folding lost; None where it is what `_guess` says, or nothing was lost."""

    name: str | None
    email: str | None


class _Packed(Struct, array_like=True):
    """Columns in one order."""

    ids: bytes  # 16 a member
    folded: bytes  # name, tab, address, newline; of what is folded none contains either
    ends: bytes  # where a member's part of `lost` ends: 4 a member, big-endian
    lost: bytes  # JSON; nothing for most members
    roles: bytes = b""  # 1 a member, a space for who has none noted; empty where it is older than roles


_NO_ROLE = " "
_packed = msgspec.msgpack.Decoder(_Packed)
_lost = msgspec.json.Decoder(_Lost)


def fold(text: str) -> str:
    """Return the text in the form in which spellings that people take for the same are the same."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return " ".join(folded.split())


def pack(entries: Iterable[Entry]) -> bytes:
    """Return the entries for sealing, by name and where there is none by address."""
    ordered = sorted(entries, key=lambda entry: (fold(entry.name or entry.email), fold(entry.email), entry.user_id))
    folded = "".join(f"{fold(entry.name)}\t{fold(entry.email)}\n" for entry in ordered)
    lost = [_lost_of(entry) for entry in ordered]
    ends = b"".join(end.to_bytes(4, "big") for end in accumulate(map(len, lost)))
    ids = b"".join(entry.user_id.bytes for entry in ordered)
    roles = "".join(entry.role or _NO_ROLE for entry in ordered).encode()
    return msgspec.msgpack.encode(_Packed(ids, folded.encode(), ends, b"".join(lost), roles))


def unpack(data: bytes) -> list[Entry]:
    return find(data, "", len(data))


def find(data: bytes, text: str, most: int) -> list[Entry]:
    """Return the first entries whose name or address contains the text; all of them contain nothing."""
    packed, wanted = _packed.decode(data), fold(text).encode()
    return [_entry(packed, number, line) for number, line in islice(_lines_with(packed.folded, wanted), most)]


def select(
    data: bytes,
    *,
    text: str = "",
    role: str = "",
    keep: Callable[[bytes], bool] | None = None,
    start: int = 0,
    count: int | None = None,
) -> Page:
    """Return some of the entries that contain the text, have the role and that `keep` lets through, in their order.

    It is asked with the 16 bytes of an id: to make thousands of UUIDs takes longer than all the rest.
    """
    packed, wanted, letter = _packed.decode(data), fold(text).encode(), role[:1].encode()
    lines = packed.folded.split(b"\n")[:-1]
    numbers: Sequence[int] = range(len(lines))
    if wanted:
        numbers = [number for number in numbers if wanted in lines[number]]
    if letter:
        numbers = [number for number in numbers if packed.roles[number : number + 1] == letter]
    if keep:
        numbers = [number for number in numbers if keep(packed.ids[16 * number : 16 * number + 16])]
    shown = numbers[start:] if count is None else numbers[start : start + count]
    return Page([_entry(packed, number, lines[number]) for number in shown], len(numbers))


def has_roles(data: bytes) -> bool:
    """Tell whether roles are noted; they are not in a directory from before they were."""
    packed = _packed.decode(data)
    return bool(packed.roles.strip()) or not packed.ids


def _lost_of(entry: Entry) -> bytes:
    name = None if _guess(fold(entry.name)) == entry.name else entry.name
    email = None if fold(entry.email) == entry.email else entry.email
    return b"" if name is None and email is None else msgspec.json.encode(_Lost(name, email))


def _guess(folded: str) -> str:
    """Return how a folded name is mostly written."""
    return folded.title()


def _entry(packed: _Packed, number: int, line: bytes) -> Entry:
    name, email = line.decode().split("\t")
    start, end = (_end(packed, n) for n in (number - 1, number))
    lost = _lost.decode(packed.lost[start:end]) if end > start else _Lost(None, None)
    return Entry(
        UUID(bytes=packed.ids[16 * number : 16 * number + 16]),
        _guess(name) if lost.name is None else lost.name,
        email if lost.email is None else lost.email,
        packed.roles[number : number + 1].decode().strip(),
    )


def _end(packed: _Packed, number: int) -> int:
    return int.from_bytes(packed.ends[4 * number : 4 * number + 4], "big") if number >= 0 else 0


def _lines_with(folded: bytes, wanted: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield number and line of those that contain what is wanted; in UTF-8, bytes are found where characters are."""
    number = end = 0
    while end < len(folded) and (place := folded.find(wanted, end)) >= 0:
        number += folded.count(b"\n", end, place)
        start, end = folded.rfind(b"\n", 0, place) + 1, folded.index(b"\n", place) + 1
        yield number, folded[start : end - 1]
        number += 1
