"""References: which rows hold records under given data keys. The id stands in a record's header, so SQL finds it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import connections, models, router, transaction
from django.db.models import Q
from django.db.models.functions import Substr

from vault.places import sealed_fields
from vault.planes import Plane
from vault.suites import KEY_ID_SIZE

if TYPE_CHECKING:
    from vault.fields import SealedMixin

_KEY_ID_AT = 5  # counted from 1: behind magic, version and suite


@dataclass(frozen=True, slots=True)
class Swap:
    """A record that takes the place of another one, if that is still there."""

    field: "SealedMixin"
    pk: UUID
    old: bytes
    new: bytes


@dataclass(frozen=True, slots=True)
class Sealers:
    """The sealed fields of one model on one plane."""

    model: type[models.Model]
    fields: tuple["SealedMixin", ...]

    def rows(self, tenants: Sequence[UUID], key_ids: Sequence[bytes]) -> "models.QuerySet[Any]":
        """Return the rows of these tenants with a record under one of these keys, by primary key."""
        ids = {f"{field.attname}_key": key_id_in(field) for field in self.fields}
        under = Q(*[(f"{name}__in", key_ids) for name in ids], _connector=Q.OR)
        own = {f"{self.model.vault_tenant_field}__in": tenants}  # type: ignore[attr-defined]
        every = self.model._base_manager.all()
        found: models.QuerySet[Any] = every.alias(**ids).filter(under, **own)
        return found.order_by("pk")

    def key_ids(self, tenants: Sequence[UUID], key_ids: Sequence[bytes]) -> set[bytes]:
        """Return those of these keys under which some record is."""
        found: set[bytes] = set()
        for field in self.fields:
            rows = Sealers(self.model, (field,)).rows(tenants, key_ids)
            ids = rows.order_by().annotate(found=key_id_in(field)).values_list("found", flat=True).distinct()
            found.update(map(bytes, ids))
        return found


def key_id_in(field: "SealedMixin") -> Substr:
    return Substr(field.attname, _KEY_ID_AT, KEY_ID_SIZE, output_field=models.BinaryField())


def sealers(plane: Plane) -> Iterator[Sealers]:
    """Yield the models that have sealed fields on a plane."""
    fields = [field for field in sealed_fields() if field.plane is plane]
    for model, own in groupby(fields, lambda field: field.model):
        yield Sealers(model, tuple(own))


def swap_all(model: type[models.Model], swaps: Sequence[Swap]) -> int:
    """Write the records whose old ones nobody changed meanwhile, and return how many those were."""
    using = router.db_for_write(model)
    connection = connections[using]
    quote, key = connection.ops.quote_name, model._meta.pk
    table, swapped = quote(model._meta.db_table), 0
    with transaction.atomic(using=using), connection.cursor() as cursor:
        for swap in swaps:
            column = quote(str(swap.field.column))
            statement = f"UPDATE {table} SET {column} = %s WHERE {quote(str(key.column))} = %s AND {column} = %s"  # noqa: S608
            cursor.execute(statement, [swap.new, key.get_db_prep_value(swap.pk, connection), swap.old])
            swapped += cursor.rowcount
    return swapped
