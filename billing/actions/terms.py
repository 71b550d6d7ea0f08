"""How an organization pays, and the most that it may spend in a month."""

from uuid import UUID

from django.db import transaction

from billing.accounts import lock_account
from billing.errors import BillingError
from billing.models import BillingAccount, CapAlert, Mode
from catalog.money import PICO
from ledger.actor import Actor
from ledger.events import changes, record_event
from ledger.models import Action

LARGEST_CAP = 9_000_000 * PICO  # what a 64-bit integer holds


def set_terms(actor: Actor, organization_id: UUID, *, mode: Mode, limit: int | None = None) -> BillingAccount:
    """Bill an organization: prepaid, or postpaid up to what it may owe in pico-dollars (None: whatever it is).

    BillingError `limit` for a prepaid organization with one.
    """
    if (mode == Mode.PREPAID and limit) or (limit is not None and limit < 0):
        raise BillingError("limit", "Only who pays afterwards has a limit, of zero or more.")
    limit = 0 if mode == Mode.PREPAID else limit
    with transaction.atomic():
        BillingAccount.objects.get_or_create(pk=organization_id, defaults={"mode": Mode.PREPAID})
        account = lock_account(organization_id)
        before = {"mode": account.mode, "limit": account.limit}
        account.mode, account.limit = mode, limit
        account.save(update_fields=["mode", "limit"])
        differs = changes(before, {"mode": mode.value, "limit": limit})
        record_event(
            actor, Action.BILLING_TERMS_SET, target=organization_id, organization_id=organization_id, **differs
        )
    return account


def set_cap(actor: Actor, organization_id: UUID, cap: int | None) -> BillingAccount:
    """Set the most that an organization may spend in a calendar month, in pico-dollars; None for no cap."""
    if cap is not None and not 0 <= cap <= LARGEST_CAP:
        raise BillingError("cap", "This is no amount to cap spending at.")
    with transaction.atomic():
        account = lock_account(organization_id)
        differs = changes({"cap": account.cap}, {"cap": cap})
        account.cap = cap
        CapAlert.objects.filter(pk=account.pk).update(is_refused=False)
        account.save(update_fields=["cap"])
        record_event(actor, Action.BILLING_CAP_SET, target=organization_id, organization_id=organization_id, **differs)
    return account
