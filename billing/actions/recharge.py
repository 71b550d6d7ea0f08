"""Auto-recharge: how people set it, and when it buys.

It is looked at beside the request path, every few seconds. The account's lock and a constraint of the database keep it
to one purchase at a time; what is under way counts towards the month's cap.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Membership
from billing.accounts import lock_account, month_of
from billing.actions.topup_ends import RESTS
from billing.actions.topups import begin, check_cents
from billing.errors import BillingError
from billing.invoices.drafts import next_month
from billing.models import AutoRecharge, BillingAccount, Origin, TopUp
from billing.rail.cards import payment_methods
from billing.rail.client import is_set_up
from billing.rail.errors import RailError
from catalog.money import CENT
from ledger.actor import Actor
from ledger.events import changes, record_event
from ledger.models import Action

RECHARGER = Actor.system("auto-recharge")
CONFIRM_WITHIN = timedelta(days=1)  # what a bank wants confirmed
LARGEST = 100_000_000  # cents, of a threshold and of a cap
MOST_IN_A_ROW = 10  # purchases that an empty balance needs; each costs a fee, and all of them can be refunded
_BATCH = 50


def set_recharge(
    actor: Actor, organization_id: UUID, *, threshold: int, amount: int, monthly_cap: int, creator: UUID | None = None
) -> AutoRecharge:
    """Buy `amount` whenever the balance falls below `threshold`, up to `monthly_cap` a calendar month; all in cents.

    Switched on anew, failures from before are forgotten; while it is on they count on, whatever is changed.
    BillingError `amount`, `threshold`, `cap`, `not-prepaid`, `suspended`, `not-billed`.
    """
    _check(threshold, amount, monthly_cap)
    wanted = {"is_on": True, "threshold": threshold * CENT, "cents": amount, "monthly_cap": monthly_cap}
    with transaction.atomic():
        account = _chargeable(organization_id)
        known = AutoRecharge.objects.filter(pk=account.pk)
        before = known.values(*wanted).first() or {}
        fresh = {**wanted, **_rest(known.filter(is_on=True).first()), "created_by": creator}
        recharge, _ = AutoRecharge.objects.update_or_create(account=account, defaults=fresh)
        differs = changes(_shown(before), _shown(wanted))
        record_event(actor, Action.RECHARGE_SET, target=account.pk, organization_id=account.pk, **differs)
    return recharge


def require_method(organization_id: UUID) -> None:
    """BillingError `no-method` if there is nothing to charge, as far as Stripe says so now."""
    try:
        has_one = bool(payment_methods(organization_id))
    except RailError:  # the first purchase will tell
        return
    if not has_one:
        said = _("There is no payment method to charge. Add one under “Payment methods”, or buy credit once.")
        raise BillingError("no-method", said)


def stop_recharge(actor: Actor, organization_id: UUID) -> bool:
    """Switch it off; False if it was. What is under way goes on."""
    with transaction.atomic():
        lock_account(organization_id)
        stopped = AutoRecharge.objects.filter(pk=organization_id, is_on=True).update(is_on=False, rests_until=None)
        if stopped:
            record_event(
                actor, Action.RECHARGE_STOPPED, target=organization_id, organization_id=organization_id, because="asked"
            )
    return bool(stopped)


def recharge_due(now: datetime | None = None) -> int:
    """Begin to buy credit for whoever has too little, and return for how many."""
    if not is_set_up():
        return 0
    now = now or timezone.now()
    due = list(AutoRecharge.objects.due(now).order_by("pk").values_list("pk", flat=True)[:_BATCH])
    return sum(recharge(organization_id, now) is not None for organization_id in due)


def recharge(organization_id: UUID, now: datetime) -> TopUp | None:
    """Begin to buy credit if it is due and the month's cap leaves room for it."""
    with transaction.atomic():
        lock_account(organization_id)
        due = AutoRecharge.objects.due(now).filter(pk=organization_id).first()
        if not due:
            return None
        if not Membership.objects.filter(organization_id=organization_id).exists():
            AutoRecharge.objects.filter(pk=organization_id).update(is_on=False)  # it was erased; the account stays
            return None
        if TopUp.objects.of(organization_id).recharged_in(month_of(now)) + due.cents > due.monthly_cap:
            _rest_until_next_month(due, now)
            return None
        until = now + CONFIRM_WITHIN
        return begin(RECHARGER, organization_id, Origin.AUTO, cents=due.cents, creator=due.created_by, expires_at=until)


def _rest(running: AutoRecharge | None) -> dict[str, Any]:
    """Return what stays of failures and of the rest after one; one for want of room below the cap is looked at anew."""
    if not running or not running.failures:
        return {"failures": 0, "rests_until": None}
    is_after_failure = running.rests_until and running.rests_until <= timezone.now() + max(RESTS)
    return {"failures": running.failures, "rests_until": running.rests_until if is_after_failure else None}


def _rest_until_next_month(recharge: AutoRecharge, now: datetime) -> None:
    """Look again when the cap begins anew, so that who is at their cap is not looked at all the time."""
    recharge.rests_until = next_month(now)
    recharge.save(update_fields=["rests_until"])


def _check(threshold: int, amount: int, monthly_cap: int) -> None:
    check_cents(amount)
    if type(threshold) is not int or not 0 <= threshold <= LARGEST:
        raise BillingError("threshold", _("This is no balance to buy credit at."))
    if threshold > MOST_IN_A_ROW * amount:
        said = _("It would take more than %(most)s purchases to get to that balance.")
        raise BillingError("threshold", said % {"most": MOST_IN_A_ROW})
    if type(monthly_cap) is not int or not amount <= monthly_cap <= LARGEST:
        raise BillingError("cap", _("The most in a month is at least one purchase."))


def _chargeable(organization_id: UUID) -> BillingAccount:
    account = lock_account(organization_id)
    if not account.is_prepaid:
        raise BillingError("not-prepaid", _("Only who pays in advance recharges."))
    if account.suspended_at:
        raise BillingError("suspended", _("This organization is suspended: write to support."))
    return account


def _shown(values: dict[str, int | bool]) -> dict[str, str | int | None]:
    """Return settings as an audit event tells them, in cents."""
    if not values:
        return {}
    return {
        "enabled": "yes" if values["is_on"] else "no",
        "threshold": int(values["threshold"]) // CENT,
        "amount": int(values["cents"]),
        "monthly_cap": int(values["monthly_cap"]),
    }
