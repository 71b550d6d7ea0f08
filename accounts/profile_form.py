"""The forms of a person's own profile and phone."""

import unicodedata
from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import time_zones
from accounts.models import User
from accounts.profile import Profile
from notifications.sms.numbers import e164, is_for_texts

_OLDEST = date(1900, 1, 1)
_CONTROLS = {"Cc", "Cs", "Zl", "Zp"}
_TURNING = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")  # they could turn the text beside a name


def plain(text: str) -> None:
    """Refuse what would not show, or would change how the text around it shows."""
    if any(unicodedata.category(sign) in _CONTROLS or sign in _TURNING for sign in text):
        raise ValidationError(_("Use plain text on one line."))


class ProfileForm(forms.Form):
    name = forms.CharField(max_length=120, required=False, validators=[plain])
    location = forms.CharField(max_length=120, required=False, validators=[plain])
    date_of_birth = forms.DateField(
        required=False, widget=forms.DateInput(attrs={"type": "date", "min": _OLDEST.isoformat()}, format="%Y-%m-%d")
    )
    language = forms.ChoiceField(choices=settings.LANGUAGES)
    time_zone = forms.CharField(max_length=40)

    @classmethod
    def of(cls, user: User, values: dict[str, Any]) -> "ProfileForm":
        """Return the form with what is there."""
        return cls(initial=values | {"language": user.language, "time_zone": user.time_zone})

    def clean_date_of_birth(self) -> date | None:
        born: date | None = self.cleaned_data["date_of_birth"]
        if born and not _OLDEST <= born < timezone.now().date():
            raise ValidationError(_("Enter a day in the past, after 1900."))
        return born

    def clean_time_zone(self) -> str:
        name: str = self.cleaned_data["time_zone"]
        if name not in time_zones.known():
            raise ValidationError(_("Choose a time zone of the list."))
        return name

    def profile(self) -> Profile:
        """Return what was typed in a valid form; a field that was cleared is None."""
        data = self.cleaned_data
        return Profile(data["name"] or None, data["location"] or None, data["date_of_birth"])


class PhoneForm(forms.Form):
    number = forms.CharField(max_length=60, widget=forms.TextInput(attrs={"type": "tel"}))

    def clean_number(self) -> str:
        number = e164(self.cleaned_data["number"])
        if number is None:
            raise ValidationError(_("Enter the number with its country code, such as +351 912 345 678."))
        if not is_for_texts(number):
            raise ValidationError(_("No text message can go to this number. Enter that of a mobile phone."))
        return number
