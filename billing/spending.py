"""Whether a call may run: its worst case is held before it does, or it is refused with the reason.

Who is not billed holds nothing, nor does a call that costs nothing.
"""

from uuid import UUID

from django.utils import timezone

from billing import holds
from billing.accounts import month_of
from billing.models import BillingAccount, CapAlert
from billing.opening import account_of
from billing.permits import Permit
from catalog.prices import PriceBook


def permit(call_id: UUID, organization_id: UUID, *, model: str, prompt: int, completion: int) -> Permit:
    """Hold what a call costs at most, given the most tokens of its prompt and of its answer."""
    account = account_of(organization_id)
    if not account:
        return Permit.FREE
    price = PriceBook([model]).price(model, timezone.now())
    # Whether the prompt is cached is known afterwards, and nothing says that this is the cheaper way.
    worst = max(price.amount(prompt, cached, completion) for cached in (0, prompt)) if price else 0
    if account.suspended_at:
        return Permit.SUSPENDED
    if not worst:
        return Permit.FREE
    return Permit.HELD if holds.hold(call_id, organization_id, worst) else _refusal(organization_id, worst)


def _refusal(organization_id: UUID, worst: int) -> Permit:
    """Say which rule refused: by what it stands at now, moments later."""
    account = BillingAccount.objects.get(pk=organization_id)
    if account.suspended_at:
        return Permit.SUSPENDED
    month = month_of(timezone.now())
    if account.cap is not None and account.spent_in(month) + account.held + worst > account.cap:
        CapAlert.note_refusal(organization_id, month)
        return Permit.OVER_CAP
    return Permit.NO_CREDIT if account.is_prepaid else Permit.OVER_LIMIT
