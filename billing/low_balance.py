"""Telling who has little left, once each time their balance falls below their threshold; beside the request path."""

from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef

from accounts.models import Organization
from accounts.recipients import of_billing
from billing.models import BalanceWarning, BillingAccount, Mode
from notifications.telling import tell

_BATCH = 50


def warn() -> int:
    """Tell whom it concerns, and return how many organizations; who has enough again is told the next time."""
    _add_new()
    armed = BalanceWarning.objects.to_arm().values_list("pk", flat=True)
    BalanceWarning.objects.filter(pk__in=list(armed)).update(is_armed=True)
    low = list(BalanceWarning.objects.to_tell().order_by("pk").values_list("pk", flat=True)[:_BATCH])
    return sum(_told(organization_id) for organization_id in low)


def _add_new() -> None:
    watched = BalanceWarning.objects.filter(pk=OuterRef("pk"))
    new = BillingAccount.objects.filter(~Exists(watched), mode=Mode.PREPAID)[:_BATCH]
    BalanceWarning.objects.bulk_create([BalanceWarning.of(account) for account in new], ignore_conflicts=True)


def _told(organization_id: UUID) -> bool:
    organization = Organization.objects.filter(pk=organization_id).first()
    to = of_billing(organization) if organization else []
    with transaction.atomic():
        # Two who look at once: one of them tells.
        is_mine = bool(BalanceWarning.objects.filter(pk=organization_id, is_armed=True).update(is_armed=False))
        if is_mine:
            tell("low-balance", organization_id, to)
    return is_mine
