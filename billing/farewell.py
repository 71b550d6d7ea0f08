"""Taking leave of organizations that are erased: their customer at Stripe goes, and with it cards, address and tax ids.

What is still open keeps it until that is over: an invoice to be paid, a purchase, a refund or a dispute under way.
The journal and the invoices stay, as the law wants it; they hold ids and amounts.
"""

from django.db import transaction
from django.db.models import Exists, OuterRef

from accounts.models import Membership
from billing.models import (
    BillingAccount,
    Deed,
    Dispute,
    DisputeStatus,
    Invoice,
    InvoiceStatus,
    Refund,
    StripeIntent,
    TopUp,
)
from billing.rail.outbox import intend


def forget_erased() -> int:
    """Have the customers deleted of organizations that are erased and have nothing open; return how many."""
    of_account = {"organization_id": OuterRef("pk")}
    stays = (
        Membership.objects.filter(**of_account),  # the organization's row stays when it is erased; its members go
        Invoice.objects.filter(**of_account, status=InvoiceStatus.OPEN),
        TopUp.objects.filter(**of_account).pending(),
        Refund.objects.filter(**of_account).pending(),
        Dispute.objects.filter(**of_account, status=DisputeStatus.OPEN),
        StripeIntent.objects.filter(kind=Deed.FAREWELL, subject_id=OuterRef("pk")),
    )
    accounts = BillingAccount.objects.exclude(stripe_customer="").filter(*(~Exists(reason) for reason in stays))
    gone = list(accounts.values_list("pk", flat=True))
    for organization_id in gone:
        with transaction.atomic():
            intend(Deed.FAREWELL, organization_id, organization_id)
    return len(gone)
