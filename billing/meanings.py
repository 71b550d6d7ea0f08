"""What a code of the boundary to Stripe means to who runs the installation, and what to do about it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Meaning:
    what: str
    todo: str


_COMPARE = "Compare it at Stripe with what is here. Refund it there, or mend it and apply the event again."
_AGAIN = "Mend what stops it, then try again."
_MEANINGS = {
    "amount": Meaning("It is over another amount than we asked for.", _COMPARE),
    "currency": Meaning("It is in a currency that we do not sell in.", _COMPARE),
    "customer": Meaning("It is of another customer at Stripe than the organization’s.", _COMPARE),
    "payment": Meaning("It is of another payment than the one it should be of.", _COMPARE),
    "livemode": Meaning(
        "It is of the test mode and we are live, or the other way round.",
        "Check which key and which endpoint are set; the event can stay as it is.",
    ),
    "paid-twice": Meaning("It was paid before, with another payment.", "Refund one of the two at Stripe."),
    "another-invoice": Meaning("Another invoice at Stripe collects this one already.", "Void the newer one at Stripe."),
    "unknown-top-up": Meaning("It names a purchase that is not here.", _COMPARE),
    "unknown-invoice": Meaning("It names an invoice that is not here.", _COMPARE),
    "unknown-refund": Meaning(
        "A refund at Stripe is of a purchase that was refunded already, or names a refund that is another one.",
        _COMPARE,
    ),
    "status": Meaning("It was paid after it had been written off or voided.", "Refund it at Stripe."),
    "not-paid": Meaning("A payment is disputed that we do not know to be paid.", _COMPARE),
    "not-finalized": Meaning(
        "Stripe could not finalize the invoice.", "Stripe’s page of the invoice says why; mend that, then try again."
    ),
    "customer-tax-location-invalid": Meaning(
        "Stripe Tax does not know where the customer is.",
        "Have the organization give its billing address in the portal, then try again.",
    ),
    "credit-note": Meaning("A credit note made no refund, or several.", _COMPARE),
    "missing": Meaning("Stripe does not have it.", "Look for it at Stripe: it may have been deleted there."),
    "not-let-in": Meaning("Stripe refuses our key.", "Check the key and its permissions, then try again."),
    "failed": Meaning("A mistake in the program stopped it.", "Look for it in the worker’s log, and report it."),
    "worker-lost": Meaning("Each worker that took it ended before it was done.", _AGAIN),
}


def explain(code: str) -> Meaning:
    return _MEANINGS.get(code) or Meaning("Stripe refused it, or did not answer for more than a day.", _AGAIN)
