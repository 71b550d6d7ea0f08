"""Amounts of money as people type them, and the forms that ask for them. What is read is whole cents."""

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from billing.actions.recharge import LARGEST
from billing.actions.terms import LARGEST_CAP
from billing.actions.topups import LEAST, MOST
from catalog.money import CENT

AMOUNTS = (2_500, 5_000, 10_000, 25_000)  # cents

_AMOUNT = re.compile(r"\$?\s*(?P<whole>\d{1,3}(?:,\d{3})+|\d{1,12})(?:\.(?P<part>\d{1,2}))?\Z", re.ASCII)


class DollarsField(forms.CharField):
    """Dollars and cents, such as 250, 1,000 or 12.50; read as cents."""

    default_error_messages = {"dollars": _("Enter an amount in dollars, such as 250 or 12.50.")}

    def __init__(self, *, least: int = 0, most: int, **kwargs: Any) -> None:
        super().__init__(max_length=20, **kwargs)
        self.least, self.most = least, most

    def clean(self, value: Any) -> int | None:
        text = super().clean(value)
        if not text:
            return None
        found = _AMOUNT.match(text)
        if not found:
            raise forms.ValidationError(self.error_messages["dollars"])
        cents = int(found["whole"].replace(",", "")) * 100 + int((found["part"] or "0").ljust(2, "0"))
        if not self.least <= cents <= self.most:
            raise forms.ValidationError(self._range())
        return cents

    def prepare_value(self, value: Any) -> Any:
        return plain(value) if isinstance(value, int) else value

    def _range(self) -> str:
        words = {"least": plain(self.least), "most": _grouped(self.most)}
        return str(_("Enter an amount from %(least)s to %(most)s dollars.")) % words


def plain(cents: int) -> str:
    """Return cents as they are typed: 12.50, and 12 for a whole number of dollars."""
    whole, part = divmod(cents, 100)
    return f"{whole}.{part:02}" if part else str(whole)


def _grouped(cents: int) -> str:
    return f"{Decimal(cents) / 100:,.2f}" if cents % 100 else f"{cents // 100:,}"


class CapForm(forms.Form):
    cap = DollarsField(most=LARGEST_CAP // CENT, required=False)


class CreditForm(forms.Form):
    """How much credit to buy: one of the usual amounts, or another one, which counts if it is there."""

    amount = forms.ChoiceField(
        choices=[(str(cents), plain(cents)) for cents in AMOUNTS], initial=str(AMOUNTS[2]), required=False
    )
    other = DollarsField(least=LEAST, most=MOST, required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and not data["other"] and not data["amount"]:
            self.add_error("other", _("Choose an amount, or enter one."))
        return data

    @property
    def cents(self) -> int:
        return self.cleaned_data["other"] or int(self.cleaned_data["amount"])


class RechargeForm(forms.Form):
    is_on = forms.BooleanField(required=False)
    threshold = DollarsField(most=LARGEST)
    amount = DollarsField(least=LEAST, most=MOST)
    monthly_cap = DollarsField(least=LEAST, most=LARGEST)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and data["monthly_cap"] < data["amount"]:
            self.add_error("monthly_cap", _("The most in a month is at least one purchase."))
        return data


class WarningForm(forms.Form):
    threshold = DollarsField(most=LARGEST, required=False)


class RefundForm(forms.Form):
    def __init__(self, data: Any = None, *, most: int) -> None:
        super().__init__(data, initial={"amount": most})
        self.fields["amount"] = DollarsField(least=1, most=max(1, most))
