"""Making an organization's customer, when it is first needed."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from billing.accounts import lock_account
from billing.models import BillingAccount, Deed, IntentState, StripeIntent
from billing.rail.carrying import carries, carry_out_awaited, once
from billing.rail.customers import find_customer, make_customer
from billing.rail.outbox import intend


def customer_of(organization_id: UUID) -> str:
    """Return the customer's id, made now if there is none; RailError."""
    if not (known := _known(organization_id)):
        with transaction.atomic():
            intent = intend(Deed.CUSTOMER, organization_id, organization_id, is_awaited=True)
        carry_out_awaited(intent.pk)
        known = _known(organization_id)
    return known


def is_put_off(organization_id: UUID) -> bool:
    """Whether making the customer failed and waits for its time: whoever asks in a loop would use up all its tries."""
    tried = StripeIntent.objects.filter(kind=Deed.CUSTOMER, subject_id=organization_id, attempts__gt=0)
    return tried.filter(state=IntentState.OPEN, next_at__gt=timezone.now()).exists()


@carries(Deed.CUSTOMER)
def make(intent: StripeIntent) -> None:
    organization = str(intent.organization_id)
    if not _known(intent.organization_id):
        made = once(
            intent, lambda since: find_customer(organization, since), lambda key: make_customer(organization, key)
        )
        with transaction.atomic():
            account = lock_account(intent.organization_id)
            account.stripe_customer = account.stripe_customer or made.id
            account.save(update_fields=["stripe_customer"])


def _known(organization_id: UUID) -> str:
    return BillingAccount.objects.values_list("stripe_customer", flat=True).get(pk=organization_id)
