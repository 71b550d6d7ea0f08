"""What an operator types of a price: USD per million tokens, and when it begins, in UTC."""

from datetime import UTC, datetime, time
from typing import Any

from django import forms

from catalog.models import Model, Price, TokenClass
from catalog.prices import PriceRefused, start_of_next
from catalog.rates import Rates, rates_of


def _price(*, required: bool = False) -> forms.DecimalField:
    errors = {
        "required": "Enter a price; 0 if these tokens cost nothing.",
        "invalid": "Enter a number such as 0.18.",
        "max_decimal_places": "Six decimals at most: a token costs whole pico-dollars.",
    }
    return forms.DecimalField(
        min_value=0,
        max_value=1_000_000,
        decimal_places=6,
        required=required,
        widget=forms.TextInput,
        error_messages=errors,
    )


class PriceForm(forms.Form):
    input = _price(required=True)
    cached_input = _price()
    output = _price(required=True)
    batch_input = _price()
    batch_cached_input = _price()
    batch_output = _price()
    on = forms.DateField(required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    at = forms.TimeField(required=False, widget=forms.TimeInput({"type": "time"}, format="%H:%M"))
    rates: Rates
    begins: datetime | None = None  # None: as soon as it is confirmed

    def __init__(self, *args: Any, model: Model, last: Price | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._model, self._last = model, last

    @property
    def typed(self) -> dict[str, str]:
        return {field.name: str(value) for field in self if (value := field.value())}

    def rate(self, token_class: TokenClass) -> int | None:
        rate: Any = self.rates.get(f"{token_class}_rate")
        return rate if rate is None else int(rate)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors:
            self._rate(data)
        if {"on", "at"} <= data.keys():
            self._place(data)
        return data

    def _rate(self, data: dict[str, Any]) -> None:
        try:
            self.rates = rates_of({each: data[each] for each in TokenClass})
        except ValueError as error:
            self.add_error("batch_output" if data["batch_output"] is None else "batch_input", str(error))

    def _place(self, data: dict[str, Any]) -> None:
        if data["on"] is None:
            if data["at"] is not None:
                self.add_error("on", "Choose the day as well, or leave both empty.")
            return
        self.begins = datetime.combine(data["on"], data["at"] or time(), UTC)
        try:
            start_of_next(self._model, self._last, self.begins)
        except PriceRefused as refusal:
            self.add_error("on", str(refusal))


class ConfirmedPriceForm(PriceForm):
    after = forms.IntegerField(min_value=0, max_value=2**31, widget=forms.HiddenInput)  # the version compared with
