"""Sealed values: what a sealed field gives instead of its plaintext.

A value knows the place it belongs to (plane, table, column, row, tenant), is sealed for that place alone, and shows
nothing of itself: `str` and `repr` print <Sealed>, pickling raises, equality compares ciphertext. Plaintext that was
assigned to a field lives only until the row is saved.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, NoReturn, TypeVar, cast
from uuid import UUID

from django.db import models

from vault import keyring, suites
from vault.errors import VaultError
from vault.padding import pad, unpad

if TYPE_CHECKING:
    from vault.fields import SealedMixin

T = TypeVar("T")
_SCHEMA = "1"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a sealed value stands; part of what it is authenticated against."""

    label: str  # app.Model.field
    plane: str
    table: str
    column: str
    pk: UUID
    tenant: UUID

    def associated(self) -> bytes:
        return suites.associate(self.plane, self.table, self.column, self.pk.bytes, self.tenant.bytes, _SCHEMA)


class Sealed(Generic[T]):
    """One value of one sealed field. Opens only through a disclosure scope."""

    __slots__ = ("_field", "_fresh", "_plaintext", "_record", "owner")
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, field: "SealedMixin", *, record: bytes | None = None, plaintext: T | None = None) -> None:
        self._field, self._record, self._plaintext = field, record, plaintext
        self._fresh = record is None
        self.owner: models.Model | None = None

    def __repr__(self) -> str:
        return "<Sealed>"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return "<Sealed>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sealed) and self._record is not None and self._record == other._record

    def __reduce__(self) -> NoReturn:
        raise VaultError("refused", "Sealed values do not pickle.")

    def __copy__(self) -> "Sealed[T]":
        return self.bound_to(None)

    def __deepcopy__(self, memo: dict[int, Any]) -> "Sealed[T]":
        return self.bound_to(None)

    def bound_to(self, owner: models.Model | None) -> "Sealed[T]":
        """Return this value as one of `owner`; a value of another row is refused."""
        if owner is not None and self.owner is not None and self.owner is not owner and not self._same_row(owner):
            raise VaultError("refused", f"A sealed {self._field.name} cannot be copied to another row.")
        twin = Sealed[T](self._field, record=self._record, plaintext=self._plaintext)
        twin._fresh, twin.owner = self._fresh, owner or self.owner
        return twin

    def place(self) -> Place:
        if self.owner is None:
            raise VaultError("refused", "A sealed value without its row has no place.")
        meta = self._field.model._meta
        return Place(
            label=self._field.sealed_label,
            plane=self._field.plane,
            table=meta.db_table,
            column=str(self._field.column),
            pk=self.owner.pk,
            tenant=self.owner.vault_tenant,  # type: ignore[attr-defined]
        )

    def record(self) -> bytes:
        """Return the sealed record for the database; seals a fresh plaintext and then lets go of it."""
        if self._record is None:
            place = self.place()
            key = keyring.sealing_key(place.tenant, self._field.plane)
            padded = pad(self._field.encode(self._plaintext), self._field.bucket)
            self._record = suites.seal(key.secret, key.id, place.associated(), padded)
            self._plaintext, self._fresh = None, False
        return self._record

    def _unseal(self) -> T:
        """Return the plaintext. For disclosure scopes alone, which record the opening first."""
        if self._fresh:
            return cast(T, self._plaintext)
        record, place = self.record(), self.place()
        key = keyring.opening_key(suites.key_id_of(record))
        if (key.tenant, key.plane) != (place.tenant, place.plane):
            raise VaultError("wrong-key", "The record is sealed under the key of another tenant or plane.")
        return cast(T, self._field.decode(unpad(suites.unseal(key.secret, place.associated(), record))))

    def fresh_plaintext(self) -> T | None:
        """Return plaintext that was assigned and not saved yet, for validation; None once sealed."""
        return self._plaintext

    def _same_row(self, other: models.Model) -> bool:
        return isinstance(self.owner, type(other)) and self.owner.pk == other.pk


class SealedDescriptor:
    """Binds what is assigned or loaded to its row; on the class it names the field for disclosure scopes."""

    def __init__(self, field: "SealedMixin") -> None:
        self.field = field

    @property
    def label(self) -> str:
        return self.field.sealed_label

    def __get__(self, owner: models.Model | None, model: type[models.Model] | None = None) -> Any:
        if owner is None:
            return self
        name = self.field.attname
        if name not in owner.__dict__:
            owner.refresh_from_db(fields=[name])
        return owner.__dict__[name]

    def __set__(self, owner: models.Model, value: object) -> None:
        if value is not None:
            sealed = value if isinstance(value, Sealed) else Sealed(self.field, plaintext=value)
            value = sealed.bound_to(owner)
        owner.__dict__[self.field.attname] = value
