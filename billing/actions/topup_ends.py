"""How top-ups end: paid, failed, expired, cancelled. Each under the account's lock, and once.

Only `pay_top_up` gives credit, under the business's own key. Who is told is looked up before the lock is taken.
"""

from calendar import monthrange
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import Organization
from accounts.recipients import of_billing
from billing.accounts import lock_account
from billing.credit import give_credit
from billing.fees import post_fee, post_tax
from billing.models import (
    AutoRecharge,
    BalanceWarning,
    BillingAccount,
    Deed,
    LotKind,
    Origin,
    TopUp,
    TopUpStatus,
)
from billing.models.recharge import MOST_FAILURES
from billing.models.topup import CONFIRMATION
from billing.rail.outbox import intend
from catalog.money import CENT
from ledger.actor import Actor
from ledger.events import record_event
from ledger.models import Action
from notifications.telling import tell

STRIPE = Actor.system("stripe")
RESTS = (timedelta(minutes=10), timedelta(hours=1))  # of auto-recharge, after the first and second failure in a row


def note_at_stripe(top_up_id: UUID, **ids: str) -> None:
    """Note a top-up's session, invoice and payment at Stripe, as far as they are known; what was noted first stays."""
    for name, known in ids.items():
        if known:
            TopUp.objects.filter(pk=top_up_id, **{f"stripe_{name}": ""}).update(**{f"stripe_{name}": known})


def pay_top_up(
    top_up_id: UUID, *, payment: str, fee: int | None = None, tax: int = 0, now: datetime | None = None
) -> None:
    """Give the credit that was paid for, once, and write down the tax on it and what Stripe kept, once that is known.

    `fee` and `tax` are cents.
    """
    now = now or timezone.now()
    to = _audience(TopUp.objects.exclude(status=TopUpStatus.PAID), top_up_id)
    with transaction.atomic():
        account, top_up = _locked(top_up_id)
        if not top_up.is_paid:
            top_up.stripe_payment = payment or top_up.stripe_payment
            _credit(account, top_up, now)
            _record(STRIPE, Action.TOP_UP_PAID, top_up)
            tell("receipt", top_up.pk, to, key=f"receipt:{top_up.pk}")
            _note_success(account, top_up)
        post_tax(account, tax, reference=top_up.pk)
        post_fee(account, payment, fee, reference=top_up.pk)


def fail_top_up(top_up_id: UUID, code: str, *, is_told: bool = True, now: datetime | None = None) -> None:
    """End a pending top-up whose payment failed. What it may still cost is withdrawn at Stripe."""
    now = now or timezone.now()
    to = _audience(TopUp.objects.pending(), top_up_id)
    with transaction.atomic():
        _, top_up = _locked(top_up_id)
        if not top_up.is_pending:
            return
        top_up.status, top_up.failure = TopUpStatus.FAILED, code[:40]
        top_up.save(update_fields=["status", "failure"])
        _record(STRIPE, Action.TOP_UP_FAILED, top_up, because=top_up.failure)
        if is_told:
            tell("payment-failed", top_up.pk, to, key=f"payment-failed:{top_up.pk}")
        if top_up.origin == Origin.AUTO:
            _count_failure(top_up, to, now)
            if top_up.stripe_invoice:
                intend(Deed.VOIDING, top_up.organization_id, top_up.pk)


def expire_top_up(top_up_id: UUID) -> None:
    """End a pending top-up that nobody paid in time."""
    with transaction.atomic():
        _, top_up = _locked(top_up_id)
        if top_up.is_pending:
            top_up.status = TopUpStatus.EXPIRED
            top_up.save(update_fields=["status"])
            _record(STRIPE, Action.TOP_UP_EXPIRED, top_up)


def cancel_top_up(actor: Actor, top_up: TopUp) -> None:
    """End a pending top-up, under the account's lock: nobody shall pay it any more."""
    top_up.status = TopUpStatus.CANCELLED
    top_up.save(update_fields=["status"])
    _record(actor, Action.TOP_UP_CANCELLED, top_up)
    intend(Deed.EXPIRY, top_up.organization_id, top_up.pk)


def await_confirmation(top_up_id: UUID) -> None:
    """Tell people that their bank wants a payment confirmed, once; the top-up stays pending."""
    to = _audience(TopUp.objects.pending().exclude(failure=CONFIRMATION), top_up_id)
    with transaction.atomic():
        _, top_up = _locked(top_up_id)
        if top_up.is_pending and not top_up.needs_confirmation:
            top_up.failure = CONFIRMATION
            top_up.save(update_fields=["failure"])
            _record(STRIPE, Action.TOP_UP_WAITS, top_up)
            tell("payment-action", top_up.pk, to, key=f"payment-action:{top_up.pk}")


def _locked(top_up_id: UUID) -> tuple[BillingAccount, TopUp]:
    account = lock_account(TopUp.objects.values_list("organization_id", flat=True).get(pk=top_up_id))
    return account, TopUp.objects.get(pk=top_up_id)


def _credit(account: BillingAccount, top_up: TopUp, now: datetime) -> None:
    give_credit(
        account,
        LotKind.PAID,
        top_up.cents * CENT,
        key=f"topup:{top_up.pk}",
        reference=top_up.pk,
        expires_at=_months_later(now, settings.BILLING_CREDIT_MONTHS),
    )
    top_up.status, top_up.failure, top_up.paid_at = TopUpStatus.PAID, "", now
    top_up.save(update_fields=["status", "failure", "paid_at", "stripe_payment"])


def _note_success(account: BillingAccount, top_up: TopUp) -> None:
    BalanceWarning.objects.update_or_create(account=account, defaults={"usual": top_up.cents * CENT // 5})
    if top_up.origin == Origin.AUTO:
        AutoRecharge.objects.filter(pk=account.pk).update(failures=0, rests_until=None)


def _count_failure(top_up: TopUp, to: Sequence[UUID], now: datetime) -> None:
    recharge = AutoRecharge.objects.filter(pk=top_up.organization_id, is_on=True).first()
    if not recharge:
        return
    recharge.failures += 1
    if recharge.failures >= MOST_FAILURES:
        recharge.is_on, recharge.rests_until = False, None
        record_event(
            STRIPE,
            Action.RECHARGE_STOPPED,
            target=top_up.organization_id,
            organization_id=top_up.organization_id,
            because=top_up.failure,
        )
        tell("auto-recharge-off", top_up.organization_id, to, key=f"auto-recharge-off:{top_up.pk}")
    else:
        recharge.rests_until = now + RESTS[recharge.failures - 1]
    recharge.save(update_fields=["failures", "is_on", "rests_until"])


def _audience(top_ups: QuerySet[TopUp], top_up_id: UUID) -> Sequence[UUID]:
    """Return who hears of a top-up if it is among these; roles are opened for it, so not for what is over."""
    organization_id = top_ups.filter(pk=top_up_id).values_list("organization_id", flat=True).first()
    organization = Organization.objects.filter(pk=organization_id).first() if organization_id else None
    return of_billing(organization) if organization else []


def _record(actor: Actor, action: Action, top_up: TopUp, **more: str) -> None:
    about: dict[str, str | int] = {"cents": top_up.cents, "origin": top_up.origin, **more}
    record_event(actor, action, target=top_up.pk, organization_id=top_up.organization_id, **about)


def _months_later(moment: datetime, months: int) -> datetime:
    """Return the same day so many months later, or the last of that month."""
    count = moment.year * 12 + moment.month - 1 + months
    year, month = count // 12, count % 12 + 1
    return moment.replace(year=year, month=month, day=min(moment.day, monthrange(year, month)[1]))
