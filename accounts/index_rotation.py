"""A new key for the blind index of sign-in addresses. People sign in and up throughout.

Each step is safe to repeat, and what is there says which comes next: two versions of the key mean that addresses are
being indexed under both, indexes of a version without a key that only they are left to go.
"""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import EmailIndex, User
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
    if len(keys) == 1 and not EmailIndex.objects.exclude(version=keys[0].version).exists():
        unsealer().rotate(str(actor), INSTALLATION, Plane.INDEX)


def index_everybody(actor: Actor, progress: Progress) -> None:
    """Give everybody an index of the newest version; VaultError if somebody can't have one."""
    version = _keys()[-1].version
    before = None
    while (left := _missing(version).count()) and left != before:
        before = left
        _pass(actor, version, left, progress)
    if left:
        raise VaultError("not-indexed", f"{left} addresses do not open; the older key stays.")


def retire_versions(actor: Actor) -> None:
    """Destroy the older keys."""
    for key in _keys()[:-1]:
        unsealer().retire(str(actor), INSTALLATION, Plane.INDEX, key.version)


def drop_indexes() -> int:
    """Delete the indexes whose key is gone; return the version that stays."""
    version = _keys()[-1].version
    EmailIndex.objects.exclude(version=version).delete()
    return version


def _pass(actor: Actor, version: int, total: int, progress: Progress) -> None:
    done = 0
    after: dict[str, UUID] = {}
    while users := list(_missing(version).filter(**after)[:_BATCH]):
        _write(_indexes(actor, users), version)
        done += len(users)
        progress("accounts.EmailIndex", done, max(done, total))
        after = {"pk__gt": users[-1].pk}


def _keys() -> list[DataKey]:
    return list(DataKey.objects.filter(tenant=INSTALLATION, plane=Plane.INDEX).order_by("version").defer("wrapped"))


def _missing(version: int) -> QuerySet[User]:
    """Return who is found by an older version alone. Who was erased has no index at all."""
    newest = EmailIndex.objects.filter(version=version)
    return User.objects.filter(email_indexes__isnull=False).exclude(email_indexes__in=newest).distinct().order_by("pk")


def _indexes(actor: Actor, users: Sequence[User]) -> dict[UUID, list[Index]]:
    try:
        indexes = unsealer().reindex_emails(str(actor), [user.email.message() for user in users])
    except VaultError as error:
        if not error.permanent:
            raise
        # One address that does not open must not hold up the others.
        return {pk: own for user in users for pk, own in _indexes(actor, [user]).items()} if len(users) > 1 else {}
    return {user.pk: own for user, own in zip(users, indexes, strict=True)}


def _write(indexes: dict[UUID, list[Index]], version: int) -> None:
    with transaction.atomic():
        # The lock is that of erasure: nobody gets an index after they were erased.
        locked = User.objects.select_for_update().filter(pk__in=indexes).order_by("pk").values_list("pk", flat=True)
        alive = set(EmailIndex.objects.filter(user__in=list(locked)).values_list("user", flat=True))
        rows = [(pk, index) for pk in alive for index in indexes[pk] if index.version == version]
        EmailIndex.objects.bulk_create(
            [EmailIndex(user_id=pk, version=index.version, value=index.value) for pk, index in rows],
            ignore_conflicts=True,
        )
