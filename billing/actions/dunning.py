"""What follows when an invoice stays unpaid: the organization is suspended, until it is paid or written off.

People are told of both; who hears of it is looked up before a lock is taken.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction

from billing.accounts import lock_account
from billing.audience import audience_of
from billing.models import BillingAccount, Invoice, Suspension
from ledger.actor import Actor
from ledger.events import record_event
from ledger.models import Action
from notifications.telling import tell

DUNNER = Actor.system("billing")


def suspend_overdue(now: datetime) -> int:
    """Suspend whose invoice is overdue beyond the time of grace, and return how many."""
    late = Invoice.objects.overdue(_before(now)).values_list("organization_id", flat=True)
    active = BillingAccount.objects.filter(pk__in=late.order_by(), suspended_at=None).order_by("pk")
    return sum(_suspended(organization_id, now) for organization_id in list(active.values_list("pk", flat=True)))


def audience_of_end(organization_id: UUID) -> Sequence[UUID]:
    """Return who hears that a suspension ends; nobody where there is none that could."""
    late = BillingAccount.objects.filter(pk=organization_id, suspended_for=Suspension.OVERDUE)
    return audience_of(organization_id) if late.exists() else []


def lift_suspension(actor: Actor, account: BillingAccount, to: Sequence[UUID], now: datetime) -> None:
    """Let an account go on, under its lock, if it was suspended for what is paid now; not what was done by hand."""
    if account.suspended_for == Suspension.OVERDUE and not _is_late(account.pk, now):
        account.suspended_at, account.suspended_for = None, ""
        account.save(update_fields=["suspended_at", "suspended_for"])
        record_event(actor, Action.BILLING_RESUMED, target=account.pk, organization_id=account.pk)
        tell("resumed", account.pk, to)


def _suspended(organization_id: UUID, now: datetime) -> bool:
    to = audience_of(organization_id)
    with transaction.atomic():
        account = lock_account(organization_id)
        if account.suspended_at or not _is_late(account.pk, now):  # paid this moment
            return False
        account.suspended_at, account.suspended_for = now, Suspension.OVERDUE
        account.save(update_fields=["suspended_at", "suspended_for"])
        because = Suspension.OVERDUE.value
        record_event(DUNNER, Action.BILLING_SUSPENDED, target=account.pk, organization_id=account.pk, because=because)
        tell("suspended", account.pk, to)
    return True


def _is_late(organization_id: UUID, now: datetime) -> bool:
    return Invoice.objects.of(organization_id).overdue(_before(now)).exists()


def _before(now: datetime) -> datetime:
    return now - timedelta(days=settings.BILLING_GRACE_DAYS)
