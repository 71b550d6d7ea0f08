"""What people choose for a key, and what they type to end one."""

from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Project
from accounts.once import OnceField
from accounts.validators import one_line, visible
from keys.models import AdminKey, ApiKey, ServiceAccount

# For how long the former secret works, in seconds.
OVERLAPS = {
    "0": gettext_lazy("Stop now"),
    "3600": gettext_lazy("1 hour"),
    "86400": gettext_lazy("24 hours"),
    "604800": gettext_lazy("7 days"),
}


class KeyForm(forms.Form):
    name = forms.CharField(max_length=80, validators=[one_line, visible])
    project: Any = forms.ModelChoiceField(queryset=None, to_field_name="slug", empty_label=None)

    def __init__(self, *args: Any, projects: QuerySet[Project], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["project"].queryset = projects  # type: ignore[attr-defined]
        self.fields["project"].label_from_instance = lambda project: project.name  # type: ignore[attr-defined]
        self.fields["project"].initial = projects.first()


class AccountForm(forms.Form):
    """A service account: what it is called, and where it belongs."""

    name = forms.CharField(max_length=80, validators=[one_line, visible])
    project: Any = forms.ModelChoiceField(queryset=None, to_field_name="slug", empty_label=None)

    def __init__(self, *args: Any, projects: QuerySet[Project], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["project"].queryset = projects  # type: ignore[attr-defined]
        self.fields["project"].label_from_instance = lambda project: project.name  # type: ignore[attr-defined]


class RotationForm(forms.Form):
    overlap = forms.ChoiceField(choices=list(OVERLAPS.items()), initial="86400")
    # The successor's id, made with the form: sending the form again makes no second one.
    once = OnceField()

    def lasts(self) -> timedelta:
        return timedelta(seconds=int(self.cleaned_data["overlap"]))


class RevocationForm(forms.Form):
    confirmation = forms.CharField(max_length=80, label=gettext_lazy("Type the key's name to confirm"))

    def __init__(self, *args: Any, key: ApiKey | AdminKey | ServiceAccount, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.key = key

    def clean_confirmation(self) -> str:
        typed: str = self.cleaned_data["confirmation"]
        if typed.strip() != self.key.name:
            is_account = isinstance(self.key, ServiceAccount)
            raise ValidationError(_("That is not its name.") if is_account else _("That is not the name of this key."))
        return typed
