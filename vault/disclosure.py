"""Disclosure scopes: the only way from a sealed value to its plaintext.

    person = {"tenant": user.pk, "subjects": [user.pk]}
    with disclose(Purpose.EMAIL_NOTIFICATION, actor=worker, fields=[User.email], **person) as scope:
        address = scope.open(user.email)

Entering the scope checks the purpose against the table and commits one ledger leaf; only then does it open anything.
If the leaf can't be committed, entering raises and nothing opens. A value outside the scope's tenant, fields or
subjects raises, and so does a scope that was left. The scope is handed on explicitly: no thread or task inherits it.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar
from uuid import UUID

from ledger.actor import Actor
from ledger.append import append_leaf
from ledger.leaves import Entry
from ledger.models import LeafType
from vault.errors import VaultError
from vault.purposes import Purpose, opens
from vault.sealed import Sealed, SealedDescriptor

T = TypeVar("T")


class Scope:
    """What one recorded opening may open."""

    def __init__(self, tenant: UUID, fields: frozenset[str], subjects: frozenset[UUID]) -> None:
        self._tenant, self._fields, self._subjects = tenant, fields, subjects
        self._closed = False

    def open(self, value: Sealed[T]) -> T:
        """Return the plaintext of a value that the scope covers."""
        if self._closed:
            raise VaultError("scope-closed", "The disclosure scope was left.")
        place = value.place()
        if (place.tenant, place.label) not in ((self._tenant, field) for field in self._fields):
            raise VaultError("outside-scope", f"{place.label} of this tenant is not part of the disclosure scope.")
        if place.pk not in self._subjects:
            raise VaultError("outside-scope", f"This row's {place.label} is not part of the disclosure scope.")
        return value._unseal()

    def close(self) -> None:
        self._closed = True


@contextmanager
def disclose(
    purpose: Purpose,
    *,
    actor: Actor,
    tenant: UUID,
    fields: Sequence[Any],
    subjects: Sequence[UUID],
) -> Iterator[Scope]:
    """Open a scope for one purpose, actor and tenant over the named fields of the named rows.

    `fields` are class attributes such as `User.email`, `subjects` primary keys.
    """
    labels = frozenset(field.label for field in fields if isinstance(field, SealedDescriptor))
    refused = sorted(label for label in labels if not opens(purpose, label))
    if refused or len(labels) != len(fields) or not labels or not subjects:
        raise VaultError("refused", f"{purpose} does not open {', '.join(refused) or 'nothing in particular'}.")
    more = {"fields": sorted(labels), "subjects": sorted(str(subject) for subject in subjects), "case": None}
    append_leaf(Entry(tenant, LeafType.OPENING, str(actor), purpose=purpose, more=more))
    scope = Scope(tenant, labels, frozenset(subjects))
    try:
        yield scope
    finally:
        scope.close()
