"""Who did something, in a form that may be written down: an opaque id, never a name or address."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class ActorKind(StrEnum):
    USER = "user"
    KEY = "key"
    STAFF = "staff"  # somebody of support, acceptable use or legal
    OPERATOR = "operator"  # somebody at the command line of the server
    SYSTEM = "system"  # a part of the program: worker, gateway


@dataclass(frozen=True, slots=True)
class Actor:
    kind: ActorKind
    id: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}"

    @classmethod
    def parse(cls, text: str) -> "Actor":
        """Return the actor of its written form; ValueError for any other text."""
        kind, _, name = text.partition(":")
        return cls(ActorKind(kind), name)

    @classmethod
    def user(cls, user_id: UUID) -> "Actor":
        return cls(ActorKind.USER, str(user_id))

    @classmethod
    def system(cls, part: str) -> "Actor":
        return cls(ActorKind.SYSTEM, part)

    @classmethod
    def operator(cls) -> "Actor":
        return cls(ActorKind.OPERATOR, "command-line")

    @classmethod
    def staff(cls, name: str) -> "Actor":
        return cls(ActorKind.STAFF, name)
