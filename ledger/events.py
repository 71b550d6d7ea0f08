"""Recording audit events. Call it inside the transaction that makes the change."""

from uuid import UUID

from django.db import transaction

from ledger.actor import Actor
from ledger.models import Action, AuditEvent


def record_event(
    actor: Actor, action: Action, *, target: object, organization_id: UUID | None = None, **payload: str | int | None
) -> AuditEvent:
    """Write one audit event; refuses to stand outside a transaction, where it could survive without its change."""
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("An audit event belongs into the transaction of its change.")
    return AuditEvent.objects.create(
        actor=str(actor), action=action, target=str(target), organization_id=organization_id, payload=payload
    )
