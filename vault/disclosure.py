"""Disclosure scopes: the only way from a sealed value to its plaintext.

    person = {"tenant": user.pk, "subjects": [user.pk]}
    with disclose(Purpose.EMAIL_NOTIFICATION, actor=worker, fields=[User.email], **person) as scope:
        address = scope.open(user.email)

Entering the scope asks the unsealer, who checks the purpose against the table and commits one ledger leaf; only then
does it open anything. If the leaf can't be committed, entering raises and nothing opens. A value outside the scope's
tenant, fields or rows raises and is recorded as refused, and so is a scope that was left. The scope is handed on
explicitly: no thread or task inherits it.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, TypeVar, cast
from uuid import UUID

from ledger.actor import Actor
from vault.errors import VaultError
from vault.purposes import Purpose
from vault.sealed import Sealed, SealedDescriptor
from vault.unsealer import unsealer
from vault.unsealer.messages import Opening

T = TypeVar("T")


class Scope:
    """What one recorded opening may open."""

    def __init__(self, opening: Opening) -> None:
        self._opening = opening
        self._token = unsealer().begin(opening)

    def open(self, value: Sealed[T]) -> T:
        """Return the plaintext of a value that the scope covers."""
        return self.open_all([value])[0]

    def open_all(self, values: Sequence[Sealed[T]]) -> list[T]:
        """Return the plaintexts of many values at once, all or none."""
        sealed = [value for value in values if not value.is_fresh]
        found = unsealer().open(self._token, [value.message() for value in sealed]) if sealed else []
        if len(found) == len(values):
            return [value.decode(plaintext) for value, plaintext in zip(values, found, strict=True)]
        opened = iter(found)
        return [self._fresh(value) if value.is_fresh else value.decode(next(opened)) for value in values]

    def distrust(self, code: str, message: str) -> VaultError:
        """Record that something it opened is refused all the same, and return the error to raise."""
        unsealer().distrust(self._token, code)
        return VaultError(code, message)

    def close(self) -> None:
        # A scope that can't be closed ends with its connection.
        with suppress(VaultError):
            unsealer().end(self._token)
        self._token = b""

    def _fresh(self, value: Sealed[T]) -> T:
        """Return plaintext that was assigned and not saved yet; the scope must cover it all the same."""
        covered = value.tenant == self._opening.tenant and value.pk in self._opening.subjects
        if not (self._token and covered and value.label in self._opening.fields):
            raise VaultError("outside-scope", "This value is not part of the disclosure scope.")
        return cast(T, value.fresh_plaintext())


@contextmanager
def disclose(
    purpose: Purpose,
    *,
    actor: Actor,
    tenant: UUID,
    fields: Sequence[Any],
    subjects: Sequence[UUID],
    grant: UUID | None = None,
    message: UUID | None = None,
    reason: str = "",
) -> Iterator[Scope]:
    """Open a scope for one purpose, actor and tenant over the named fields of the named rows.

    `fields` are class attributes such as `User.email`, `subjects` primary keys. Purposes that need a grant take its id;
    a `message` that is opened for stands in the leaf, and so does a `reason`, for purposes that need one.
    """
    labels = [field.label for field in fields if isinstance(field, SealedDescriptor)]
    if len(labels) != len(fields):
        raise VaultError("refused", "A scope names sealed fields alone.")
    opening = Opening(purpose.value, str(actor), tenant, labels, list(subjects), grant, message, reason)
    scope = Scope(opening)
    try:
        yield scope
    finally:
        scope.close()


def open_once(purpose: Purpose, value: Sealed[T], *, actor: Actor, message: UUID | None = None) -> T:
    """Record the opening of one saved value and return its plaintext; there is no scope to leave.

    As `disclose` over just that value does, in one question to the unsealer where that takes three.
    """
    if value.is_fresh:
        raise VaultError("refused", "Only what is sealed can be opened by itself.")
    opening = Opening(purpose.value, str(actor), value.tenant, [value.label], [value.pk], message=message)
    return value.decode(unsealer().open_once(opening, [value.message()])[0])
