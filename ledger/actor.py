"""Who did something, in a form that may be written down: an opaque id, never a name or address."""

import re
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class ActorKind(StrEnum):
    USER = "user"
    KEY = "key"
    STAFF = "staff"  # somebody of support, acceptable use or legal
    OPERATOR = "operator"  # somebody at the command line of the server
    SYSTEM = "system"  # a part of the program: worker, gateway


_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,59}")
_BY_UUID = frozenset({ActorKind.USER, ActorKind.KEY})


@dataclass(frozen=True, slots=True)
class Actor:
    kind: ActorKind
    id: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}"

    @classmethod
    def parse(cls, text: str) -> "Actor":
        """Return the actor of its written form; ValueError for any other text.

        One spelling an actor, short and in plain letters: people read it in lists, files and terminals.
        """
        kind, _, name = text.partition(":")
        actor = cls(ActorKind(kind), name)
        if not _NAME.fullmatch(name) or (actor.kind in _BY_UUID and str(UUID(name)) != name):
            raise ValueError("not an actor")
        return actor

    @classmethod
    def user(cls, user_id: UUID) -> "Actor":
        return cls(ActorKind.USER, str(user_id))

    @classmethod
    def key(cls, key_id: UUID) -> "Actor":
        return cls(ActorKind.KEY, str(key_id))

    @classmethod
    def system(cls, part: str) -> "Actor":
        return cls(ActorKind.SYSTEM, part)

    @classmethod
    def operator(cls) -> "Actor":
        return cls(ActorKind.OPERATOR, "command-line")

    @classmethod
    def staff(cls, name: str) -> "Actor":
        return cls(ActorKind.STAFF, name)
