"""Billing contacts in the clear: for who manages them, and for nobody else."""

from collections.abc import Sequence
from uuid import UUID

from accounts.models import BillingContact
from ledger.actor import Actor
from vault.disclosure import disclose
from vault.purposes import Purpose


def addresses_of(
    actor: Actor, contacts: Sequence[BillingContact], purpose: Purpose = Purpose.TEAM_ADMINISTRATION
) -> dict[UUID, str]:
    """Return the addresses of contacts of one organization; one leaf, and none where there are no contacts."""
    if not contacts:
        return {}
    ids = [contact.pk for contact in contacts]
    with disclose(
        purpose,
        actor=actor,
        tenant=contacts[0].vault_tenant,
        fields=[BillingContact.email],
        subjects=ids,
    ) as scope:
        return dict(zip(ids, scope.open_all([contact.email for contact in contacts]), strict=True))
