"""What people choose for a key, and what they type to end one."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Project
from accounts.validators import one_line, visible
from keys.models import AdminKey, ApiKey
from ledger.ids import new_id


class KeyForm(forms.Form):
    name = forms.CharField(max_length=80, validators=[one_line, visible])
    # The key's id, made with the form: sending the form again makes no second key.
    once = forms.UUIDField(widget=forms.HiddenInput, required=False, initial=new_id)
    project: Any = forms.ModelChoiceField(queryset=None, to_field_name="slug", empty_label=None)

    def __init__(self, *args: Any, projects: QuerySet[Project], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["project"].queryset = projects  # type: ignore[attr-defined]
        self.fields["project"].label_from_instance = lambda project: project.name  # type: ignore[attr-defined]
        self.fields["project"].initial = projects.first()


class RevocationForm(forms.Form):
    confirmation = forms.CharField(max_length=80, label=gettext_lazy("Type the key's name to confirm"))

    def __init__(self, *args: Any, key: ApiKey | AdminKey, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.key = key

    def clean_confirmation(self) -> str:
        typed: str = self.cleaned_data["confirmation"]
        if typed.strip() != self.key.name:
            raise ValidationError(_("That is not the name of this key."))
        return typed
