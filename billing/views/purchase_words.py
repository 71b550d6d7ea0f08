"""What the states of a purchase are called, and why one failed, in words for people."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from billing.models import TopUp, TopUpStatus

_TITLES = {
    TopUpStatus.PENDING: _("Waiting for the confirmation"),
    TopUpStatus.PAID: _("The credit is there"),
    TopUpStatus.FAILED: _("The payment failed"),
    TopUpStatus.EXPIRED: _("The purchase is over"),
    TopUpStatus.CANCELLED: _("The purchase was given up"),
}
_TEXTS = {
    TopUpStatus.PENDING: _("The payment provider tells us when it is paid: within seconds for most cards."),
    TopUpStatus.PAID: _("Calls can spend it from now on. A receipt comes by email."),
    TopUpStatus.FAILED: _("Nothing was charged."),
    TopUpStatus.EXPIRED: _("It was not paid in time. Nothing was charged."),
    TopUpStatus.CANCELLED: _("Another purchase took its place. Nothing was charged."),
}
_REASONS: dict[str, str | Promise] = {
    "declined": _("The bank declined the payment."),
    "card-declined": _("The bank declined the payment."),
    "generic-decline": _("The bank declined the payment."),
    "do-not-honor": _("The bank declined the payment."),
    "insufficient-funds": _("The account of the card had not enough money in it."),
    "expired-card": _("The card is no longer valid."),
    "confirmation-needed": _("The bank wants the payment confirmed."),
    "no-payment-method": _("There is no payment method to charge."),
}
_BEING_PAID = _("The payment is under way")
_TAKES_DAYS = _("The bank takes its time, some days for a transfer. The credit is there as soon as it has confirmed.")
_DISPUTED = _("Payment disputed")
_FROZEN = _("The holder of the card asked their bank for the money back. The credit of that payment is frozen.")
_UNKNOWN = _("The payment did not go through.")


@dataclass(frozen=True, slots=True)
class Words:
    title: str | Promise
    text: str | Promise
    tone: str  # of the glyph: "", ok or bad
    icon: str


def words_of(top_up: TopUp, *, is_frozen: bool = False) -> Words:
    if is_frozen:
        return Words(_DISPUTED, _FROZEN, "bad", "x")
    if top_up.is_being_paid:
        return Words(_BEING_PAID, _TAKES_DAYS, "", "hourglass")
    status = TopUpStatus(top_up.status)
    text = f"{reason_of(top_up)} {_TEXTS[status]}" if status is TopUpStatus.FAILED else _TEXTS[status]
    tone, icon = {
        TopUpStatus.PENDING: ("", "hourglass"),
        TopUpStatus.PAID: ("ok", "check"),
    }.get(status, ("bad", "x"))
    return Words(_TITLES[status], text, tone, icon)


def reason_of(top_up: TopUp) -> str | Promise:
    """Say why a payment failed; the code is the bank's or ours."""
    return _REASONS.get(top_up.failure, _UNKNOWN)
