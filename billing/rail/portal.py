"""Stripe's Customer Portal: where cards, addresses and tax ids are changed. They never come through here."""

from uuid import UUID

from billing.rail.client import ask
from billing.rail.deeds.customers import customer_of


def portal_url(organization_id: UUID, return_url: str) -> str:
    """Return the address of a portal session, a secret of whoever asked, good for a few minutes; RailError."""
    customer = customer_of(organization_id)
    session = ask(lambda v1: v1.billing_portal.sessions.create({"customer": customer, "return_url": return_url}))
    return str(session["url"])
