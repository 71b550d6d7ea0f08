"""What is typed into the search of the audit log: `action:key.created actor:me since:2026-11-01`.

Of values of one qualifier any will do; of different qualifiers all must hold. What is not understood is said, and
nothing is left out silently.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

QUALIFIERS = {
    "action": gettext_lazy("what was done, such as key.created, or key for all about keys"),
    "actor": gettext_lazy("who did it: me, member, key, operator, staff, system, or an id"),
    "target": gettext_lazy("what it was done to: the name of a key or project, or an id"),
    "project": gettext_lazy("a project, with its keys"),
    "since": gettext_lazy("a date, or a date and time, in UTC"),
    "until": gettext_lazy("the same; a date counts to its end"),
}
LONGEST = 500  # characters
_TERM = re.compile(r'(?P<word>[^\s"]*"[^"]*"|\S+)')
_TIMES = frozenset({"since", "until"})


@dataclass(frozen=True, slots=True)
class Search:
    """A search that was read; `faults` says what was not understood."""

    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    since: datetime | None = None
    until: datetime | None = None  # not included
    faults: tuple[str, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Tell whether nothing narrows it but time."""
        return not self.values and not self.faults

    @property
    def text(self) -> str:
        """Return the search as it is written best."""
        return " ".join(f"{name}:{_quoted(value)}" for name, values in self.values.items() for value in values)


def read(text: str) -> Search:
    values: dict[str, tuple[str, ...]] = {}
    faults: list[str] = []
    if len(text) > LONGEST:
        return Search(faults=(_("A search has %(most)s characters at most.") % {"most": LONGEST},))
    for name, value in _terms(text):
        if name not in QUALIFIERS:
            faults.append(_no_qualifier(name, value))
        elif not value:
            faults.append(_("“%(name)s:” needs a value: %(what)s.") % {"name": name, "what": QUALIFIERS[name]})
        elif name in _TIMES and values.get(name):
            faults.append(_("“%(name)s:” can be given once.") % {"name": name})
        else:
            values[name] = (*values.get(name, ()), value)
    since, until = (_moment(name, values.get(name), faults) for name in ("since", "until"))
    return Search(values, since, until, tuple(faults))


def with_value(text: str, name: str, value: str) -> str:
    """Return a search in which a qualifier has just this value, or none."""
    kept = [f"{each}:{_quoted(said)}" if each else said for each, said in _terms(text) if each != name]
    return " ".join([*kept, *([f"{name}:{_quoted(value)}"] if value else [])])


def value_of(search: Search, name: str) -> str:
    """Return a qualifier's value, if it has one alone."""
    values = search.values.get(name, ())
    return values[0] if len(values) == 1 else ""


def _terms(text: str) -> Iterable[tuple[str, str]]:
    for match in _TERM.finditer(text.replace("\0", "")):
        name, colon, value = match["word"].partition(":")
        yield (name.casefold(), value.strip('"').strip()) if colon else ("", name.strip('"'))


def _no_qualifier(name: str, value: str) -> str:
    known = ", ".join(f"{each}:" for each in QUALIFIERS)
    if name:
        return _("“%(name)s:” is no qualifier. Use %(known)s.") % {"name": name, "known": known}
    return _("“%(value)s” has no qualifier. Use %(known)s.") % {"value": value, "known": known}


def _quoted(value: str) -> str:
    return f'"{value}"' if re.search(r"\s", value) else value


def _moment(name: str, values: tuple[str, ...] | None, faults: list[str]) -> datetime | None:
    if not values:
        return None
    text = values[0]
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
            day = date.fromisoformat(text) + timedelta(days=name == "until")
            return datetime.combine(day, time(), UTC)
        at = datetime.fromisoformat(text)
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        said = _("“%(text)s” is no date. Write %(name)s:2026-11-25 or %(name)s:2026-11-25T14:30.")
        faults.append(said % {"text": text, "name": name})
        return None
