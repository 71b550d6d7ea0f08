"""Events as the page and the files show them."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from django.utils.translation import gettext_lazy

from accounts.models import Organization
from ledger.actor import Actor
from ledger.history import Happening, Place, Standing
from ledger.leaves import Plain
from trust.actors import Who, who
from trust.audit import words
from trust.audit.targets import Names, Target, Targets

_BEFORE, _AFTER = ("before_", "removed_"), ("after_", "added_")
STANDINGS = {
    Standing.CHANGED: gettext_lazy("The database says something else of this. Shown is what the ledger recorded."),
    Standing.UNRECORDED: gettext_lazy(
        "The ledger has no entry of this. Somebody may have written it into the database."
    ),
    Standing.UNLISTED: gettext_lazy("The database has no row of this any more. Shown is what the ledger recorded."),
    Standing.BROKEN: gettext_lazy("The text of this entry is not what was recorded: it does not fit its hash."),
    Standing.WAITING: gettext_lazy("Waits for its entry in the ledger; that takes a few seconds."),
}


@dataclass(frozen=True, slots=True)
class Change:
    """A value and what became of it; None where there is or was none."""

    name: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a sentence: words, or the name of somebody or something; `hint` tells those without a name apart."""

    text: str = ""
    name: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """An event in words."""

    id: str
    at: datetime
    actor: str
    icon: str
    said: tuple[Part, ...]
    target: Target
    target_id: str
    tag: str
    changes: tuple[Change, ...]
    facts: tuple[tuple[str, str], ...]
    place: Place | None
    warning: str
    is_waiting: bool


@dataclass(frozen=True, slots=True)
class Day:
    date: date
    rows: list[Row]


def days(happenings: list[Happening], organization: Organization, reader: Actor, people: Names) -> list[Day]:
    targets = Targets(happenings, organization, reader, people)
    rows = [_row(each, targets, reader) for each in happenings]
    return [Day(day, list(group)) for day, group in groupby(rows, lambda row: row.at.date())]


CSV_HEADER = ["at_utc", "action", "actor", "target", "payload", "standing", "entry", "position", "hash", "id"]


def csv_rows(happenings: Iterable[Happening]) -> Iterator[list[str | int]]:
    for each in happenings:
        payload = json.dumps(each.payload, sort_keys=True, ensure_ascii=False) if each.payload else ""
        place = [each.place.sequence, each.place.position, each.place.hash] if each.place else ["", "", ""]
        yield [
            each.at.isoformat(),
            words.tag(each.action),
            each.actor,
            each.target,
            payload,
            each.standing.value,
            *place,
            str(each.id),
        ]


def as_json(happening: Happening) -> dict[str, Any]:
    place = happening.place
    return {
        "id": str(happening.id),
        "at": happening.at.isoformat(),
        "action": words.tag(happening.action),
        "actor": happening.actor,
        "target": happening.target,
        "payload": happening.payload,
        "standing": happening.standing.value,
        "entry": {"sequence": place.sequence, "position": place.position, "hash": place.hash} if place else None,
    }


def _row(each: Happening, targets: Targets, reader: Actor) -> Row:
    kind, _, name = each.actor.partition(":")
    person = targets.name_of(name) if kind == "user" else ""
    target = targets.of(each)
    return Row(
        id=str(each.id),
        at=each.at,
        actor=each.actor,
        icon=_ICONS.get(kind, "cpu"),
        said=_said(each, Who(person) if person else who(each.actor, reader), target),
        target=target,
        target_id=each.target,
        tag=words.tag(each.action),
        changes=tuple(_changes(each.payload)),
        facts=tuple(_facts(each, targets)),
        place=each.place,
        warning=str(STANDINGS.get(each.standing, "")),
        is_waiting=each.standing is Standing.WAITING,
    )


_ICONS = {"user": "user-round", "key": "key-round", "operator": "server-cog", "staff": "life-buoy"}


def _said(each: Happening, actor: Who, target: Target) -> tuple[Part, ...]:
    """Return the sentence of an action with the names in their places, wherever the language has them."""
    named = {
        "who": Part(name=actor.label, hint=actor.hint),
        "target": Part(name=target.name, hint=target.hint),
        "action": Part(name=words.tag(each.action)),
    }
    pieces = words.PLACE.split(words.of_action(each.action, is_own=each.actor == f"user:{each.target}"))
    return tuple(named[piece] if number % 2 else Part(piece) for number, piece in enumerate(pieces) if piece)


def _changes(payload: dict[str, Plain]) -> Iterator[Change]:
    """Return what changed: pairs of members that begin as `ledger.events.changes` writes them."""
    for before, after in zip(_BEFORE, _AFTER, strict=True):
        names = [name.removeprefix(after) for name in payload if name.startswith(after)]
        for name in names:
            was, now = payload.get(before + name), payload.get(after + name)
            yield Change(words.of_field(name), _text(was), _text(now))


def _facts(each: Happening, targets: Targets) -> Iterator[tuple[str, str]]:
    for name, value in each.payload.items():
        if name.startswith((*_BEFORE, *_AFTER)) or value in (None, ""):
            continue
        yield words.of_field(name, each.action), targets.project(value) if name == "project" else str(value)


def _text(value: Plain) -> str | None:
    return None if value in (None, "") else str(value)
