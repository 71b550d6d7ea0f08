"""Amounts of money as people type them, and the forms that ask for them. What is read is whole cents."""

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

_AMOUNT = re.compile(r"\$?\s*(?P<whole>\d{1,3}(?:,\d{3})+|\d{1,12})(?:\.(?P<part>\d{1,2}))?\Z", re.ASCII)


class DollarsField(forms.CharField):
    """Dollars and cents, such as 250, 1,000 or 12.50; read as cents."""

    default_error_messages = {"dollars": _("Enter an amount in dollars, such as 250 or 12.50.")}

    def __init__(self, *, least: int = 0, most: int, **kwargs: Any) -> None:
        super().__init__(max_length=20, **kwargs)
        self.least, self.most = least, most

    def clean(self, value: Any) -> int | None:  # type: ignore[override]  # of text, cents are made
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
        words = {"least": plain(self.least), "most": f"{Decimal(self.most) / 100:,.0f}"}
        return str(_("Enter an amount from %(least)s to %(most)s dollars.")) % words


def plain(cents: int) -> str:
    """Return cents as they are typed: 12.50, and 12 for a whole number of dollars."""
    whole, part = divmod(cents, 100)
    return f"{whole}.{part:02}" if part else str(whole)


class CapForm(forms.Form):
    cap = DollarsField(most=900_000_000, required=False)
