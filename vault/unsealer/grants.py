"""Releasing under a grant: the signature is verified each time, and the ledger says what the grant was used for.

A row edited in the database opens nothing: it no longer matches its signature. Start, uses and end are leaves, which
nobody can take back, and are counted while the log is locked.
"""

from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from ledger.leaves import Entry
from ledger.models import LeafBody, LeafType, Log
from vault.errors import VaultError
from vault.models import Grant
from vault.models.grant import LONGEST
from vault.purposes import RULES, Purpose
from vault.signing import signed_text
from vault.unsealer.approvers import verify
from vault.unsealer.messages import Opening


def find(grant_id: UUID | None) -> Grant:
    grant = Grant.objects.filter(pk=grant_id).first() if grant_id else None
    if grant is None:
        raise VaultError("grant-needed", "This purpose opens only under a grant.")
    return grant


def check_signed(grant: Grant, approvers: Path) -> None:
    """Raise unless somebody else approved just this, for at most twelve hours that are not over."""
    rule = RULES[Purpose(grant.purpose)]
    if not (grant.signature and grant.approved_at and grant.until):
        raise VaultError("grant-not-approved", "This grant was not approved.")
    if grant.approver == grant.requester or not rule.granted or not set(grant.fields) <= rule.fields:
        raise VaultError("grant-forged", "Nobody could have approved this grant.")
    verify(approvers, grant.approver, bytes(grant.signature), signed_text(grant))
    if grant.until - grant.approved_at > LONGEST:
        raise VaultError("grant-too-long", "A grant lasts twelve hours at most.")
    if not grant.approved_at <= now() < grant.until:
        raise VaultError("grant-expired", "This grant is not in force now.")


def check_covers(grant: Grant, opening: Opening) -> None:
    """Raise unless the opening stays within what the grant says."""
    same = (grant.purpose, grant.tenant, grant.requester) == (opening.purpose, opening.tenant, opening.actor)
    if not same or not set(opening.fields) <= set(grant.fields) or not set(opening.subjects) <= grant.subject_ids():
        raise VaultError("outside-grant", "The grant does not cover this.")


def check_unused(grant: Grant) -> None:
    """Raise unless the grant was started, was not closed and has openings left. Call it with the log locked."""
    types = list(LeafBody.objects.filter(grant=grant.pk).values_list("type", flat=True))
    if LeafType.GRANT_STARTED not in types or LeafType.GRANT_CLOSED in types:
        raise VaultError("grant-closed", "This grant is not open.")
    if types.count(LeafType.OPENING) >= grant.maximum:
        raise VaultError("grant-used-up", "This grant was used as often as it allows.")


def check_not_started(grant: Grant) -> None:
    if LeafBody.objects.filter(grant=grant.pk, type=LeafType.GRANT_STARTED).exists():
        raise VaultError("grant-started", "This grant was started before.")


def check_running(grant: Grant) -> None:
    types = set(LeafBody.objects.filter(grant=grant.pk).values_list("type", flat=True))
    if LeafType.GRANT_STARTED not in types or LeafType.GRANT_CLOSED in types:
        raise VaultError("grant-closed", "This grant is not open.")


def started(grant: Grant) -> Entry:
    assert grant.until is not None
    more = {
        "case": grant.case,
        "requester": grant.requester,
        "fields": sorted(grant.fields),
        "subjects": sorted(grant.subjects),
        "until": grant.until.isoformat(),
        "maximum": grant.maximum,
    }
    return Entry(grant.tenant, LeafType.GRANT_STARTED, grant.approver, grant.purpose, grant.pk, more=more)


def closed(grant: Grant, actor: str) -> Entry:
    return Entry(grant.tenant, LeafType.GRANT_CLOSED, actor, grant.purpose, grant.pk, more={"case": grant.case})


def now() -> datetime:
    """Return the time; never earlier than the newest leaf, so that a clock set back prolongs no grant."""
    newest = Log.objects.values_list("at", flat=True).first() or 0
    return max(datetime.now(UTC), datetime.fromtimestamp(newest / 1_000_000, UTC))
