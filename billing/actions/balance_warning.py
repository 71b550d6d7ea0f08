"""Setting the balance below which people are told."""

from uuid import UUID

from django.db import transaction

from billing.accounts import lock_account
from billing.errors import BillingError
from billing.models import BalanceWarning
from catalog.money import CENT
from ledger.actor import Actor
from ledger.events import changes, record_event
from ledger.models import Action

LARGEST = 100_000_000  # cents


def set_balance_warning(actor: Actor, organization_id: UUID, *, threshold: int | None) -> BalanceWarning:
    """Warn below so many cents; 0: never, None: below a fifth of what was bought last. BillingError `threshold`."""
    if threshold is not None and (type(threshold) is not int or not 0 <= threshold <= LARGEST):
        raise BillingError("threshold", "This is no balance to warn at.")
    with transaction.atomic():
        account = lock_account(organization_id)
        warning, _ = BalanceWarning.objects.get_or_create(account=account)
        before = None if warning.threshold is None else warning.threshold // CENT
        warning.threshold = None if threshold is None else threshold * CENT
        warning.save(update_fields=["threshold"])
        record_event(
            actor,
            Action.BALANCE_WARNING_SET,
            target=account.pk,
            organization_id=account.pk,
            **changes({"threshold": before}, {"threshold": threshold}),
        )
    return warning
