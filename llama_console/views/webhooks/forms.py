"""What people choose for an endpoint, and what they type to delete one."""

from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.once import OnceField
from accounts.validators import one_line, visible
from notifications.models import Endpoint
from notifications.webhooks import guard
from notifications.webhooks.kinds import subscribable


def _choices() -> list[tuple[str, str]]:
    return [(kind.name, str(kind.title)) for kind in subscribable()]


class EndpointForm(forms.Form):
    url = forms.CharField(
        max_length=500,
        label=gettext_lazy("Endpoint URL"),
        error_messages={"required": gettext_lazy("Enter an address.")},
    )
    description = forms.CharField(max_length=120, required=False, validators=[one_line, visible])
    kinds = forms.MultipleChoiceField(
        choices=_choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one event.")},
    )

    def clean_url(self) -> str:
        """Refuse an address that the guard does not let through; one that stays as it is was checked before."""
        url: str = self.cleaned_data["url"]
        if url != self.initial.get("url"):
            try:
                guard.check(url)
            except guard.Forbidden as forbidden:
                raise ValidationError(str(forbidden)) from None
        return url


class NewEndpointForm(EndpointForm):
    # The endpoint's id, made with the form: sending the form again makes no second endpoint.
    once = OnceField()


class ChangeForm(EndpointForm):
    enabled = forms.BooleanField(required=False, label=gettext_lazy("Send events to this endpoint"))

    def __init__(self, *args: Any, endpoint: Endpoint, **kwargs: Any) -> None:
        now = {"url": endpoint.url, "description": endpoint.description, "kinds": endpoint.kinds}
        kwargs["initial"] = {**now, "enabled": endpoint.is_enabled}
        super().__init__(*args, **kwargs)


class RotationForm(forms.Form):
    once = OnceField()  # the new secret's id


class DeletionForm(forms.Form):
    confirmation = forms.CharField(max_length=300, label=gettext_lazy("Type the host of the endpoint to confirm"))

    def __init__(self, *args: Any, endpoint: Endpoint, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.host = host_of(endpoint)

    def clean_confirmation(self) -> str:
        typed: str = self.cleaned_data["confirmation"]
        if typed.strip().casefold() != self.host:
            raise ValidationError(_("That is not the host of this endpoint."))
        return typed


def host_of(endpoint: Endpoint) -> str:
    return urlsplit(endpoint.url).netloc.casefold()
