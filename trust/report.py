"""The data-access report: one organization and selection in, everything the page and the CSV show out."""

from collections.abc import Iterator
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ledger.actor import Actor
from ledger.models import LeafBody, LeafType
from ledger.queries import Slot, Tally, Window, first_leaf, length, matching
from trust import purposes, rows, timeline
from trust.purposes import Group
from trust.selection import Selection
from usage import figures
from usage.periods import Period

if TYPE_CHECKING:
    _Paginator = Paginator[LeafBody]
else:
    _Paginator = Paginator  # generic for the type checker alone

PAGE_SIZE = 50
_GRANTS = (LeafType.GRANT_STARTED,)
_LEGAL = "legal-obligation"


class Report:
    """What happened in the period. All counts come from one grouped query."""

    def __init__(self, tenant: UUID, selection: Selection, reader: Actor, now: datetime) -> None:
        self.tenant, self.selection, self.reader = tenant, selection, reader
        self.period = Period.ending(selection.preset, now)
        self._window = Window.since(tenant, int(self.period.start.timestamp()) * 1_000_000)
        self._tallies = self._window.tallies()
        self._of_kind = selection.of_kind(self._tallies)

    # The headline

    @cached_property
    def opened(self) -> int:
        """How often somebody other than the organization's own members opened something."""
        return sum(self.by(group) for group in Group if group is not Group.MEMBERS)

    @property
    def times(self) -> str:
        return ngettext("%(times)s time", "%(times)s times", self.opened) % {"times": figures.exact(self.opened)}

    @property
    def figure(self) -> str:
        """The number for the seal, in at most six characters."""
        return figures.compact(self.opened)

    def by(self, group: Group) -> int:
        return sum(tally.count for tally in self._tallies if tally.type == LeafType.OPENING and _group(tally) is group)

    def count(self, *types: LeafType, purpose: str | None = None) -> int:
        kinds = {kind.value for kind in types}
        return sum(tally.count for tally in self._tallies if tally.type in kinds and purpose in (None, tally.purpose))

    @property
    def legal(self) -> int:
        return self.count(LeafType.OPENING, purpose=_LEGAL)

    @cached_property
    def without_grant(self) -> int:
        """How many openings by a person name no grant; there should be none."""
        ids = {shown.id for shown in purposes.of(Group.PERSON)}
        return sum(slot.count - slot.granted for slot in self._slots if slot.purpose in ids)

    @property
    def refused(self) -> int:
        return self.count(LeafType.REFUSAL)

    @property
    def grants(self) -> int:
        return self.count(*_GRANTS)

    def members(self) -> list[tuple[str, int]]:
        """Return the purposes of the organization's own members, each with its count."""
        counts: dict[str, int] = {}
        for tally in self._tallies:
            if tally.type == LeafType.OPENING and _group(tally) is Group.MEMBERS:
                counts[tally.purpose] = counts.get(tally.purpose, 0) + tally.count
        return [(str(shown.name), counts[shown.id]) for shown in purposes.of(Group.MEMBERS) if shown.id in counts]

    # The lanes

    @cached_property
    def _slots(self) -> list[Slot]:
        return self._window.slots(self._not_by_members(), timeline.width(self.period)) if self.opened else []

    def _not_by_members(self) -> Q:
        openings = [tally for tally in self._tallies if tally.type == LeafType.OPENING]
        return matching(openings, lambda tally: _group(tally) is not Group.MEMBERS)

    def lanes(self) -> list[timeline.Block]:
        return timeline.blocks(self._slots, self.period)

    def ticks(self) -> list[timeline.Tick]:
        return timeline.ticks(self.period)

    @property
    def span(self) -> str:
        last = self.period.buckets[-1]
        return _("%(first)s to %(last)s") % {
            "first": self.period.label(self.period.start),
            "last": self.period.label(last),
        }

    def sealed_days(self) -> list[str]:
        """Return the parts of the period in which there was something that could be opened."""
        first = first_leaf(self.tenant)
        if first is None:
            return []
        began = rows.moment(first.at)
        after = [*self.period.buckets[1:], self.period.end]
        spans = zip(self.period.buckets, after, strict=True)
        return [self.period.label(bucket) for bucket, end in spans if end > began]

    def entries_of_all_time(self) -> int:
        return length(self.tenant)

    # The table

    @property
    def found(self) -> int:
        return sum(tally.count for tally in self._of_kind if self.selection.holds(tally))

    @property
    def found_words(self) -> str:
        return str(self.selection.kind.noun % {"count": self.found, "number": figures.exact(self.found)})

    def entries(self) -> QuerySet[LeafBody]:
        return self._window.entries(self.selection.kind.types, matching(self._of_kind, self.selection.holds))

    def page(self, number: str | None) -> Page[LeafBody]:
        return _Counted(self.entries(), PAGE_SIZE, self.found).get_page(number)

    def rows(self, page: Page[LeafBody]) -> list[rows.Row]:
        return rows.rows(list(page), self.reader)

    def csv_rows(self) -> Iterator[list[str | int]]:
        return rows.csv_rows(self.entries())


def _group(tally: Tally) -> Group:
    return purposes.group_of(tally.purpose, tally.by_member)


class _Counted(_Paginator):
    """A paginator that knows its count already."""

    def __init__(self, entries: QuerySet[LeafBody], size: int, count: int) -> None:
        super().__init__(entries, size)
        self._known = count

    @cached_property
    def count(self) -> int:
        return self._known
