"""Deleting the customer of an organization that is erased."""

from django.db import transaction

from billing.accounts import lock_account
from billing.models import BillingAccount, Deed, StripeIntent
from billing.rail.carrying import carries
from billing.rail.customers import delete_customer, get_customer


@carries(Deed.FAREWELL)
def take_leave(intent: StripeIntent) -> None:
    customer = BillingAccount.objects.values_list("stripe_customer", flat=True).get(pk=intent.organization_id)
    if customer and not get_customer(customer).is_deleted:
        delete_customer(customer)
    with transaction.atomic():
        account = lock_account(intent.organization_id)
        account.stripe_customer = ""
        account.save(update_fields=["stripe_customer"])
