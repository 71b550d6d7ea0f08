"""Sealed values: what a sealed field gives instead of its plaintext.

A value knows the place it belongs to (plane, table, column, row, tenant), is sealed for that place alone, and shows
nothing of itself: `str` and `repr` print <Sealed>, pickling raises, equality compares ciphertext. Plaintext that was
assigned to a field lives only until the row is saved.
"""

from typing import TYPE_CHECKING, Any, Generic, NoReturn, TypeVar, cast
from uuid import UUID

from django.db import models

from vault.errors import VaultError
from vault.unsealer import unsealer
from vault.unsealer.messages import Value

if TYPE_CHECKING:
    from vault.fields import SealedMixin

T = TypeVar("T")


class Sealed(Generic[T]):
    """One value of one sealed field. Opens only through a disclosure scope."""

    __slots__ = ("_field", "_plaintext", "_record", "is_fresh", "owner")
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, field: "SealedMixin", *, record: bytes | None = None, plaintext: T | None = None) -> None:
        self._field, self._record, self._plaintext = field, record, plaintext
        self.is_fresh = record is None
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
        twin.is_fresh, twin.owner = self.is_fresh, owner or self.owner
        return twin

    @property
    def label(self) -> str:
        return self._field.sealed_label

    @property
    def pk(self) -> UUID:
        return cast(UUID, self._row().pk)

    @property
    def tenant(self) -> UUID:
        return cast(UUID, self._row().vault_tenant)  # type: ignore[attr-defined]

    def record(self) -> bytes:
        """Return the sealed record for the database; seals what is fresh in the row and then lets go of it."""
        if self._record is None:
            row = self._row()
            fresh = [v for v in vars(row).values() if isinstance(v, Sealed) and v.is_fresh and v is not self]
            _seal([self, *fresh])
        return cast(bytes, self._record)

    def message(self) -> Value:
        """Return the value as the unsealer is asked about it."""
        row = self._row()
        data = self._field.encode(self._plaintext) if self.is_fresh else self._record
        return Value(self._field.sealed_label, row.pk, row.vault_tenant, cast(bytes, data))  # type: ignore[attr-defined]

    def decode(self, plaintext: bytes) -> T:
        """Return the Python value of opened bytes."""
        return cast(T, self._field.decode(plaintext))

    def fresh_plaintext(self) -> T | None:
        """Return plaintext that was assigned and not saved yet, for validation; None once sealed."""
        return self._plaintext

    def _row(self) -> models.Model:
        if self.owner is None:
            raise VaultError("refused", "A sealed value without its row has no place.")
        return self.owner

    def _same_row(self, other: models.Model) -> bool:
        return isinstance(self.owner, type(other)) and self.owner.pk == other.pk


def _seal(values: list[Sealed[Any]]) -> None:
    """Seal fresh values of one row in one request."""
    records = unsealer().seal([value.message() for value in values])
    for value, record in zip(values, records, strict=True):
        value._record, value._plaintext, value.is_fresh = record, None, False


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
