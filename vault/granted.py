"""What a grant opens, all of it at once, in the requester's name. The opening is recorded and counts as one."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from ledger.actor import Actor
from vault.disclosure import disclose
from vault.errors import VaultError
from vault.grants import rows_of
from vault.models import Grant
from vault.purposes import Purpose
from vault.sealed import Sealed

Opened = tuple[str, UUID, object]  # app.Model.field, row, value


def open_granted(grant: Grant) -> list[Opened]:
    """Return each granted field of each granted row that has a value."""
    try:
        values, subjects = list(_values(grant)), [UUID(subject) for subject in grant.subjects]
        purpose, actor = Purpose(grant.purpose), Actor.parse(grant.requester)
        fields = [_descriptor(label) for label in grant.fields]
    except (ValueError, LookupError, AttributeError):
        raise VaultError("grant-forged", "Nobody could have approved this grant.") from None
    with disclose(purpose, actor=actor, tenant=grant.tenant, fields=fields, subjects=subjects, grant=grant.pk) as scope:
        opened = scope.open_all(values)
    return [(value.label, value.pk, plaintext) for value, plaintext in zip(values, opened, strict=True)]


def printable(value: object) -> str:
    """Return a value on one line, whatever control characters somebody put into it."""
    return "".join(each if each.isprintable() else ascii(each)[1:-1] for each in str(value))


def _values(grant: Grant) -> Iterator[Sealed[Any]]:
    for label in grant.fields:
        for row in rows_of(label, [UUID(subject) for subject in grant.subjects]):
            value = getattr(row, label.rpartition(".")[2])
            if value is not None:
                yield value


def _descriptor(label: str) -> Any:
    return getattr(rows_of(label, []).model, label.rpartition(".")[2])
