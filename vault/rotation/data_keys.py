"""New data keys: everything is sealed again under them, and the older ones are destroyed once nobody needs them.

A web process may hold a row that it loaded before and write its old records back. So an old key goes only when nothing
has referred to it for a while, the grace; a later run sees to that.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from ledger.actor import Actor
from vault.errors import VaultError
from vault.models import DataKey
from vault.planes import Plane
from vault.rotation.pairs import PLANES, Pair, find_pairs, without_new_key
from vault.rotation.progress import Progress
from vault.rotation.references import sealers
from vault.rotation.resealing import Resealing
from vault.rotation.settling import LIFETIME
from vault.unsealer import unsealer

_CHUNK = 200  # pairs whose rows are looked for at once


@dataclass(slots=True)
class Outcome:
    """What one run did: keys made, old keys destroyed, kept until their grace is over, and still in use."""

    made: int = 0
    destroyed: int = 0
    waiting: int = 0
    in_use: int = 0


def rotate_data_keys(actor: Actor, tenants: Iterable[UUID] | None, grace: timedelta, progress: Progress) -> Outcome:
    """Rotate the data keys of these tenants, or of all; continue a rotation that is under way instead of another one.

    The grace is at least as long as other processes go on sealing under a key that they remember.
    """
    chosen, outcome = None if tenants is None else list(tenants), Outcome()
    _make(actor, without_new_key(find_pairs(chosen)), progress, outcome)
    for plane in PLANES:
        pairs = [pair for pair in find_pairs(chosen, plane) if pair.old]
        for start in range(0, len(pairs), _CHUNK):
            chunk = pairs[start : start + _CHUNK]
            seen = _empty(actor, plane, chunk, progress)
            _let_go(actor, plane, chunk, seen, max(grace, LIFETIME), outcome)
    return outcome


def _make(actor: Actor, pairs: Sequence[Pair], progress: Progress, outcome: Outcome) -> None:
    # In the opposite order to the destructions: the key that was made first says until the end when it all began.
    for done, pair in enumerate(sorted(pairs, key=lambda pair: PLANES.index(pair.plane), reverse=True), start=1):
        try:
            unsealer().rotate(str(actor), pair.tenant, pair.plane)
            outcome.made += 1
        except VaultError as error:
            if error.code != "erased":  # by somebody, at this moment
                raise
        progress("new keys", done, len(pairs))


def _empty(actor: Actor, plane: Plane, pairs: Sequence[Pair], progress: Progress) -> set[bytes]:
    """Reseal what is under old keys, and return those that were in use."""
    work = (Resealing(actor, place, _tenants(pairs), _old_ids(pairs), progress) for place in sealers(plane))
    return {key_id for each in work for key_id in each.run()}


def _let_go(
    actor: Actor, plane: Plane, pairs: Sequence[Pair], seen: set[bytes], grace: timedelta, outcome: Outcome
) -> None:
    """Destroy the old keys that have been without a reference for the grace, and note which are without one now."""
    tenants, old = _tenants(pairs), _old_ids(pairs)
    used = {key_id for place in sealers(plane) for key_id in place.key_ids(tenants, old)}
    latest = {bytes(key.key_id): key for key in DataKey.objects.filter(key_id__in=old).defer("wrapped")}
    for key in (latest[key_id] for key_id in old if key_id in latest):  # in their order; an erasure may take some away
        where = key.tenant, plane, key.version
        if bytes(key.key_id) in seen | used:
            unsealer().mark_idle(*where, idle=False)
        elif key.retired_at and timezone.now() - key.retired_at >= grace:
            unsealer().retire(str(actor), *where)
            outcome.destroyed += 1
            continue
        if bytes(key.key_id) in used:
            outcome.in_use += 1
        else:
            unsealer().mark_idle(*where)
            outcome.waiting += 1


def _tenants(pairs: Sequence[Pair]) -> list[UUID]:
    return [pair.tenant for pair in pairs]


def _old_ids(pairs: Sequence[Pair]) -> list[bytes]:
    return [bytes(key.key_id) for pair in pairs for key in pair.old]
