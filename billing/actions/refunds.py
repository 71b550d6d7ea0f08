"""Refunds of credit that was bought and not used. The credit leaves its lot at once, and Stripe pays it back later."""

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from billing.accounts import lock_account
from billing.credit import take
from billing.errors import BillingError
from billing.journal import post
from billing.models import (
    Account,
    AutoRecharge,
    BillingAccount,
    CreditLot,
    Deed,
    Kind,
    LotKind,
    Refund,
    TopUp,
    TopUpStatus,
)
from billing.rail.client import is_set_up
from billing.rail.outbox import intend
from catalog.money import CENT
from ledger.actor import Actor, ActorKind
from ledger.events import record_event
from ledger.models import Action, AuditEvent

MOST_PENDING = 10  # refunds of an organization; each is several requests to Stripe, which serves all of them
LIMITED_FOR = timedelta(days=30)
_CUSTOMERS = (ActorKind.USER, ActorKind.KEY)
_TWICE = timedelta(seconds=60)  # within which the same refund is a second click


def request_refund(actor: Actor, organization_id: UUID, *, lot_id: UUID, cents: int) -> Refund:
    """Pay back so much of what is left of a lot that was bought, in whole cents.

    BillingError `not-found`, `not-bought`, `frozen`, `amount` (more than is left and not held for calls under way),
    `recharge` (it would be bought again), `pending` (too many are under way), `limit` (a customer had too many in 30
    days: Stripe keeps its fee of each payment), `not-billed` or `not-set-up`.
    """
    if type(cents) is not int or cents < 1:
        raise BillingError("amount", "A refund is at least one cent, in whole cents.")
    if not is_set_up():
        raise BillingError("not-set-up", "Payments are not set up on this installation.")
    now = timezone.now()
    with transaction.atomic():
        account = lock_account(organization_id)
        lot = CreditLot.objects.filter(pk=lot_id, organization_id=organization_id).first()
        if lot is None:
            raise BillingError("not-found", "There is no such credit.")
        if again := _second_click(lot, cents, now):
            return again
        top_up = _paid_top_up(lot)
        _refuse(account, cents)
        if actor.kind in _CUSTOMERS and refunds_left(account.pk, now) < 1:
            raise BillingError("limit", "So many refunds were asked for in the last 30 days. Write to support.")
        return _requested(actor, account, lot, top_up, cents)


def refundable(account: BillingAccount, lot: CreditLot) -> int:
    """Return the cents of a lot that could be paid back now: what is left of it, and not held for calls under way."""
    if lot.kind != LotKind.PAID or lot.frozen_at:
        return 0
    free = account.credit - account.frozen - account.held - (account.debt if account.is_prepaid else 0)
    return int(max(0, min(lot.remaining, free)) // CENT)


def refunds_left(organization_id: UUID, now: datetime) -> int:
    """Return how many refunds an organization can still ask for itself; those of operators do not count."""
    asked = AuditEvent.objects.filter(
        organization_id=organization_id, action=Action.REFUND_REQUESTED, at__gt=now - LIMITED_FOR
    )
    own = sum(Actor.parse(actor).kind in _CUSTOMERS for actor in asked.values_list("actor", flat=True))
    return max(0, settings.BILLING_REFUNDS - own)


def _refuse(account: BillingAccount, cents: int) -> None:
    recharge = AutoRecharge.objects.filter(pk=account.pk, is_on=True, threshold__gt=account.balance - cents * CENT)
    if account.is_prepaid and recharge.exists():
        raise BillingError("recharge", "Switch auto-recharge off first: it would buy this credit again at once.")
    if Refund.objects.of(account.pk).pending().count() >= MOST_PENDING:
        raise BillingError("pending", "Too many refunds are under way. Wait until one of them has arrived.")


def _requested(actor: Actor, account: BillingAccount, lot: CreditLot, top_up: TopUp, cents: int) -> Refund:
    if cents > min(refundable(account, lot), top_up.cents - top_up.refunded):
        raise BillingError("amount", "So much of this credit is not left.")
    refund = Refund.objects.create(organization_id=account.pk, lot=lot, top_up=top_up, cents=cents)
    amount = cents * CENT
    amounts = {Account.CREDIT_PAID: amount, Account.REFUNDS: -amount}
    take(post(account, Kind.REFUND, f"refund:{refund.pk}", amounts, reference=refund.pk), [(lot, amount)])
    top_up.refunded += cents
    top_up.save(update_fields=["refunded"])
    intend(Deed.REFUND, account.pk, refund.pk)
    record_event(actor, Action.REFUND_REQUESTED, target=refund.pk, organization_id=account.pk, cents=cents)
    return refund


def _paid_top_up(lot: CreditLot) -> TopUp:
    if lot.frozen_at:
        raise BillingError("frozen", "The payment of this credit is disputed.")
    found = None
    if lot.kind == LotKind.PAID and lot.reference:
        found = TopUp.objects.filter(pk=UUID(lot.reference), status=TopUpStatus.PAID).exclude(stripe_payment="").first()
    if found is None:
        raise BillingError("not-bought", "There is no payment that could be paid back.")
    return found


def _second_click(lot: CreditLot, cents: int, now: datetime) -> Refund | None:
    return Refund.objects.pending().filter(lot=lot, cents=cents, created_at__gt=now - _TWICE).first()
