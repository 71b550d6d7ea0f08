"""Whom to invite, to which role, in which projects."""

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts import pasted
from accounts.access_form import AccessForm
from accounts.actions.invitations import MOST_AT_ONCE
from accounts.pasted import Pasted

_LONGEST = 20_000  # characters of a list of a hundred, with names


class InviteForm(AccessForm):
    addresses = forms.CharField(max_length=_LONGEST, widget=forms.Textarea)
    language = forms.ChoiceField(choices=settings.LANGUAGES)
    field_order = ("addresses", "role", "reach", "projects", "language")

    def clean_addresses(self) -> list[Pasted]:
        found = pasted.read(self.cleaned_data["addresses"])
        if not found:
            raise ValidationError(_("Enter at least one address."))
        if len(found) > MOST_AT_ONCE:
            raise ValidationError(
                _("These are %(number)s addresses. Invite at most %(most)s at once.")
                % {"number": len(found), "most": MOST_AT_ONCE}
            )
        return found
