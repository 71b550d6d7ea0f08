"""What people choose for an admin key."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy

from accounts.once import OnceField
from accounts.policy import Permission
from accounts.validators import one_line, visible
from keys.admin.scopes import SCOPES

_LIVES = {
    "30": gettext_lazy("30 days"),
    "90": gettext_lazy("90 days"),
    "365": gettext_lazy("A year"),
    "": gettext_lazy("It does not end by itself"),
}


class AdminKeyForm(forms.Form):
    name = forms.CharField(max_length=80, validators=[one_line, visible])
    life = forms.ChoiceField(
        choices=list(_LIVES.items()), initial="90", required=False, label=gettext_lazy("Ends after")
    )
    scopes = forms.MultipleChoiceField(
        widget=forms.CheckboxSelectMultiple, error_messages={"required": gettext_lazy("Choose at least one scope.")}
    )
    # The key's id, made with the form: sending the form again makes no second key.
    once = OnceField()

    def __init__(self, *args: Any, allowed: list[Permission], **kwargs: Any) -> None:
        """`allowed` is what its maker may do: nobody gives a key more than they have."""
        super().__init__(*args, **kwargs)
        self.fields["scopes"].choices = [  # type: ignore[attr-defined]
            (scope.value, title) for scope, title in SCOPES.items() if scope in allowed
        ]

    def clean_scopes(self) -> list[Permission]:
        return [Permission(scope) for scope in self.cleaned_data["scopes"]]

    def ends(self) -> datetime | None:
        """Return when the key ends; None if it doesn't by itself."""
        days = self.cleaned_data["life"]
        return timezone.now() + timedelta(days=int(days)) if days else None
