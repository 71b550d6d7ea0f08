"""How keys stand: what another gateway learns of each that it asks for, also why one has ended.

Of keys outside the organization that asks nothing is read, so that they take as long as keys that there never were.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from keys.models import ApiKey
from keys.verification import COLUMNS, Caller, callers_of


@dataclass(frozen=True, slots=True)
class Standing:
    """Whom a key speaks for, and the word for why it does not any more; "" while it does."""

    caller: Caller
    ended: str = ""

    def ended_at(self, now: datetime) -> str:
        """Return the word at a moment: a key ends by itself while it is remembered."""
        over_at = self.caller.over_at
        return self.ended or ("expired" if over_at and over_at <= now else "")


@dataclass(frozen=True, slots=True)
class Place:
    """Where the usage of a key belongs."""

    key_id: UUID
    organization_id: UUID
    project_id: UUID


def standings(hashes: Collection[bytes], organization_id: UUID | None) -> dict[bytes, Standing]:
    """Return how keys stand by the hashes of their secrets, in two queries; of one organization's if one is named."""
    keys = ApiKey.objects.filter(secret_hash__in=hashes, **_reach(organization_id))
    columns = ("secret_hash", "revoked_at", "project__archived_at")
    rows = list(keys.values_list(*columns, *COLUMNS))
    callers = callers_of([row[len(columns) :] for row in rows])
    now = timezone.now()
    found = {}
    for (secret_hash, revoked_at, archived_at, *_), caller in zip(rows, callers, strict=True):
        ended = "revoked" if revoked_at else "project_archived" if archived_at else ""
        found[bytes(secret_hash)] = Standing(caller, ended or ("expired" if _is_over(caller, now) else ""))
    return found


def places(
    hashes: Collection[bytes], key_ids: Collection[UUID], organization_id: UUID | None
) -> tuple[dict[bytes, Place], dict[UUID, Place]]:
    """Return where usage of keys belongs, by hash and by id, also of ended ones: calls are told of afterwards."""
    found: tuple[dict[bytes, Place], dict[UUID, Place]] = ({}, {})
    keys = ApiKey.objects.filter(**_reach(organization_id))
    keys = keys.filter(secret_hash__in=hashes) | keys.filter(pk__in=key_ids)
    for secret_hash, *ids in keys.values_list("secret_hash", "id", "project__organization_id", "project_id"):
        found[0][bytes(secret_hash)] = found[1][ids[0]] = Place(*ids)
    return found


def _reach(organization_id: UUID | None) -> dict[str, object]:
    reach: dict[str, object] = {} if settings.DEVELOPMENT else {"project__organization__is_demo": False}
    return reach if organization_id is None else reach | {"project__organization": organization_id}


def _is_over(caller: Caller, now: datetime) -> bool:
    return caller.over_at is not None and caller.over_at <= now
