"""The test cards, by Stripe's numbers and tokens, and what each of them does. A card is known by its token alone."""

from dataclasses import dataclass

from dev.stripe_simulator.errors import CARD, StripeError, no_such


@dataclass(frozen=True, slots=True)
class Card:
    token: str  # Stripe's name of it for programs
    number: str
    title: str
    brand: str = "visa"
    decline: str = ""  # code and decline code of each charge
    refused_at_setup: bool = False
    authentication: str = ""  # "", "once" or "always"
    refund: str = ""  # "", "pending" or "fails"
    disputed: bool = False
    settles: str = ""  # of a bank account: "later" or "fails"

    @property
    def last4(self) -> str:
        return self.number[-4:]

    @property
    def kind(self) -> str:
        return "us_bank_account" if self.settles else "card"


CARDS = (
    Card("pm_card_visa", "4242424242424242", "Succeeds"),
    Card("pm_card_mastercard", "5555555555554444", "Succeeds", brand="mastercard"),
    Card(
        "pm_card_authenticationRequiredOnSetup", "4000002500003155", "3-D Secure the first time", authentication="once"
    ),
    Card("pm_card_authenticationRequired", "4000002760003184", "3-D Secure each time", authentication="always"),
    Card("pm_card_chargeDeclined", "4000000000000002", "Declined", decline="generic_decline", refused_at_setup=True),
    Card(
        "pm_card_chargeDeclinedInsufficientFunds",
        "4000000000009995",
        "Insufficient funds",
        decline="insufficient_funds",
        refused_at_setup=True,
    ),
    Card(
        "pm_card_chargeDeclinedExpiredCard",
        "4000000000000069",
        "Expired",
        decline="expired_card",
        refused_at_setup=True,
    ),
    Card("pm_card_chargeCustomerFail", "4000000000000341", "Can be saved, declines charges", decline="generic_decline"),
    Card("pm_card_createDispute", "4000000000000259", "Succeeds, then is disputed", disputed=True),
    Card("pm_card_pendingRefund", "4000000000007726", "Refunds succeed later", refund="pending"),
    Card("pm_card_refundFail", "4000000000005126", "Refunds fail later", refund="fails"),
)
BANKS = (
    Card("pm_usBankAccount_success", "000123456789", "Succeeds some days later", settles="later"),
    Card("pm_usBankAccount_insufficientFunds", "000222222227", "Fails some days later", settles="fails"),
)
_BY_TOKEN = {card.token: card for card in (*CARDS, *BANKS)}
_BY_NUMBER = {card.number: card for card in CARDS}
DECLINED = {
    "generic_decline": ("card_declined", "Your card was declined."),
    "insufficient_funds": ("card_declined", "Your card has insufficient funds."),
    "expired_card": ("expired_card", "Your card has expired."),
    "authentication_required": (
        "authentication_required",
        "Your card was declined. This transaction requires authentication.",
    ),
}


def by_token(token: str, param: str = "payment_method") -> Card:
    if token not in _BY_TOKEN:
        raise no_such("payment_method", token, param)
    return _BY_TOKEN[token]


def is_token(token: str) -> bool:
    return token in _BY_TOKEN


def by_number(typed: str) -> Card:
    """Return the card of a number that somebody typed, or refuse it as Stripe does in test mode."""
    digits = "".join(character for character in typed if character.isdecimal())
    if card := _BY_NUMBER.get(digits):
        return card
    if len(digits) < 13 or not _luhn(digits):
        raise StripeError("Your card number is invalid.", status=402, type=CARD, code="invalid_number", param="number")
    raise StripeError(
        "Your card was declined. Your request was in test mode, but used a non test card.",
        status=402,
        type=CARD,
        code="card_declined",
        decline_code="test_mode_live_card",
    )


def _luhn(digits: str) -> bool:
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits))]
    return sum(number - 9 if number > 9 else number for number in doubled) % 10 == 0
