"""The unsealer: who holds root keys and data keys, and what one can ask of them.

Two transports carry the requests: `InProcess`, for development and tests, and `Socket`, to a process of its own, so
that web, gateway and worker hold no key. What they do is the same. Every failure is a VaultError.
"""

from collections.abc import Sequence
from typing import Protocol, TypeVar
from uuid import UUID

from ledger.leaves import Entry
from vault.unsealer import messages as ask
from vault.unsealer.messages import Index, Opening, Request, Value


class Transport(Protocol):
    def call(self, request: Request) -> object:
        """Return the answer, of the type that the request names."""


T = TypeVar("T")


class Unsealer:
    """Seals freely; opens only what was recorded first."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def _ask(self, request: Request, kind: type[T]) -> T:
        answer = self._transport.call(request)
        assert isinstance(answer, kind)
        return answer

    def seal(self, values: Sequence[Value]) -> list[bytes]:
        """Return the sealed record of each plaintext, padded to its field's bucket."""
        return self._ask(ask.Seal(list(values)), list)

    def begin(self, opening: Opening) -> bytes:
        """Commit the leaf of an opening and return its scope; a refusal is committed, too, and raises."""
        return self._ask(ask.Begin(opening), bytes)

    def open(self, scope: bytes, values: Sequence[Value]) -> list[bytes]:
        """Return the plaintexts of records that the scope covers, all or none."""
        return self._ask(ask.Open(scope, list(values)), list)

    def open_once(self, opening: Opening, values: Sequence[Value]) -> list[bytes]:
        """Commit the leaf of an opening and return the plaintexts of records that it covers, all or none."""
        return self._ask(ask.OpenOnce(opening, list(values)), list)

    def end(self, scope: bytes) -> None:
        """Close a scope. It never opens anything again."""
        self._transport.call(ask.End(scope))

    def distrust(self, scope: bytes, code: str) -> None:
        """Record that what a scope opened was genuine once and is refused now, for a reason of the caller's."""
        self._transport.call(ask.Distrust(scope, code))

    def index_email(self, address: str, organization: UUID | None = None) -> list[Index]:
        """Return the blind index of an address in every version in use, oldest first.

        It is that of sign-in, or of who is invited to the organization.
        """
        return self._ask(ask.IndexEmail(address, organization), list)

    def hashing_key(self) -> bytes:
        """Return the key under which API keys are hashed. Nothing is sealed under it."""
        return self._ask(ask.HashingKey(), bytes)

    def reseal(self, actor: str, values: Sequence[Value]) -> list[bytes]:
        """Seal records again under their tenants' newest keys. The plaintext is not released."""
        return self._ask(ask.Reseal(actor, list(values)), list)

    def reindex_emails(self, actor: str, values: Sequence[Value]) -> list[list[Index]]:
        """Return the blind indexes of sealed addresses. The addresses are not released."""
        return self._ask(ask.ReindexEmails(actor, list(values)), list)

    def rotate(self, actor: str, tenant: UUID, plane: str) -> int:
        """Make a new data key, under which everything is sealed from now on; return its version."""
        return self._ask(ask.Rotate(actor, tenant, plane), int)

    def retire(self, actor: str, tenant: UUID, plane: str, version: int) -> None:
        """Destroy an old data key to which nothing refers any more; never the newest."""
        self._transport.call(ask.Retire(actor, tenant, plane, version))

    def mark_idle(self, tenant: UUID, plane: str, version: int, *, idle: bool = True) -> None:
        """Note that nothing refers to an old data key since now, or that something does again."""
        self._transport.call(ask.Idle(tenant, plane, version, idle))

    def rewrap(self, most: int) -> int:
        """Wrap up to so many data keys under the newest roots; return how many still need it."""
        return self._ask(ask.Rewrap(most), int)

    def shred(self, actor: str, tenant: UUID) -> None:
        """Destroy all data keys of a tenant and record it: what was sealed under them is gone for ever.

        Doing it again changes and records nothing.
        """
        self._transport.call(ask.Shred(actor, tenant))

    def drop_bodies(self, tenant: UUID) -> int:
        """Drop what the leaves of a shredded tenant say, except of the destruction; return how many."""
        return self._ask(ask.DropBodies(tenant), int)

    def start_grant(self, grant: UUID) -> None:
        """Record that an approved grant is in force; raises unless its signature is good."""
        self._transport.call(ask.StartGrant(grant))

    def close_grant(self, actor: str, grant: UUID) -> None:
        """Record the end of a grant. It never opens anything again."""
        self._transport.call(ask.CloseGrant(actor, grant))

    def close_expired(self) -> int:
        """Record the end of every grant whose time is over; return how many."""
        return self._ask(ask.CloseExpired(), int)

    def record(self, entries: Sequence[Entry]) -> None:
        """Give audit events their leaves, once however often it is asked for."""
        self._transport.call(ask.Record(list(entries)))

    def sign_checkpoint(self, *, within: int = 0) -> int:
        """Sign the log as it is now, unless the last checkpoint is younger than that many seconds; return the id."""
        return self._ask(ask.SignCheckpoint(within), int)

    def public_key(self) -> bytes:
        """Return the Ed25519 key that checkpoints are signed with."""
        return self._ask(ask.PublicKey(), bytes)

    def check(self) -> None:
        """Raise unless roots and vault database answer."""
        self._transport.call(ask.Check())
