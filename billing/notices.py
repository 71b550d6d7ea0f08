"""What billing causes: events for customers' webhooks, and messages to who hears of money."""

from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_lazy

from accounts.models import BillingContact, Organization, Role, User
from accounts.recipients import TELLER
from accounts.roles import access_of
from billing.invoices.amounts import CENT
from billing.models import Invoice
from catalog.money import dollars
from notifications.notices import Facts, notice
from notifications.webhooks.kinds import event

event("invoice.closed", gettext_lazy("An invoice was closed"), subject="invoice_id")


@notice("invoice-ready")
def invoice_ready(invoice_id: UUID, to: User | BillingContact) -> Facts | None:
    invoice = Invoice.objects.closed().filter(pk=invoice_id).first()
    organization = Organization.objects.filter(pk=invoice.organization_id).first() if invoice else None
    if invoice is None or organization is None or not hears_of_money(organization, to):
        return None
    return {
        "organization": organization.name,
        "amount": dollars((invoice.due or invoice.total) * CENT),
        "number": str(invoice.number),
        "due": invoice.due_at,
        "is_settled": not invoice.due,
        "url": f"{settings.CONSOLE_ORIGIN}/o/{organization.slug}/billing/invoices/{invoice.number}/",
    }


def hears_of_money(organization: Organization, to: User | BillingContact) -> bool:
    """Tell whether a recipient is, at this moment, one of `accounts.recipients.of_billing`."""
    if isinstance(to, BillingContact):
        return BillingContact.objects.filter(pk=to.pk, organization=organization).confirmed().exists()
    access = access_of(TELLER, organization, users=[to.pk]).get(to.pk)
    return access is not None and access.role in (Role.OWNER, Role.BILLING)
