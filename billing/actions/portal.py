"""Letting somebody see and change an organization's payment methods, at Stripe."""

from uuid import UUID

from django.db import transaction

from billing.accounts import lock_account
from billing.rail.portal import portal_url
from ledger.actor import Actor
from ledger.events import record_event
from ledger.models import Action


def open_payment_methods(actor: Actor, organization_id: UUID, *, return_url: str) -> str:
    """Return the address to send the browser to; BillingError `not-billed`, RailError."""
    record_opening(actor, organization_id)
    return portal_url(organization_id, return_url)


def record_opening(actor: Actor, organization_id: UUID) -> None:
    """Record that somebody is let into the portal, before they have its address; BillingError `not-billed`."""
    with transaction.atomic():
        lock_account(organization_id)
        record_event(actor, Action.PAYMENT_METHODS_OPENED, target=organization_id, organization_id=organization_id)
