"""What one can ask of the unsealer: one message a request, in the order of its arguments on the wire."""

from typing import ClassVar
from uuid import UUID

from msgspec import Struct

from ledger.leaves import Entry


class Value(Struct, frozen=True, array_like=True, gc=False):
    """A value of one sealed field of one row: plaintext on the way to be sealed, a record on the way to be opened."""

    label: str  # app.Model.field
    pk: UUID
    tenant: UUID
    data: bytes

    def __repr__(self) -> str:
        return f"<Value of {self.label}>"


class Opening(Struct, frozen=True, array_like=True):
    """What somebody wants to open, and why.

    `actor` is kind:id; `grant` names the grant where the purpose needs one, `message` what is sent to whom it opens,
    `reason` a word of vault.purposes.Reason where the purpose asks for one.
    """

    purpose: str
    actor: str
    tenant: UUID
    fields: list[str]
    subjects: list[UUID]
    grant: UUID | None = None
    message: UUID | None = None
    reason: str = ""


class Index(Struct, frozen=True, array_like=True):
    """One version of a blind index: 16 bytes."""

    version: int
    value: bytes


class Request(Struct, frozen=True, array_like=True, tag=True):
    """The base of all requests; `answer` is the type of what comes back."""

    answer: ClassVar[object] = None
    one_way: ClassVar[bool] = False  # nothing comes back, and nobody waits for it
    for_operators: ClassVar[bool] = False  # makes or destroys keys or records: heard on the operators' socket alone


class Seal(Request, frozen=True):
    answer = list[bytes]
    values: list[Value]


class Begin(Request, frozen=True):
    answer = bytes
    opening: Opening


class Open(Request, frozen=True):
    answer = list[bytes]
    scope: bytes
    values: list[Value]


class OpenOnce(Request, frozen=True):
    answer = list[bytes]
    opening: Opening
    values: list[Value]


class End(Request, frozen=True):
    one_way = True
    scope: bytes


class Distrust(Request, frozen=True):
    scope: bytes
    code: str


class IndexEmail(Request, frozen=True):
    """`organization` asks for the index of who is invited there, and not for that of sign-in."""

    answer = list[Index]
    address: str
    organization: UUID | None = None

    def __repr__(self) -> str:
        return "<IndexEmail>"


class HashingKey(Request, frozen=True):
    answer = bytes


class Reseal(Request, frozen=True):
    for_operators = True
    answer = list[bytes]
    actor: str
    values: list[Value]


class ReindexEmails(Request, frozen=True):
    for_operators = True
    answer = list[list[Index]]
    actor: str
    values: list[Value]


class Rotate(Request, frozen=True):
    for_operators = True
    answer = int
    actor: str
    tenant: UUID
    plane: str


class Retire(Request, frozen=True):
    for_operators = True
    actor: str
    tenant: UUID
    plane: str
    version: int


class Idle(Request, frozen=True):
    for_operators = True
    tenant: UUID
    plane: str
    version: int
    idle: bool


class Rewrap(Request, frozen=True):
    for_operators = True
    answer = int
    most: int


class Shred(Request, frozen=True):
    for_operators = True
    actor: str
    tenant: UUID


class DropBodies(Request, frozen=True):
    for_operators = True
    answer = int
    tenant: UUID


class StartGrant(Request, frozen=True):
    grant: UUID


class CloseGrant(Request, frozen=True):
    actor: str
    grant: UUID


class CloseExpired(Request, frozen=True):
    answer = int


class Record(Request, frozen=True):
    entries: list[Entry]


class SignCheckpoint(Request, frozen=True):
    answer = int
    within: int = 0


class PublicKey(Request, frozen=True):
    answer = bytes


class Check(Request, frozen=True):
    pass


AnyRequest = (
    Seal | Begin | Open | OpenOnce | End | Distrust | IndexEmail | HashingKey | Reseal | ReindexEmails | Rotate | Retire
    | Idle | Rewrap | Shred | DropBodies | StartGrant | CloseGrant | CloseExpired | Record | SignCheckpoint | PublicKey
    | Check
)  # fmt: skip
