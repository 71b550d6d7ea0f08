"""Money is whole pico-dollars (10^-12 USD): fine enough for the price of one cached token, and exact."""

from decimal import Context, Decimal, DecimalException, Inexact
from typing import Any

from django.db import models
from django.utils.formats import number_format
from django.utils.translation import gettext as _

PICO = 10**12  # pico-dollars in a dollar
CENT = PICO // 100
LARGEST = 2**63 - 1  # pico-dollars that every database holds
MILLION = 10**6  # tokens, by which prices are told
_EXACT = Context(prec=60, traps=[Inexact])


class PicoField(models.BigIntegerField):  # type: ignore[type-arg]
    """A signed amount in pico-dollars; an int in Python.

    NUMERIC(38, 0) on PostgreSQL. On SQLite a 64-bit integer, which holds 9.2 million dollars and refuses more.
    """

    def db_type(self, connection: Any) -> str | None:
        return "numeric(38, 0)" if connection.vendor == "postgresql" else super().db_type(connection)

    def from_db_value(self, value: Any, *_: object) -> int | None:
        return None if value is None else int(value)


def pico_per_token(usd_per_million: Decimal) -> int:
    """Turn a list price in USD per million tokens into whole pico-dollars a token; ValueError if it is finer.

    A dollar a token is the most, so that the price of a million tokens fits into 64 bits.
    """
    try:
        pico = _EXACT.multiply(usd_per_million, Decimal(PICO // MILLION))
    except DecimalException:
        pico = Decimal("NaN")
    if not pico.is_finite() or pico < 0 or pico != pico.to_integral_value(context=_EXACT):
        raise ValueError(f"{usd_per_million} USD per million tokens is not a whole number of pico-dollars a token.")
    if pico > PICO:
        raise ValueError(f"{usd_per_million} USD per million tokens is more than 1,000,000.")
    return int(pico)


def usd_per_million(rate: int) -> str:
    """Return pico-dollars a token as programs read a list price: USD per million tokens, with every digit."""
    return exact_dollars(rate * MILLION)


def dollars(pico: int) -> str:
    """Return an amount for reading: cents from a dollar on, up to four decimals below, never a rounded-away zero."""
    sign, amount = "-" if pico < 0 else "", abs(Decimal(pico) / PICO)
    if amount >= 1 or not pico:
        return sign + _in_dollars(f"{amount:.2f}")
    if amount < Decimal("0.0001"):
        return f"{sign}<{_in_dollars('0.0001')}"
    digits = f"{amount:.4f}"
    return sign + _in_dollars(f"{digits[:4]}{digits[4:].rstrip('0')}")


def all_digits(pico: int) -> str:
    """Return an amount for reading with every digit that it has, as prices are told."""
    return _in_dollars(exact_dollars(pico))


def bare_digits(pico: int) -> str:
    """Return the same without the sign of the currency, for a column that names it."""
    return number_format(exact_dollars(pico), force_grouping=True)


def per_million(rate: int | None) -> str:
    """Return pico-dollars a token for reading, as what a million tokens cost; a dash where there is no price."""
    return "–" if rate is None else all_digits(rate * MILLION)


def axis_dollars(pico: int) -> str:
    """Return a round amount of an axis as short as it goes; below a cent with all digits, or neighbours look equal."""
    if pico % PICO == 0:
        return _in_dollars(str(pico // PICO))
    return all_digits(pico) if pico < CENT else dollars(pico)


def exact_dollars(pico: int) -> str:
    """Return an amount with every digit that it has, for exports: at least two decimals."""
    sign, (whole, part) = "-" if pico < 0 else "", divmod(abs(pico), PICO)
    return f"{sign}{whole}.{f'{part:012d}'.rstrip('0').ljust(2, '0')}"


def _in_dollars(digits: str) -> str:
    """Return digits with the sign of the currency, where and as the page's language writes them."""
    return _("$%(amount)s") % {"amount": number_format(digits, force_grouping=True)}
