"""What of a payment is not ours: Stripe's fee, written down once it is known, and the tax collected with it."""

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


def tax_key(about: object) -> str:
    """Return the key under which the tax on a top-up or an invoice is posted."""
    return f"tax:{about}"


def post_tax(account: BillingAccount, tax: int, *, reference: object) -> None:
    """Post the tax on something that was paid, in cents, once, under the account's lock; nothing if there is none."""
    if tax and not is_posted(tax_key(reference)):
        amounts = {Account.CLEARING: tax * CENT, Account.TAX: -tax * CENT}
        post(account, Kind.TAX, tax_key(reference), amounts, reference=reference)
