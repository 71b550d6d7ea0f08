"""What is typed about an organization, and what confirms its end."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.entries import fold
from accounts.models import Organization
from accounts.validators import one_line, visible


class OrganizationForm(forms.Form):
    name = forms.CharField(max_length=80, label=gettext_lazy("Name"), validators=[one_line, visible])


class NewOrganizationForm(OrganizationForm):
    project = forms.CharField(
        max_length=80, label=gettext_lazy("First project"), initial="Default", validators=[one_line, visible]
    )


class TransferForm(forms.Form):
    email = forms.EmailField(max_length=254, label=gettext_lazy("Email of the new owner"), validators=[one_line])


class DeletionForm(forms.Form):
    confirmation = forms.CharField(max_length=80, label=gettext_lazy("Type the name of the organization to confirm"))

    def __init__(self, *args: Any, organization: Organization, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.organization = organization

    def clean_confirmation(self) -> str:
        typed: str = self.cleaned_data["confirmation"]
        if fold(typed.strip()) != fold(self.organization.name):
            raise ValidationError(_("That is not the name of this organization."))
        return typed
