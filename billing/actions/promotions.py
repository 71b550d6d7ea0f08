"""Giving credit: what an operator or the welcome of a new organization adds without payment."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from billing.accounts import lock_account
from billing.credit import give_credit
from billing.models import CreditLot, LotKind
from ledger.actor import Actor
from ledger.events import record_event
from ledger.ids import new_id
from ledger.models import Action


def give_promotion(
    actor: Actor, organization_id: UUID, *, amount: int, title: str, expires_at: datetime | None = None
) -> CreditLot:
    """Give promotional credit, in pico-dollars; BillingError `not-billed` or `amount`."""
    with transaction.atomic():
        account = lock_account(organization_id)
        key = f"promotion:{new_id()}"
        lot = give_credit(account, LotKind.PROMOTIONAL, amount, key=key, title=title, expires_at=expires_at)
        record_event(actor, Action.CREDIT_GIVEN, target=lot.pk, organization_id=organization_id, amount=amount)
    return lot
