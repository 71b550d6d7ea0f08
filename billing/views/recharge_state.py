"""How auto-recharge stands, in words."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from billing.models import AutoRecharge
from billing.models.recharge import MOST_FAILURES
from catalog.money import CENT, dollars


@dataclass(frozen=True, slots=True)
class RechargeState:
    is_on: bool
    threshold: str
    amount: str
    monthly_cap: str
    recharged: str  # this month; "" where nobody asked for it
    label: str
    tone: str
    note: str  # why it rests or stopped, "" otherwise


def state_of(recharge: AutoRecharge, now: datetime | None = None) -> RechargeState:
    label, tone, note = _state(recharge, now or timezone.now())
    return RechargeState(
        recharge.is_on,
        dollars(recharge.threshold),
        dollars(recharge.cents * CENT),
        dollars(recharge.monthly_cap * CENT),
        _recharged(recharge),
        label,
        tone,
        note,
    )


def _recharged(recharge: AutoRecharge) -> str:
    cents = getattr(recharge, "recharged", None)
    return "" if cents is None else dollars(cents * CENT)


def _state(recharge: AutoRecharge, now: datetime) -> tuple[str, str, str]:
    rests = recharge.rests_until is not None and recharge.rests_until > now
    if not recharge.is_on and recharge.failures >= MOST_FAILURES:
        words = ngettext(
            "It stopped by itself: %(count)s payment failed. Update the payment method, then switch it on again.",
            "It stopped by itself: %(count)s payments in a row failed. Update the payment method, then switch it on "
            "again.",
            recharge.failures,
        )
        return _("Stopped"), "bad", words % {"count": recharge.failures}
    if not recharge.is_on:
        return _("Off"), "off", ""
    if rests and recharge.failures:
        return _("Waits"), "warn", _("A payment failed. It is tried again soon by itself.")
    if rests:
        return _("At its cap"), "warn", _("This month’s cap leaves no room for another purchase.")
    return _("On"), "ok", ""
