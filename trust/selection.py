"""What the address of the page asks for; anything unknown falls back to the default."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, ngettext_lazy

from ledger.models import LeafType
from ledger.queries import Tally
from trust.purposes import BY_ID, Group, group_of
from trust.whose import Whose
from usage.periods import DEFAULT, PRESETS, Preset

RANGES = {preset.id: preset for preset in PRESETS.values() if preset.id != "24h"}


@dataclass(frozen=True, slots=True)
class Kind:
    """Which entries the table holds."""

    id: str
    title: str | Promise
    noun: Any  # how many, in words, of `count` and `number`
    types: tuple[LeafType, ...]
    has_purpose: bool = True


KINDS = {
    kind.id: kind
    for kind in (
        Kind(
            "openings",
            gettext_lazy("Openings"),
            ngettext_lazy("%(number)s opening", "%(number)s openings", "count"),
            (LeafType.OPENING,),
        ),
        Kind(
            "refusals",
            gettext_lazy("Refusals"),
            ngettext_lazy("%(number)s refusal", "%(number)s refusals", "count"),
            (LeafType.REFUSAL,),
        ),
        Kind(
            "both",
            gettext_lazy("Openings and refusals"),
            ngettext_lazy("%(number)s entry", "%(number)s entries", "count"),
            (LeafType.OPENING, LeafType.REFUSAL),
        ),
        Kind(
            "grants",
            gettext_lazy("Grants"),
            ngettext_lazy("%(number)s grant entry", "%(number)s grant entries", "count"),
            (LeafType.GRANT_STARTED, LeafType.GRANT_CLOSED),
        ),
        Kind(
            "keys",
            gettext_lazy("Key changes"),
            ngettext_lazy("%(number)s key change", "%(number)s key changes", "count"),
            (LeafType.ROTATION, LeafType.DESTRUCTION),
            has_purpose=False,
        ),
    )
}
_DEFAULT_KIND = KINDS["openings"]


class Selection:
    """The filters of one request. `group` None means everybody but the organization's own members."""

    def __init__(self, query: QueryDict, whose: Whose) -> None:
        self.whose = whose
        self.preset: Preset = RANGES.get(query.get("range", DEFAULT), RANGES[DEFAULT])
        self.kind = KINDS.get(query.get("show", ""), _DEFAULT_KIND)
        asked, by = query.get("purpose", ""), query.get("by", "")
        self.purpose = BY_ID.get(asked) if self.kind.has_purpose else None
        self.group = Group(by) if by in set(Group) and self.kind.has_purpose else None
        if self.purpose and self.group is None and self.purpose.group is Group.MEMBERS:
            self.group = Group.MEMBERS

    @property
    def is_filtered(self) -> bool:
        return bool(self.purpose or self.group or self.kind is not _DEFAULT_KIND)

    def of_kind(self, tallies: Iterable[Tally]) -> list[Tally]:
        kinds = {kind.value for kind in self.kind.types}
        return [tally for tally in tallies if tally.type in kinds]

    def holds(self, tally: Tally) -> bool:
        """Tell whether leaves of the right kind pass the filters."""
        if not self.kind.has_purpose:
            return True
        group = group_of(tally.purpose, tally.by_member)
        right_group = group is self.group if self.group else group is not Group.MEMBERS
        return right_group and (self.purpose is None or self.purpose.id == tally.purpose)

    def url(self, page: str = "data_access", **changes: str) -> str:
        query = {
            "range": self.preset.id,
            "show": "" if self.kind is _DEFAULT_KIND else self.kind.id,
            "purpose": self.purpose.id if self.purpose else "",
            "by": self.group.value if self.group else "",
        } | changes
        path = self.whose.url(page)
        return f"{path}?{urlencode({key: value for key, value in query.items() if value})}"
