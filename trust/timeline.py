"""Openings by purpose over a period, as lanes with marks: percentages of a fluid SVG."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ledger.queries import Slot
from trust import purposes
from trust.purposes import Group, Shown
from usage import figures
from usage.periods import Period

PARTS = 96  # of a period; a mark is about as wide as one of them
_LABELS = 5
_FULL = 18  # height of the tallest mark, of a lane of 26


@dataclass(frozen=True, slots=True)
class Mark:
    x: str
    y: int
    height: int
    title: str


@dataclass(frozen=True, slots=True)
class Lane:
    id: str
    name: str
    colour: int
    count: int
    marks: tuple[Mark, ...]

    @property
    def total(self) -> str:
        return figures.exact(self.count)


@dataclass(frozen=True, slots=True)
class Block:
    """The lanes under one heading."""

    heading: str
    lanes: tuple[Lane, ...]


@dataclass(frozen=True, slots=True)
class Tick:
    x: str
    label: str


def width(period: Period) -> int:
    """Return the length of a part in microseconds."""
    return int((period.end - period.start) / timedelta(microseconds=1)) // PARTS


def blocks(slots: Sequence[Slot], period: Period) -> list[Block]:
    """Return all lanes of persons and systems, empty ones too, and those of other purposes that have a mark."""
    by_purpose: dict[str, list[Slot]] = {}
    for slot in slots:
        by_purpose.setdefault(slot.purpose, []).append(slot)
    known = {group: purposes.of(group) for group in (Group.PERSON, Group.SYSTEM)}
    listed = {shown.id for group in known.values() for shown in group}
    for purpose in sorted(by_purpose.keys() - listed):
        group = purposes.group_of(purpose, by_member=False)
        known[group] = (*known.get(group, ()), purposes.named(purpose))
    return [_block(group, shown, by_purpose, period) for group, shown in known.items() if shown]


def ticks(period: Period) -> list[Tick]:
    step = -(-len(period.buckets) // _LABELS)
    return [Tick(_x(bucket, period), period.label(bucket)) for bucket in period.buckets[::step]]


def _block(group: Group, shown: Sequence[Shown], slots: Mapping[str, list[Slot]], period: Period) -> Block:
    return Block(str(purposes.HEADINGS[group]), tuple(_lane(each, slots.get(each.id, []), period) for each in shown))


def _lane(shown: Shown, slots: Sequence[Slot], period: Period) -> Lane:
    marks = tuple(_mark(slot, period) for slot in slots)
    return Lane(shown.id, str(shown.name), shown.colour, sum(slot.count for slot in slots), marks)


def _mark(slot: Slot, period: Period) -> Mark:
    height = min(_FULL, 10 + 2 * slot.count.bit_length())
    began = period.start + timedelta(microseconds=slot.index * width(period))
    number = ngettext("%(number)s opening", "%(number)s openings", slot.count) % {"number": figures.exact(slot.count)}
    text = f"{date_format(began, _('M j, H:i'))}, {number}"
    return Mark(f"{100 * slot.index / PARTS:.2f}%", 13 - height // 2, height, text)


def _x(at: datetime, period: Period) -> str:
    return f"{100 * ((at - period.start) / (period.end - period.start)):.2f}%"
