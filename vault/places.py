"""Places: where sealed values stand. What is told is a field and a row; the rest follows from the code."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from django.apps import apps

from vault.errors import VaultError
from vault.planes import Plane
from vault.suites import associate

if TYPE_CHECKING:
    from vault.fields import SealedMixin

_SCHEMA = associate("1")
_UUID_LENGTH = associate(bytes(16))[:4]


@dataclass(frozen=True, slots=True)
class Column:
    """A sealed column: which keys it is under and where it stands."""

    plane: Plane
    bucket: int
    prefix: bytes  # of the associated data
    decode: Callable[[bytes], Any]

    def associated(self, pk: UUID, tenant: UUID) -> bytes:
        """Return what a record of this column, row and tenant is authenticated against."""
        return self.prefix + _UUID_LENGTH + pk.bytes + _UUID_LENGTH + tenant.bytes + _SCHEMA


@cache
def columns() -> dict[str, Column]:
    """Return every sealed column of the project by its label."""
    return {field.sealed_label: column_of(field) for field in sealed_fields()}


def column(label: str) -> Column:
    """Return the column of a label; VaultError for anything that is not a sealed field."""
    found = columns().get(label)
    if found is None:
        raise VaultError("refused", "There is no such sealed field.")
    return found


def sealed_fields() -> "list[SealedMixin]":
    """Return the sealed fields of all models."""
    fields = (field for model in apps.get_models() for field in model._meta.concrete_fields)
    return [cast("SealedMixin", field) for field in fields if hasattr(field, "sealed_label")]


def column_of(field: "SealedMixin") -> Column:
    plane = Plane(field.plane)
    place = associate(plane, field.model._meta.db_table, str(field.column))
    return Column(plane, field.bucket, place, field.decode)
