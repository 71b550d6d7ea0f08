"""Sealed values: what a sealed field gives instead of its plaintext.

A value knows the place it belongs to (plane, table, column, row, tenant), is sealed for that place alone, and shows
nothing of itself: `str` and `repr` print <Sealed>, pickling raises, equality compares ciphertext. Plaintext that was
assigned to a field lives only until the row is saved.
"""

from typing import TYPE_CHECKING, Any, Generic, NoReturn, TypeVar, cast
from uuid import UUID

from django.db import models
from msgspec import Struct

from vault.errors import VaultError
from vault.unsealer import unsealer
from vault.unsealer.messages import Value

if TYPE_CHECKING:
    from vault.fields import SealedMixin

T = TypeVar("T")
_FOREIGN = (str, int, float)  # what SQLite can keep in a column of bytes


class Stored(Struct, gc=False):
    """A record as it came from the database, before anybody asked its row for it: most are never asked for.

    It knows no row, so it opens nothing; a row's attribute gives a `Sealed` in its place. A Struct, because lists
    make one for every cell.
    """

    record: bytes

    def __repr__(self) -> str:
        return "<Sealed>"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return "<Sealed>"

    def __reduce__(self) -> NoReturn:
        raise VaultError("refused", "Sealed values do not pickle.")

    def __copy__(self) -> "Stored":
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> "Stored":
        return self

    @property
    def is_fresh(self) -> NoReturn:
        raise VaultError("refused", "A sealed value without its row has no place.")


def load(value: bytes | None, expression: object, connection: object) -> Stored | None:
    """Return a column's value as the ORM hands it out; a plain function, because lists call it for every cell."""
    return None if value is None else Stored(value)


class Sealed(Generic[T]):
    """One value of one sealed field. Opens only through a disclosure scope."""

    __slots__ = ("_field", "_plaintext", "_record", "is_loaded", "owner", "sealed_for")
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, field: "SealedMixin", record: bytes | None, plaintext: T | None = None) -> None:
        self._field, self._record, self._plaintext = field, record, plaintext
        self.owner: models.Model | None = None
        self.sealed_for: object = None  # the primary key of the record's row, as far as it is known
        self.is_loaded = False

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
        return self._twin(self.owner)

    def __deepcopy__(self, memo: dict[int, Any]) -> "Sealed[T]":
        return self._twin(self.owner)

    def bound_to(self, owner: models.Model) -> "Sealed[T]":
        """Return this value as one of `owner`; a value of another row is refused."""
        if self.owner is None:
            self.owner = owner
            return self
        if self.owner is owner:
            return self
        if not isinstance(self.owner, type(owner)) or self.owner.pk != owner.pk:
            raise VaultError("refused", f"A sealed {self._field.name} cannot be copied to another row.")
        return self._twin(owner)

    @property
    def is_fresh(self) -> bool:
        """Tell whether this is plaintext that was assigned and not saved yet."""
        return self._record is None

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
            others = (value for value in vars(row).values() if isinstance(value, Sealed) and value is not self)
            _seal([self, *(value.bound_to(row) for value in others if value.is_fresh)])
        elif self.sealed_for not in (None, self._row().pk):
            raise VaultError("refused", f"A sealed {self._field.name} cannot be copied to another row.")
        return cast(bytes, self._record)

    def message(self) -> Value:
        """Return the value as the unsealer is asked about it."""
        row = self._row()
        data = self._field.encode(self._plaintext) if self._record is None else self._record
        # SQLite keeps a text or a number in any column: to open that is refused and recorded like other rubbish.
        if isinstance(data, _FOREIGN):
            data = b""
        return Value(self._field.sealed_label, row.pk, row.vault_tenant, data)  # type: ignore[attr-defined]

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

    def _twin(self, owner: models.Model | None) -> "Sealed[T]":
        twin: Sealed[T] = Sealed(self._field, self._record, self._plaintext)
        twin.owner, twin.sealed_for, twin.is_loaded = owner, self.sealed_for, self.is_loaded
        return twin


def _seal(values: list[Sealed[Any]]) -> None:
    """Seal fresh values of one row in one request."""
    records = unsealer().seal([value.message() for value in values])
    for value, record in zip(values, records, strict=True):
        value._record, value._plaintext, value.sealed_for = record, None, value.pk


class SealedDescriptor:
    """Binds what is assigned or loaded to its row; on the class it names the field for disclosure scopes.

    A loaded record becomes a value when it is first asked for: a list of rows that nobody opens stays cheap.
    """

    __slots__ = ("_name", "field")

    def __init__(self, field: "SealedMixin") -> None:
        self.field, self._name = field, field.attname

    @property
    def label(self) -> str:
        return self.field.sealed_label

    def __get__(self, owner: models.Model | None, model: type[models.Model] | None = None) -> Any:
        if owner is None:
            return self
        values = owner.__dict__
        try:
            value = values[self._name]
        except KeyError:  # deferred
            owner.refresh_from_db(fields=[self._name])
            value = values[self._name]
        if value.__class__ is Stored:
            sealed: Sealed[Any] = Sealed(self.field, value.record)
            sealed.owner, sealed.sealed_for, sealed.is_loaded = owner, owner.pk, True
            value = values[self._name] = sealed
        elif isinstance(value, Sealed) and value.owner is not owner:
            value = values[self._name] = value.bound_to(owner)
        return value

    def __set__(self, owner: models.Model, value: object) -> None:
        if value.__class__ is not Stored and value is not None:
            sealed = value if isinstance(value, Sealed) else Sealed(self.field, None, value)
            value = sealed.bound_to(owner)
        owner.__dict__[self._name] = value
