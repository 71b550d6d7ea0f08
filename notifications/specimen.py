"""Specimens: a kind's message with the facts of its sample, to somebody who does not exist."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from notifications.composing import Composed, speaking_to
from notifications.kinds import Kind

_NOBODY = UUID(int=0)


@dataclass(slots=True)
class Reader:
    language: str
    time_zone: str = "UTC"
    pk: UUID = _NOBODY
    vault_tenant: UUID = _NOBODY
    email: None = None
    phone: None = None
    question: str = ""


def specimen(kind: Kind, language: str, **facts: Any) -> Composed:
    """Return a message as `compose` would; `facts` go in place of the sample's."""
    reader = Reader(language)
    with speaking_to(reader):
        return Composed(reader, kind, kind.word(**{**kind.sample, **facts}))
