"""Releasing under a grant: the signature is verified each time, and the ledger says what the grant was used for.

A row edited in the database opens nothing: it no longer matches its signature. Start, uses and end are leaves, which
nobody can take back, and are counted while the log is locked.
"""

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from ledger.errors import LedgerError
from ledger.heads import newest_time
from ledger.leaves import Entry, Member
from ledger.models import LeafBody, LeafType
from ledger.pen import Pen
from ledger.written import said_since
from vault.errors import VaultError
from vault.models import Grant
from vault.models.grant import LONGEST
from vault.purposes import RULES, Purpose
from vault.signing import is_staff, signed_text
from vault.unsealer.approvers import verify
from vault.unsealer.messages import Opening


def find(grant_id: UUID | None) -> Grant:
    grant = Grant.objects.filter(pk=grant_id).first() if grant_id else None
    if grant is None:
        raise VaultError("grant-needed", "This purpose opens only under a grant.")
    return grant


def check_signed(grant: Grant, approvers: Path, installation: bytes) -> None:
    """Raise unless somebody else approved just this, for just here, for at most twelve hours that are not over."""
    if not (grant.signature and grant.approved_at and grant.until):
        raise VaultError("grant-not-approved", "This grant was not approved.")
    if not _is_possible(grant):
        raise VaultError("grant-forged", "Nobody could have approved this grant.")
    verify(approvers, grant.approver, bytes(grant.signature), signed_text(grant, installation))
    if grant.until - grant.approved_at > LONGEST:
        raise VaultError("grant-too-long", "A grant lasts twelve hours at most.")
    if not grant.approved_at <= now() < grant.until:
        raise VaultError("grant-expired", "This grant is not in force now.")


def check_covers(grant: Grant, opening: Opening) -> None:
    """Raise unless the opening stays within what the grant says."""
    same = (grant.purpose, grant.tenant, grant.requester) == (opening.purpose, opening.tenant, opening.actor)
    if not same or not set(opening.fields) <= set(grant.fields) or not set(opening.subjects) <= grant.subject_ids():
        raise VaultError("outside-grant", "The grant does not cover this.")


class Uses:
    """What the ledger says of a signed grant since it was approved: its start, openings, refusals and its end.

    A body that is missing may be one of them, so then nothing opens. Read once before the log is locked, it has little
    left to read while everybody waits.
    """

    def __init__(self, grant: Grant, pen: Pen) -> None:
        assert grant.approved_at is not None
        self._since = (grant.approved_at - datetime.fromtimestamp(0, UTC)) // timedelta(microseconds=1)
        self._grant, self._pen, self._next = grant, pen, 0
        self._said: list[dict[str, Any]] = []

    def read(self) -> list[dict[str, Any]]:
        try:
            for sequence, said in said_since(self._grant.tenant, self._since, self._pen, first=self._next):
                self._next = sequence + 1
                if said.get("grant") == str(self._grant.pk):
                    self._said.append(said)
        except LedgerError as error:
            raise VaultError(error.code, "The ledger does not say any more how often this grant was used.") from None
        return self._said


def check_unused(grant: Grant, uses: list[dict[str, Any]]) -> None:
    """Raise unless the grant was started, was not closed and has openings left. Call it with the log locked."""
    types = [said["type"] for said in uses]
    _check_open(types)
    # An approver may have signed the row again: in force is what the tenant reads in the ledger.
    if json.loads(started(grant).body()) not in uses:
        raise VaultError("grant-forged", "The grant is not the one that was started.")
    if types.count(LeafType.OPENING) >= grant.maximum:
        raise VaultError("grant-used-up", "This grant was used as often as it allows.")


def check_not_started(grant: Grant, uses: list[dict[str, Any]]) -> None:
    if uses or LeafBody.objects.filter(grant=grant.pk, type=LeafType.GRANT_STARTED).exists():
        raise VaultError("grant-started", "This grant was started before.")


def check_running(grant_id: UUID) -> None:
    _check_open(LeafBody.objects.filter(grant=grant_id).values_list("type", flat=True))


def expired() -> list[UUID]:
    """Return the grants that run although the time that was signed for them is over."""
    ended = LeafBody.objects.filter(type=LeafType.GRANT_CLOSED).values("grant")
    running = LeafBody.objects.filter(type=LeafType.GRANT_STARTED, grant__isnull=False).exclude(grant__in=ended)
    time = now()
    return [body.grant for body in running if body.grant and _until(body) <= time]


def started(grant: Grant) -> Entry:
    assert grant.until is not None
    more: dict[str, Member] = {
        "case": grant.case,
        "requester": grant.requester,
        "fields": sorted(grant.fields),
        "subjects": sorted(grant.subjects),
        "until": grant.until.isoformat(),
        "maximum": grant.maximum,
    }
    return Entry(grant.tenant, LeafType.GRANT_STARTED, grant.approver, grant.purpose, grant.pk, more=more)


def closed(grant_id: UUID, actor: str) -> Entry:
    """Return the closing leaf, by what the starting one says: the row may have been edited since."""
    body = LeafBody.objects.filter(grant=grant_id, type=LeafType.GRANT_STARTED).first()
    if body is None:
        raise VaultError("grant-closed", "This grant is not open.")
    more = {"case": json.loads(body.text)["case"]}
    return Entry(body.tenant, LeafType.GRANT_CLOSED, actor, body.purpose, grant_id, more=more)


def now() -> datetime:
    """Return the time; never earlier than the newest leaf, so that a clock set back prolongs no grant."""
    return max(datetime.now(UTC), datetime.fromtimestamp(0, UTC) + timedelta(microseconds=newest_time()))


def _is_possible(grant: Grant) -> bool:
    """Tell whether the row is one that an approver's tool would sign, whatever somebody wrote into its columns."""
    lists = all(isinstance(each, list) and all(isinstance(name, str) for name in each) for each in _lists(grant))
    if not lists or grant.purpose not in RULES or grant.approver == grant.requester:
        return False
    rule = RULES[Purpose(grant.purpose)]
    people = is_staff(grant.approver) and is_staff(grant.requester)
    return people and rule.granted and set(grant.fields) <= rule.fields


def _lists(grant: Grant) -> tuple[object, object]:
    return grant.fields, grant.subjects


def _check_open(types: Iterable[str]) -> None:
    found = set(types)
    if LeafType.GRANT_STARTED not in found or LeafType.GRANT_CLOSED in found:
        raise VaultError("grant-closed", "This grant is not open.")


def _until(body: LeafBody) -> datetime:
    return datetime.fromisoformat(json.loads(body.text)["until"])
