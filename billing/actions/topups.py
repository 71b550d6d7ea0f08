"""Buying credit. One purchase of an organization is open at a time; whoever starts another one ends it."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from billing.accounts import lock_account
from billing.actions.topup_ends import cancel_top_up
from billing.errors import BillingError
from billing.models import Deed, Origin, StripeIntent, TopUp
from billing.rail.bills import get_bill
from billing.rail.carrying import carry_out_awaited
from billing.rail.checkouts import get_checkout
from billing.rail.client import is_set_up
from billing.rail.effects.topups import settle_checkout
from billing.rail.outbox import intend
from ledger.actor import Actor
from ledger.events import record_event
from ledger.models import Action

LEAST, MOST = 500, 1_000_000  # cents of a top-up
LIFETIME = timedelta(hours=23, minutes=30)  # Stripe takes a day at most, counted from when it hears of it
_TWICE = timedelta(seconds=60)  # within which the same purchase is a second click


def check_cents(cents: int) -> None:
    """BillingError `amount` for anything but whole cents that can be bought at once."""
    if type(cents) is not int or not LEAST <= cents <= MOST:
        raise BillingError("amount", _("Credit is bought for 5 to 10,000 dollars at once, in whole cents."))


def start_top_up(actor: Actor, organization_id: UUID, *, cents: int, creator: UUID | None = None) -> TopUp:
    """Begin to buy credit; `checkout_url` then says where it is paid. `creator` is a user's id, None for a key.

    BillingError `amount`, `not-billed`, `suspended` or `not-set-up`.
    """
    check_cents(cents)
    if not is_set_up():
        raise BillingError("not-set-up", _("Payments are not set up on this installation."))
    now = timezone.now()
    with transaction.atomic():
        account = lock_account(organization_id)
        if account.suspended_at:
            raise BillingError("suspended", _("This organization is suspended: write to support."))
        pending = TopUp.objects.of(organization_id).begun().first()
        if pending and _is_second_click(pending, cents, creator, now):
            return pending
        if pending:
            cancel_top_up(actor, pending)
        return begin(actor, organization_id, Origin.CHECKOUT, cents=cents, creator=creator, expires_at=now + LIFETIME)


def checkout_url(top_up: TopUp) -> str:
    """Return the page at Stripe on which a top-up is paid, asked for now; it is a secret of whoever pays.

    RailError if Stripe does not answer: the top-up stays, and it can be asked for again. BillingError `over` if it was
    paid, or cannot be any more.
    """
    intent = StripeIntent.objects.get(kind=Deed.CHECKOUT, subject_id=top_up.pk)
    checkout = carry_out_awaited(intent.pk)
    if checkout is None:
        top_up.refresh_from_db()
        checkout = get_checkout(top_up.stripe_session) if top_up.stripe_session else None
    if checkout and checkout.status != "open":
        settle_checkout(checkout)
    if not checkout or not checkout.url or not TopUp.objects.pending().filter(pk=top_up.pk).exists():
        raise BillingError("over", _("This purchase is over: begin a new one."))
    url: str = checkout.url
    return url


def confirmation_url(top_up: TopUp) -> str:
    """Return the page on which a person confirms a recharge to their bank, "" if there is none; RailError."""
    return get_bill(top_up.stripe_invoice).page if top_up.needs_confirmation and top_up.stripe_invoice else ""


def begin(
    actor: Actor, organization_id: UUID, origin: Origin, *, cents: int, creator: UUID | None, expires_at: datetime
) -> TopUp:
    """Write a pending top-up, and what Stripe is to do for it; under the account's lock."""
    top_up = TopUp.objects.create(
        organization_id=organization_id, origin=origin, cents=cents, created_by=creator, expires_at=expires_at
    )
    if origin == Origin.CHECKOUT:
        intend(Deed.CHECKOUT, organization_id, top_up.pk, is_awaited=True)
    else:
        intend(Deed.RECHARGE, organization_id, top_up.pk)
    record_event(
        actor,
        Action.TOP_UP_STARTED,
        target=top_up.pk,
        organization_id=organization_id,
        cents=cents,
        origin=origin.value,
    )
    return top_up


def _is_second_click(pending: TopUp, cents: int, creator: UUID | None, now: datetime) -> bool:
    is_same = (pending.cents, pending.created_by) == (cents, creator)
    return is_same and now - pending.created_at < _TWICE
