"""Grants: leave to open named fields of named rows for one case. One asks, another signs, the unsealer starts it.

A request counts for nothing until an approver's signature stands on it, and a signed row for nothing until the unsealer
has recorded its start. From then on only what was signed opens, for as long and as often as was signed.
"""

import unicodedata
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.apps import apps
from django.db import models

from ledger.actor import Actor
from ledger.models import LeafBody, LeafType
from vault.errors import VaultError
from vault.models import Grant
from vault.models.grant import LONGEST
from vault.places import column
from vault.purposes import RULES, Purpose
from vault.signing import is_staff, signed_text
from vault.unsealer import unsealer
from vault.unsealer.scopes import MOST_SUBJECTS

MOST_OPENINGS = 1000
_LONGEST_CASE = 80


def request_grant(
    requester: Actor,
    *,
    purpose: str,
    case: str,
    tenant: UUID,
    fields: Sequence[str],
    subjects: Sequence[UUID],
    maximum: int,
) -> Grant:
    """Ask for leave to open `fields` (app.Model.field) of the rows `subjects` of one tenant up to `maximum` times."""
    _check_person(requester)
    _check_fields(purpose, fields)
    if not case.strip() or len(case) > _LONGEST_CASE or not _is_printable(case):
        raise VaultError("refused", "A grant names its case: a ticket or reference in at most 80 characters.")
    if not 1 <= maximum <= MOST_OPENINGS:
        raise VaultError("refused", f"A grant opens once at least and {MOST_OPENINGS} times at most.")
    _check_subjects(tenant, fields, subjects)
    return Grant.objects.create(
        purpose=purpose,
        tenant=tenant,
        fields=sorted(set(fields)),
        subjects=sorted({str(subject) for subject in subjects}),
        case=case,
        maximum=maximum,
        requester=str(requester),
    )


def approve_grant(approver: Actor, *, key: Ed25519PrivateKey, grant: Grant, hours: float) -> None:
    """Sign the grant as it stands in `grant`, which the approver has seen, and start it for so many hours.

    A row that was edited in the meantime is not what gets signed, so it does not start.
    """
    _check_person(approver)
    if str(approver) == grant.requester:
        raise VaultError("refused", "Nobody approves their own request.")
    if not 0 < hours <= LONGEST / timedelta(hours=1):
        raise VaultError("refused", "A grant lasts more than no time and twelve hours at most.")
    if LeafBody.objects.filter(grant=grant.pk, type=LeafType.GRANT_STARTED).exists():
        raise VaultError("grant-started", "This grant was started before.")
    grant.approver, grant.approved_at = str(approver), datetime.now(UTC)
    grant.until = grant.approved_at + timedelta(hours=hours)
    grant.signature = key.sign(signed_text(grant, unsealer().public_key()))
    grant.save(update_fields=["approver", "approved_at", "until", "signature"])
    unsealer().start_grant(grant.pk)


def close_grant(actor: Actor, *, grant: UUID) -> None:
    """End a grant before its time."""
    unsealer().close_grant(str(actor), grant)


def rows_of(label: str, subjects: Sequence[UUID]) -> "models.QuerySet[models.Model]":
    """Return the rows among `subjects` that have the field."""
    model, _, _ = label.rpartition(".")
    rows: models.QuerySet[models.Model] = apps.get_model(model)._default_manager.filter(pk__in=subjects)
    return rows


def _check_person(actor: Actor) -> None:
    if not is_staff(str(actor)):
        raise VaultError("refused", "Somebody of staff is written staff:name, in lower case and without spaces.")


def _check_fields(purpose: str, fields: Sequence[str]) -> None:
    if purpose not in {known.value for known in RULES if RULES[known].granted}:
        raise VaultError("refused", "There is no such purpose that opens under a grant.")
    if not fields:
        raise VaultError("refused", "A grant names its fields.")
    for label in fields:
        column(label)
    if refused := sorted(set(fields) - RULES[Purpose(purpose)].fields):
        raise VaultError("refused", f"{purpose} does not open {', '.join(refused)}.")


def _check_subjects(tenant: UUID, fields: Sequence[str], subjects: Sequence[UUID]) -> None:
    if not 1 <= len(subjects) <= MOST_SUBJECTS:
        raise VaultError("refused", "A grant names the rows it opens, at most 10,000.")
    rows = [row for label in fields for row in rows_of(label, subjects)]
    if any(row.vault_tenant != tenant for row in rows):  # type: ignore[attr-defined]
        raise VaultError("refused", "A row belongs to another tenant than the grant.")
    if missing := set(subjects) - {row.pk for row in rows}:
        raise VaultError("refused", f"No such row has these fields: {', '.join(sorted(map(str, missing)))}.")


def _is_printable(text: str) -> bool:
    return not any(unicodedata.category(character).startswith("C") for character in text)
