"""What somebody tries in a dry run: whose calls, which limit, and how high."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.formats import get_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing.forms import DollarsField
from catalog.money import CENT
from usage.dry_run import Tried

_MOST = 10**12
_MOST_CENTS = 10**11
TITLES = {
    Tried.REQUESTS: gettext_lazy("Requests a minute"),
    Tried.TOKENS: gettext_lazy("Tokens a minute"),
    Tried.DAY: gettext_lazy("Dollars a day"),
    Tried.MONTH: gettext_lazy("Dollars a month"),
}


class DryRunForm(forms.Form):
    subject = forms.ChoiceField(label=gettext_lazy("Whose calls"))
    tried = forms.ChoiceField(choices=list(TITLES.items()), label=gettext_lazy("Limit"))
    limit = forms.CharField(max_length=20, label=gettext_lazy("How high"))
    model = forms.ChoiceField(required=False, label=gettext_lazy("Model"))

    def __init__(
        self, *args: Any, subjects: list[tuple[str, Any]], models: list[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["subject"].choices = subjects  # type: ignore[attr-defined]
        self.fields["model"].choices = [("", _("All models")), *models]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.errors:
            return data
        tried = Tried(data["tried"])
        try:
            data["most"] = _cents(data["limit"]) * CENT if tried.is_budget else _number(data["limit"])
        except ValidationError as error:
            self.add_error("limit", error)
        if tried.is_budget and data.get("model"):
            self.add_error("model", _("A budget is for all models together."))
        return data


def _cents(text: str) -> int:
    cents = DollarsField(most=_MOST_CENTS).clean(text)
    return cents or 0


def _number(text: str) -> int:
    """Return a whole number as the page's language writes it, with or without its separators."""
    digits = re.sub(rf"[\s{re.escape(get_format('THOUSAND_SEPARATOR'))}]", "", text)
    if not digits.isascii() or not digits.isdecimal() or not 0 < int(digits) <= _MOST:
        raise ValidationError(_("Enter a whole number, 1 or more."))
    return int(digits)
