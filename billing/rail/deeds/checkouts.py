"""Opening the page on which a top-up is paid, and closing one that nobody may use any more."""

from django.conf import settings

from accounts.models import Organization
from billing import places
from billing.actions.topup_ends import fail_top_up, note_at_stripe
from billing.models import Deed, StripeIntent, TopUp
from billing.rail.carrying import carries, freshen_key, once
from billing.rail.checkouts import Checkout, Order, expire_checkout, find_checkout, get_checkout, open_checkout
from billing.rail.deeds.customers import customer_of
from billing.rail.effects.topups import settle_checkout
from billing.rail.errors import RailError

TITLE = "Credit for API calls"  # in one language: a key goes with the same words each time


@carries(Deed.CHECKOUT)
def open_page(intent: StripeIntent) -> Checkout | None:
    """Return the session, if it was opened now."""
    top_up = TopUp.objects.get(pk=intent.subject_id)
    if not top_up.is_pending or top_up.stripe_session:
        return None
    order = _order(top_up)
    try:
        checkout = once(intent, lambda since: find_checkout(order, since), lambda key: open_checkout(order, key))
    except RailError as error:
        if error.permanent:
            fail_top_up(top_up.pk, error.code, is_told=False)
        raise
    note_at_stripe(top_up.pk, session=checkout.id)
    return checkout


@carries(Deed.EXPIRY)
def close_page(intent: StripeIntent) -> None:
    top_up = TopUp.objects.get(pk=intent.subject_id)
    if not top_up.stripe_session:
        return
    freshen_key(intent)
    checkout = get_checkout(top_up.stripe_session)
    if checkout.status == "open":
        checkout = expire_checkout(checkout.id, intent.key)
    settle_checkout(checkout)


def _order(top_up: TopUp) -> Order:
    slug = Organization.objects.values_list("slug", flat=True).get(pk=top_up.organization_id)
    page = settings.CONSOLE_ORIGIN + places.purchase(slug, top_up.pk)
    return Order(
        top_up=str(top_up.pk),
        customer=customer_of(top_up.organization_id),
        cents=top_up.cents,
        title=TITLE,
        success_url=page,
        cancel_url=f"{page}?left=1",
        expires_at=top_up.expires_at,
    )
