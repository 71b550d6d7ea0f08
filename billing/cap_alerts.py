"""Telling who nears their spend cap, and who is at it: once a month each; beside the request path.

At the cap is also whose calls are refused for it: the most that a call can cost fits no more, cents before it is used.
"""

from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from billing.accounts import lock_account, month_of
from billing.audience import audience_of
from billing.models import BillingAccount, CapAlert
from billing.models.cap_alert import STEPS
from notifications.telling import tell
from notifications.webhooks.publish import publish

_NEAR, _FULL = STEPS
_FIFTH = F("cap") / 5  # what is left at 80 percent; a product would not fit into SQLite's integers
_BATCH = 50


def warn_of_caps() -> int:
    """Tell whom it concerns, and return how many organizations."""
    month = month_of(timezone.now())
    near = BillingAccount.objects.filter(spent_month=month, cap__gt=0, spent__gte=F("cap") - _FIFTH)
    told = near.exclude(cap_alert__month=month, cap_alert__told=_FULL).exclude(
        cap_alert__month=month, cap_alert__told=_NEAR, cap_alert__is_refused=False, spent__lt=F("cap")
    )
    return sum(_told(organization_id, month) for organization_id in list(told.values_list("pk", flat=True)[:_BATCH]))


def step_of(account: BillingAccount, alert: CapAlert) -> int:
    """Return the step that an account has reached in the month of the alert; 0 for none."""
    if not account.cap:
        return 0
    spent = account.spent_in(alert.month)
    is_near = spent >= account.cap - account.cap // 5
    return _FULL if spent >= account.cap or (is_near and alert.is_refused) else _NEAR if is_near else 0


def _told(organization_id: UUID, month: date) -> bool:
    to = audience_of(organization_id)
    with transaction.atomic():
        account = lock_account(organization_id)  # two who look at once: one of them tells
        alert = CapAlert.of(organization_id, month)
        step = step_of(account, alert)
        if step <= alert.told:
            return False
        CapAlert.objects.filter(pk=organization_id).update(told=step)
        tell("cap-reached", organization_id, to, key=f"cap-{step}:{organization_id}:{month:%Y-%m}")
        publish(organization_id, "cap.reached", organization_id)
    return True
