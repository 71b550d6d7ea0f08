"""What it means when a customer is deleted at Stripe: the next one who needs it makes a new one."""

from django.db import transaction

from billing.accounts import lock_account
from billing.models import BillingAccount, Deed, StripeIntent
from billing.rail.customers import get_customer


def forget_customer(customer: str) -> bool:
    """Forget a customer that is no more; False if it was none of ours. RailError."""
    organization_id = (
        BillingAccount.objects.filter(stripe_customer=customer).values_list("organization_id", flat=True).first()
    )
    if not organization_id or not get_customer(customer).is_deleted:
        return False
    with transaction.atomic():
        account = lock_account(organization_id)
        if account.stripe_customer == customer:
            account.stripe_customer = ""
            account.save(update_fields=["stripe_customer"])
            StripeIntent.objects.filter(kind=Deed.CUSTOMER, subject_id=organization_id).delete()
    return True
