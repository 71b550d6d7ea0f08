"""What Stripe keeps of a payment, written down once it is known."""

from billing.journal import is_posted, post
from billing.models import Account, BillingAccount, Kind
from catalog.money import CENT


def fee_key(payment: str) -> str:
    """Return the key under which the fee of a payment at Stripe is posted."""
    return f"fee:{payment}"


def post_fee(account: BillingAccount, payment: str, fee: int | None, *, reference: object) -> None:
    """Post a fee in cents, once, under the account's lock; nothing if there is none, or it is not known."""
    if fee and payment and not is_posted(fee_key(payment)):
        amounts = {Account.FEES: fee * CENT, Account.CLEARING: -fee * CENT}
        post(account, Kind.FEE, fee_key(payment), amounts, reference=reference)
