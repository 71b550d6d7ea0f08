"""Mistakes: reported events that do not count, as the console's page tells of them.

Of an event nothing is kept but its id, cut. So the reason is one of a fixed set of sentences: where ours quotes what
was sent, another one takes its place.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from gateway.control.events import Data, Event, Refused, Unreadable

_LONGEST_ID = 64
_AT = re.compile(r"(?P<text>.*?)( - at `(?P<at>\$[a-z_.]+)`)?", re.DOTALL)
_PLACES = {
    *(f"$.{name}" for name in Event.__struct_fields__),
    *(f"$.data.{name}" for name in Data.__struct_fields__),
}
# What the decoder quotes, and what is said instead.
_QUOTING = {
    "Object contains unknown field": "There is a member that nobody knows",
    "Invalid enum value": "This is none of the values that it can have",
    "JSON is malformed": "The event is no JSON",
}
# What it says of types, ranges and members that lack: names of the schema and of JSON's types alone.
_OF_SCHEMA = re.compile(
    r"Expected `[a-z |]+`( (>=|<=) -?\d+| of length (>=|<=) \d+|, got `[a-z]+`| with a timezone component)?"
    r"|Object missing required field `[a-z_]+`"
    r"|Invalid (UUID|RFC3339 encoded datetime)"
)
_OTHER = "The event is not as it must be"


@dataclass(frozen=True, slots=True)
class Mistake:
    """One event that did not count; `organization_id` is whose, None if nobody knows."""

    organization_id: UUID | None
    code: str
    detail: str
    at: datetime
    event_id: str

    @property
    def place(self) -> tuple[object, ...]:
        return self.organization_id, self.code, self.detail, self.at.replace(minute=0, second=0, microsecond=0)


def mistake(refused: Refused, organization_id: UUID | None, at: datetime, event_id: str | None) -> Mistake:
    """Return what is kept of a refused event."""
    visible = "".join(each for each in (event_id or "")[:_LONGEST_ID] if each.isprintable())
    return Mistake(organization_id, refused.code, sentence(refused), at, visible)


def sentence(refused: Refused) -> str:
    """Return the reason, without anything that was sent."""
    if not isinstance(refused, Unreadable):
        return refused.detail
    found = _AT.fullmatch(refused.detail)
    text, at = (found["text"], found["at"]) if found else ("", None)
    if not _OF_SCHEMA.fullmatch(text):
        text = next((instead for start, instead in _QUOTING.items() if text.startswith(start)), _OTHER)
    return f"{text} - at `{at}`" if at in _PLACES else text
