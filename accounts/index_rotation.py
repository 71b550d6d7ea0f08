"""A new key for the blind indexes of addresses, of sign-in and of invitations. People sign in and up throughout.

Each step is safe to repeat, and what is there says which comes next: two versions of the key mean that addresses are
being indexed under both, indexes of a version without a key that only they are left to go.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import models, transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import EmailIndex, Invitation, InvitationIndex, User
from ledger.actor import Actor
from ledger.ids import INSTALLATION
from vault.errors import VaultError
from vault.models import DataKey
from vault.planes import Plane
from vault.rotation import Progress
from vault.rotation.settling import settle
from vault.unsealer import unsealer
from vault.unsealer.messages import Index

_BATCH = 200


@dataclass(frozen=True, slots=True)
class _Kind:
    """Rows with a sealed address, and the model of their indexes, in which `owner` names the row."""

    model: type[models.Model]
    index: type[models.Model]
    owner: str

    @property
    def indexes(self) -> QuerySet[Any]:
        return self.index._default_manager.all()


_SIGN_IN = _Kind(User, EmailIndex, "user")
_INDEXED = (_SIGN_IN, _Kind(Invitation, InvitationIndex, "invitation"))


def rotate_index(actor: Actor, progress: Progress) -> int:
    """Index every address under a new key, destroy the older one, and return the new version."""
    make_version(actor)
    settle(_keys()[-1].created_at)
    index_everybody(actor, progress)
    retire_versions(actor)
    settle(timezone.now())
    index_everybody(actor, progress)  # who signed up in a transaction that took all that time
    return drop_indexes()


def make_version(actor: Actor) -> None:
    """Make a new key, unless a rotation is under way."""
    keys = _keys()
    if len(keys) == 1 and not any(each.indexes.exclude(version=keys[0].version).exists() for each in _INDEXED):
        unsealer().rotate(str(actor), INSTALLATION, Plane.INDEX)


def index_everybody(actor: Actor, progress: Progress) -> None:
    """Give everybody an index of the newest version; VaultError if somebody can't have one."""
    version = _keys()[-1].version
    for kind in _INDEXED:
        before = None
        while (left := _missing(version, kind).count()) and left != before:
            before = left
            _pass(actor, version, left, progress, kind)
        if left:
            raise VaultError("not-indexed", f"{left} addresses do not open; the older key stays.")


def retire_versions(actor: Actor) -> None:
    """Destroy the older keys."""
    for key in _keys()[:-1]:
        unsealer().retire(str(actor), INSTALLATION, Plane.INDEX, key.version)


def drop_indexes() -> int:
    """Delete the indexes whose key is gone; return the version that stays."""
    version = _keys()[-1].version
    for kind in _INDEXED:
        kind.indexes.exclude(version=version).delete()
    return version


def _pass(actor: Actor, version: int, total: int, progress: Progress, kind: _Kind) -> None:
    done = 0
    after: dict[str, UUID] = {}
    while rows := list(_missing(version, kind).filter(**after)[:_BATCH]):
        _write(_indexes(actor, rows), version, kind)
        done += len(rows)
        progress(kind.index._meta.label, done, max(done, total))
        after = {"pk__gt": rows[-1].pk}


def _keys() -> list[DataKey]:
    return list(DataKey.objects.filter(tenant=INSTALLATION, plane=Plane.INDEX).order_by("version").defer("wrapped"))


def _missing(version: int, kind: _Kind) -> QuerySet[Any]:
    """Return who is found by an older version alone. Who was erased has no index at all."""
    newest = kind.indexes.filter(version=version).values(kind.owner)
    older = kind.indexes.exclude(version=version).values(kind.owner)
    return kind.model._default_manager.filter(pk__in=older).exclude(pk__in=newest).order_by("pk")


def _indexes(actor: Actor, rows: Sequence[Any]) -> dict[UUID, list[Index]]:
    try:
        indexes = unsealer().reindex_emails(str(actor), [row.email.message() for row in rows])
    except VaultError as error:
        if not error.permanent:
            raise
        # One address that does not open must not hold up the others.
        return {pk: own for row in rows for pk, own in _indexes(actor, [row]).items()} if len(rows) > 1 else {}
    return {row.pk: own for row, own in zip(rows, indexes, strict=True)}


def _write(indexes: dict[UUID, list[Index]], version: int, kind: _Kind = _SIGN_IN) -> None:
    with transaction.atomic():
        # The lock is that of erasure: nobody gets an index after they were erased.
        known = kind.model._default_manager.select_for_update().filter(pk__in=indexes).order_by("pk")
        owners = {f"{kind.owner}__in": list(known.values_list("pk", flat=True))}
        alive = set(kind.indexes.filter(**owners).values_list(kind.owner, flat=True))
        rows = [(pk, index) for pk in alive for index in indexes[pk] if index.version == version]
        kind.indexes.bulk_create(
            [kind.index(**{f"{kind.owner}_id": pk}, version=index.version, value=index.value) for pk, index in rows],
            ignore_conflicts=True,
        )
