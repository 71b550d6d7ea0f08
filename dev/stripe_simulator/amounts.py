"""Amounts in integer cents, as Stripe takes them."""

from dev.stripe_simulator.errors import StripeError, invalid

LEAST, MOST = 50, 99_999_999  # cents
CURRENCIES = frozenset({"usd", "eur", "gbp", "jpy", "cad", "aud", "chf"})


def currency(text: str, param: str = "currency") -> str:
    if text.lower() not in CURRENCIES:
        raise invalid(f"Invalid currency: {text}. Stripe currently supports these currencies: …", param)
    return text.lower()


def charged(amount: int, param: str = "amount") -> int:
    """Return an amount that a payment may have."""
    if positive(amount, param) < LEAST:
        raise StripeError("Amount must be at least $0.50 usd", code="amount_too_small", param=param, stored=False)
    return most(amount, param)


def positive(amount: int, param: str = "amount") -> int:
    if amount < 1:
        text = "This value must be greater than or equal to 1."
        raise StripeError(text, code="parameter_invalid_integer", param=param, stored=False)
    return amount


def most(amount: int, param: str = "amount") -> int:
    if abs(amount) > MOST:
        text = "Amount must be no more than $999,999.99"
        raise StripeError(text, code="amount_too_large", param=param, stored=False)
    return amount


def dollars(cents: int) -> str:
    return f"{'-' if cents < 0 else ''}${abs(cents) // 100:,}.{abs(cents) % 100:02}"
