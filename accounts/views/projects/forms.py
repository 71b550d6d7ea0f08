"""What is chosen for a project."""

from django import forms
from django.utils.functional import lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models.project import MAX_RETENTION_DAYS
from accounts.validators import one_line, visible


def _whole() -> str:
    return _("Type a whole number from 0 to %(most)s.") % {"most": MAX_RETENTION_DAYS}


_WHOLE = lazy(_whole, str)()


class ProjectForm(forms.Form):
    name = forms.CharField(max_length=80, label=gettext_lazy("Name"), validators=[one_line, visible])
    retention_days = forms.IntegerField(
        min_value=0,
        max_value=MAX_RETENTION_DAYS,
        initial=0,
        error_messages=dict.fromkeys(("min_value", "max_value", "invalid"), _WHOLE),
        label=gettext_lazy("Days that prompts and answers are kept"),
        widget=forms.TextInput,
    )
