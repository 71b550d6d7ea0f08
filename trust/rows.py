"""Leaves as lines of the table and of the CSV: three queries for a page, however long it is."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ledger.actor import Actor
from ledger.models import Leaf, LeafBody, LeafType
from ledger.queries import grants_of, headers
from trust import body, fields, purposes
from trust.actors import Who, who
from usage import figures

# Of ids, fields and a hash in the details: ids do not compress, fifty rows weigh. The CSV and the bundle hold all.
_SUBJECTS, _FIELDS, _HASH = 1, 8, 16
_CHUNK = 500
_STATES = {
    LeafType.REFUSAL: gettext_lazy("Refused"),
    LeafType.GRANT_STARTED: gettext_lazy("Grant started"),
    LeafType.GRANT_CLOSED: gettext_lazy("Grant closed"),
}
_KEY_CHANGES = {LeafType.DESTRUCTION: gettext_lazy("Keys destroyed"), LeafType.ROTATION: gettext_lazy("Key rotated")}


@dataclass(frozen=True, slots=True)
class GrantLine:
    """The start or end of the grant under which something opened."""

    title: str
    at: datetime
    entry: str
    who: Who


@dataclass(frozen=True, slots=True)
class Row:
    """A leaf as the table shows it."""

    at: datetime
    entry: str
    position: str
    hash: str
    state: str  # empty for an opening
    is_refused: bool
    purpose: str
    colour: int
    who: Who
    actor: str
    fields: str
    all_fields: tuple[tuple[str, str], ...]
    more_fields: int
    records: str
    subjects: tuple[str, ...]
    more_subjects: int
    case: str
    code: str
    grant: UUID | None
    grant_lines: tuple[GrantLine, ...]
    facts: tuple[tuple[str, str], ...]
    readable: bool


def rows(bodies: Sequence[LeafBody], reader: Actor) -> list[Row]:
    grants = grants_of(bodies)
    leaves = headers([*bodies, *grants])
    lines: dict[UUID, list[GrantLine]] = {}
    for each in grants:
        if each.grant and each.position in leaves:
            lines.setdefault(each.grant, []).append(_grant_line(each, leaves[each.position], reader))
    return [_row(each, leaves[each.position], lines, reader) for each in bodies]


CSV_HEADER = [
    "at_utc", "entry", "position", "type", "purpose", "actor", "fields", "subjects", "case", "grant", "code", "hash",
]  # fmt: skip


def csv_rows(entries: QuerySet[LeafBody]) -> Iterator[list[str | int]]:
    """Return every entry, whole, a chunk at a time; new ones that come meanwhile change nothing."""
    before: int | None = None
    while chunk := list((entries if before is None else entries.filter(position__lt=before))[:_CHUNK]):
        leaves = headers(chunk)
        yield from (_csv_row(each, leaves[each.position]) for each in chunk)
        before = chunk[-1].position


def moment(microseconds: int) -> datetime:
    return datetime.fromtimestamp(microseconds / 1_000_000, UTC)


def _row(leaf_body: LeafBody, leaf: Leaf, lines: dict[UUID, list[GrantLine]], reader: Actor) -> Row:
    said, shown = body.read(leaf_body.text), purposes.named(leaf_body.purpose)
    kind = LeafType(leaf_body.type)
    return Row(
        at=moment(leaf.at),
        entry=figures.exact(leaf.sequence),
        position=figures.exact(leaf.position),
        hash=f"{bytes(leaf.hash).hex()[:_HASH]}…",
        state=str(_STATES.get(kind, "")),
        is_refused=kind is LeafType.REFUSAL,
        purpose=str(_KEY_CHANGES.get(kind, shown.name)),
        colour=shown.colour,
        who=who(leaf_body.actor, reader),
        actor=leaf_body.actor,
        fields=fields.summary(said.fields),
        all_fields=tuple((fields.name(field), field) for field in said.fields[:_FIELDS]),
        more_fields=max(0, len(said.fields) - _FIELDS),
        records=fields.records(said.fields, len(said.subjects)),
        subjects=said.subjects[:_SUBJECTS],
        more_subjects=max(0, len(said.subjects) - _SUBJECTS),
        case=said.case,
        code=said.code,
        grant=leaf_body.grant,
        grant_lines=tuple(lines.get(leaf_body.grant, ())) if leaf_body.grant else (),
        facts=said.more,
        readable=said.readable,
    )


def _grant_line(leaf_body: LeafBody, leaf: Leaf, reader: Actor) -> GrantLine:
    title = _("Started") if leaf_body.type == LeafType.GRANT_STARTED else _("Closed")
    return GrantLine(title, moment(leaf.at), figures.exact(leaf.sequence), who(leaf_body.actor, reader))


def _csv_row(leaf_body: LeafBody, leaf: Leaf) -> list[str | int]:
    said = body.read(leaf_body.text)
    lists = [_joined(said.fields), _joined(said.subjects)]
    grant = str(leaf_body.grant or "")
    return [
        moment(leaf.at).isoformat(),
        leaf.sequence,
        leaf.position,
        leaf_body.type,
        leaf_body.purpose,
        leaf_body.actor,
        *lists,
        said.case,
        grant,
        said.code,
        bytes(leaf.hash).hex(),
    ]


def _joined(texts: Iterable[str]) -> str:
    return " ".join(texts)
